"""The article: its sections, its facts, and the links between it and the protocol in both directions."""

import re

import pytest

from screening.article.rendering import opening, references, sections
from screening.domain.protocol.article_sections import ARTICLE_SECTIONS, ARTICLE_SLUGS
from screening.domain.protocol.loading import acupuncture

PROTOCOL = acupuncture()
BY_SLUG = {section.slug: section for section in sections(PROTOCOL)}


def plain(slug: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", BY_SLUG[slug].html).split())


def test_every_slug_is_a_section_once() -> None:
    slugs = [entry.slug for entry in ARTICLE_SECTIONS]
    assert len(slugs) == len(set(slugs))
    assert set(slugs) == ARTICLE_SLUGS


@pytest.mark.parametrize("question", PROTOCOL.questions.values(), ids=lambda question: question.id)
def test_every_question_leads_to_a_section_that_lists_it(question: object) -> None:
    assert question.wording in BY_SLUG[question.section].questions  # type: ignore[attr-defined]


@pytest.mark.parametrize("rule", PROTOCOL.rules.values(), ids=lambda rule: rule.id)
def test_L4_every_rule_leads_to_sections_that_list_it(rule: object) -> None:
    for slug in rule.sections:  # type: ignore[attr-defined]
        assert rule.id in dict(BY_SLUG[slug].rules)  # type: ignore[attr-defined]


def test_a_section_lists_only_what_leads_to_it() -> None:
    for section in BY_SLUG.values():
        for rule_id, _ in section.rules:
            assert section.slug in PROTOCOL.rules[rule_id].sections
        for wording in section.questions:
            assert any(
                question.wording == wording and question.section == section.slug
                for question in PROTOCOL.questions.values()
            )


@pytest.mark.parametrize(
    "slug",
    [
        slug
        for slug in ARTICLE_SLUGS
        if slug.startswith("safety-") and slug not in ("safety-and-considerations", "safety-get-help")
    ],
)
def test_every_safety_section_is_used(slug: str) -> None:
    assert BY_SLUG[slug].questions or BY_SLUG[slug].rules


def test_L4_every_source_that_a_rule_cites_is_a_reference() -> None:
    listed = {reference.key for reference in references(PROTOCOL)}
    assert {key for rule in PROTOCOL.rules.values() for key in rule.sources} <= listed
    assert {"nccih-acu", "nccih-back", "acp-2017"} <= listed
    assert len(listed) == len(references(PROTOCOL))


def test_a_reference_says_how_well_it_is_known() -> None:
    known = {reference.key: reference.known for reference in references(PROTOCOL)}
    assert known["sjm-tens"] == "read by us"
    assert "not yet read" in known["nccih-acu"]


def test_a_reference_holds_no_mark_of_our_notes_and_a_whole_address() -> None:
    for reference in references(PROTOCOL):
        assert not re.search(r"`|\(journal\)|n\.d\.", f"{reference.citation} {reference.year}"), reference.key
        assert re.fullmatch(r"(https://[^\s`]+)?", reference.link), reference.key


FACTS = {
    "what-is-acupuncture": (
        "sterile",
        "meridians",
        "Qi",
        "endorphins",
        "electric",
        "herb",
        "suction",
        "dry needling",
    ),
    "pain-relief": ("low back", "neck", "sciatica", "may"),
    "improved-circulation": ("may", "thins your blood"),
    "conditions-commonly-treated": (
        "NG59",
        "American College of Physicians",
        "five years",
        "does not support",
    ),
    "what-to-expect": ("15 to 30 minutes", "several visits", "sore", "drink water", "rare"),
    "safety-and-considerations": ("pregnant", "bleeding disorder", "pacemaker", "only once"),
    "safety-pregnancy": ("ask again at every visit", "may start contractions", "found no harm"),
    "safety-bleeding": ("Keep taking your medicines", "Never stop", "press on the points"),
    "safety-implants": ("device card", "specialist", "scars"),
    "safety-other": ("Lymph", "nickel", "Diabetes", "Lung", "under 16", "epilepsy", "infection"),
    "safety-get-help": ("bladder", "chest", "bleeding", "shock"),
    "a-balanced-approach": ("posture", "sleep", "work together"),
    "ready-to-explore": ("physical therapy", "link"),
}


@pytest.mark.parametrize("slug", FACTS)
def test_a_section_states_its_facts(slug: str) -> None:
    for fact in FACTS[slug]:
        assert fact.casefold() in plain(slug).casefold(), fact


@pytest.mark.parametrize("slug", [*sorted(ARTICLE_SLUGS), "opening"])
def test_L12_no_section_reassures_falsely(slug: str) -> None:
    text = (opening() if slug == "opening" else plain(slug)).casefold()
    for words in ("you are safe", "is safe", "cleared", "low risk", "no risk", "risk-free", "all clear"):
        assert words not in text


@pytest.mark.parametrize("slug", sorted(ARTICLE_SLUGS))
def test_sentences_are_short(slug: str) -> None:
    ended = re.sub(r"</(p|li)>", ". ", BY_SLUG[slug].html)
    sentences = [each for each in re.split(r"[.!?:]+\s+", re.sub(r"<[^>]+>", "", ended)) if each.split()]
    lengths = [len(each.split()) for each in sentences]
    assert max(lengths) <= 32
    assert sum(lengths) / len(lengths) <= 15
