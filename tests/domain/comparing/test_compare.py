"""A changed protocol in words: what became stricter, what milder, what only reads differently."""

from __future__ import annotations

import pytest

from screening.domain.comparing.difference import Difference, Direction
from screening.domain.comparing.versions import compare
from screening.domain.protocol.loading import acupuncture, parse
from screening.domain.protocol.model import Protocol

OLD = acupuncture()


def changed(*replacements: tuple[str, str]) -> Protocol:
    text = OLD.text
    for before, after in replacements:
        assert before in text, before
        text = text.replace(before, after, 1)
    return parse(text)


def in_rule(rule: str, before: str, after: str) -> Protocol:
    """The protocol with something replaced inside one rule."""
    start = OLD.text.index(f"  - id: {rule}\n    topic:")
    end = OLD.text.find("\n  - id: ", start + 1)
    part = OLD.text[start:end]
    assert before in part, part
    return parse(OLD.text[:start] + part.replace(before, after, 1) + OLD.text[end:])


def without_rule(rule: str) -> Protocol:
    start = OLD.text.index(f"  - id: {rule}\n    topic:")
    end = OLD.text.find("\n  - id: ", start + 1)
    return parse(OLD.text[:start] + OLD.text[end + 1 :])


def the(differences: tuple[Difference, ...], kind: str, name: str) -> Difference:
    found = [each for each in differences if (each.kind, each.id) == (kind, name)]
    assert len(found) == 1, [(each.kind, each.id) for each in differences]
    return found[0]


def says(difference: Difference) -> list[str]:
    return [change.says for change in difference.changes]


def test_the_same_version_has_no_difference() -> None:
    assert compare(OLD, parse(OLD.text)) == ()


def test_a_severity_that_goes_up_is_stricter_and_one_that_goes_down_milder() -> None:
    new = in_rule("I5", "severity: note", "severity: caution")
    up = the(compare(OLD, new), "Rule", "I5")
    assert says(up) == ["Severity: note → caution (stricter)"]
    assert up.direction == Direction.STRICTER
    assert says(the(compare(new, OLD), "Rule", "I5")) == ["Severity: caution → note (milder)"]


def test_an_effect_is_named_with_its_treatment_in_words() -> None:
    new = in_rule("O5", "MA: ok", "MA: avoid")
    assert says(the(compare(OLD, new), "Rule", "O5")) == ["Manual acupuncture: ok → avoid (stricter)"]
    assert the(compare(new, OLD), "Rule", "O5").direction == Direction.MILDER


def test_a_rule_that_is_gone_is_milder_and_comes_with_all_that_it_said() -> None:
    gone = the(compare(OLD, without_rule("B12")), "Rule", "B12")
    assert (gone.what, gone.direction) == ("removed", Direction.MILDER)
    assert "the blood-thinning medicines include “Daily aspirin”" in gone.changes[1].before
    new = the(compare(without_rule("B12"), OLD), "Rule", "B12")
    assert (new.what, new.direction) == ("added", Direction.STRICTER)


def test_a_condition_that_lost_an_answer_holds_in_fewer_cases() -> None:
    new = in_rule("P3", "[13-27, 28-36]", "[13-27]")
    fewer = the(compare(OLD, new), "Rule", "P3")
    assert says(fewer) == ["Holds in fewer cases (milder)"]
    assert "28-36" in fewer.changes[0].before
    assert "28-36" not in fewer.changes[0].after
    assert says(the(compare(new, OLD), "Rule", "P3")) == ["Holds in more cases (stricter)"]


def test_a_limit_that_comes_down_catches_more() -> None:
    assert says(the(compare(OLD, in_rule("B9", "above: 3", "above: 2.5")), "Rule", "B9")) == [
        "Holds in more cases (stricter)"
    ]


def test_a_condition_that_is_simply_another_is_for_the_reader_to_judge() -> None:
    new = in_rule("P7", "{question: preg.trying, is: no}", "{question: preg.carer, is: no}")
    assert the(compare(OLD, new), "Rule", "P7").direction == Direction.LOOK


def test_a_shared_condition_that_changes_is_shown_at_each_rule_that_uses_it() -> None:
    new = changed(("is_any: [working, switched-off, partly-removed]", "is_any: [working, switched-off]"))
    found = compare(OLD, new)
    assert the(found, "Rule", "I1").direction == Direction.MILDER
    assert the(found, "Rule", "C2").direction == Direction.MILDER


def test_texts_are_compared_word_by_word() -> None:
    new = changed(("Are you pregnant, or could you be?", "Are you pregnant now, or could you be?"))
    wording = the(compare(OLD, new), "Question", "preg.status").changes[0]
    assert wording.direction == Direction.WORDS
    assert "".join(piece.text for piece in wording.pieces if piece.what != "in") == (
        "Are you pregnant, or could you be?"
    )
    assert "now," in "".join(piece.text for piece in wording.pieces if piece.what == "in")


def test_an_answer_that_must_be_given_more_often_is_stricter() -> None:
    start = OLD.text.index("- id: bleed.inr\n")
    new = parse(OLD.text[:start] + OLD.text[start:].replace("freshness: 30", "freshness: 7", 1))
    assert says(the(compare(OLD, new), "Question", "bleed.inr")) == [
        "An answer holds for: 30 days → 7 days (stricter)"
    ]
    assert the(compare(new, OLD), "Question", "bleed.inr").direction == Direction.MILDER


def test_a_new_label_of_an_answer_is_shown() -> None:
    new = changed(('label: "Daily aspirin"', 'label: "Aspirin every day"'))
    assert says(the(compare(OLD, new), "Question", "bleed.medicine")) == [
        "The label of the answer “aspirin” changed"
    ]


def test_sources_tasks_and_patient_texts_are_part_of_it() -> None:
    new = changed(
        ('year: "1999"', 'year: "2000"'),
        ("task: ask the provider before arrival; offer a private word on the day", "task: ask the provider"),
        ("If you feel very unwell now, get emergency help now.", "If you feel unwell now, get help now."),
    )
    found = compare(OLD, new)
    assert says(the(found, "Source", "who-1999")) == ["Year: 1999 → 2000 (wording)"]
    assert says(the(found, "Rule", "P5")) == ["The task changed"]
    assert the(found, "Patient text", "urgent").what == "changed"


@pytest.mark.parametrize("word", ["fallback", "principles", "modalities", "topics"])
def test_nothing_that_a_file_says_can_change_in_silence(word: str) -> None:
    """L4: the reader sees every change, also of what is rarely touched."""
    edits = {
        "fallback": ("This answer is not known to the", "This is not known to the"),
        "principles": ("reason: A missing detail never lowers a flag.", "reason: A missing detail is read strictly."),
        "modalities": ("name: Cupping}", "name: Cups}"),
        "topics": ("title: Pregnancy,", "title: Being pregnant,"),
    }  # fmt: skip
    assert compare(OLD, changed(edits[word]))


def test_milder_is_shown_before_stricter() -> None:
    start = OLD.text.index("  - id: B12\n")
    part = OLD.text[start:].replace("CU: modify", "CU: avoid", 1).replace("DN: modify", "DN: ok", 1)
    mixed = the(compare(OLD, parse(OLD.text[:start] + part)), "Rule", "B12")
    assert {change.direction for change in mixed.changes} == {Direction.STRICTER, Direction.MILDER}
    assert mixed.direction == Direction.MILDER
