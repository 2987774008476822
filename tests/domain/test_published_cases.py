"""Published cases of real patients: what they could have said beforehand must raise the right flags."""

import re
from typing import Any

import pytest

from screening.domain.assessment import Assessment, assess
from screening.domain.protocol.answers import checked_answers, pruned
from screening.domain.protocol.loading import acupuncture
from screening.domain.protocol.vocabulary import Effect, Severity
from tests.support.published_cases import ON, Case, answers_for, listed, published_cases, simple

EFFECTS = {"ok": Effect.OK, "mod": Effect.MODIFY, "modify": Effect.MODIFY, "avoid": Effect.AVOID}


def assessment_of(form: dict[str, Any]) -> Assessment:
    """As the web form does: check what was sent, drop what is no longer asked, assess the rest."""
    protocol = acupuncture()
    answers, _ = pruned(protocol, checked_answers(protocol, answers_for(protocol, form)))
    return assess(protocol, answers, [], ON)


def fired(assessment: Assessment) -> set[str]:
    return {name for flag in assessment.flags for name in (flag.rule, *flag.via)}


def weakest(words: str) -> Effect:
    """`avoid (head), mod elsewhere` asks for `avoid`; the worst effect is what counts."""
    found = [EFFECTS[word] for word in re.findall("[a-z]+", simple(words)) if word in EFFECTS]
    return max(found)


@pytest.mark.parametrize("case", published_cases(), ids=lambda case: case.id)
def test_a_published_case_raises_the_flags_it_should(case: Case) -> None:
    assessment = assessment_of(dict(case.form))
    assert assessment.severity >= Severity.from_word(case.expected.get("severity_min", "none"))
    assert assessment.severity <= Severity.from_word(case.expected.get("severity_max", "stop"))
    missing = {rule.upper() for rule in listed(case.expected.get("rules"))} - fired(assessment)
    assert not missing, f"did not fire: {sorted(missing)}; fired: {sorted(fired(assessment))}"
    for modality, words in (case.expected.get("modalities") or {}).items():
        assert assessment.modalities[modality.upper()] >= weakest(words), modality


@pytest.mark.parametrize(
    ("form", "rules"),
    [
        ({"bleed.medicine": "Heparin"}, "B8"),
        ({"bleed.medicine": ["PRASUGREL"]}, "B11"),
        ({"imp.kind": "LVAD", "imp.loc": "unanswered"}, "I4 I21"),
        ({"preg.weeks": "28-36"}, "P3"),
        ({"preg.concerns": ["unanswered"]}, "P1 P2"),
        ({"bleed.inr.value": "3.4"}, "B8 B9"),
        ({"bleed.medicine.text": "a herb"}, "B20"),
        ({"imp.kind": ["Pacemaker", "Hearing implant"]}, "I1 I9"),
        ({"optional": ["o8, whatever words follow"]}, "O8"),
        ({"bleed.easy": "Not sure"}, "B14"),
        ({"bleed.severity": "Mild"}, "B2"),
        ({"bleed.medicine": False, "bleed.condition": "None", "imp.any": False, "optional": False}, ""),
        ({"preg.status": True, "preg.weeks": "13-27", "preg.concerns": "No", "preg.carer": True}, "P3"),
        ({"bleed.inr.value": "4 (at home)"}, "B8 B9"),
        ({"imp.kind.text": "a spring"}, "I23"),
        ({"imp.devices": {"imp.kind": "Pacemaker"}}, "I1"),
        ({"imp.devices": [{"imp.kind": "Coil"}], "imp.kind": "Pacemaker"}, "I1 I22"),
        ({"imp.devices": "unanswered"}, "I21"),
        ({"imp.any": "Yes", "imp.devices": "Not sure"}, "I21"),
        ({"optional": ["unanswered"]}, "U4"),
        ({"optional": [{"O8": "words after a colon"}, "o5"]}, "O5 O8"),
    ],
)
def test_cases_may_be_written_in_other_words_of_the_same_format(form: dict[str, Any], rules: str) -> None:
    assert {flag.rule for flag in assessment_of(form).flags} == set(rules.split())


@pytest.mark.parametrize(
    "form",
    [
        {"bleed.medicin": "Warfarin"},
        {"bleed.medicine": "Leeches"},
        {"imp.devices": [{"imp.kind": "Pacemaker", "imp.dat": "over 1 year"}]},
        {"bleed.inr.date": "last spring"},
        {"optional": "O15 something new"},
    ],
)
def test_words_that_mean_nothing_are_an_error_and_never_skipped(form: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        answers_for(acupuncture(), form)
