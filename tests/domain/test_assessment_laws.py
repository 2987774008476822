"""The laws of the product that flags must keep, tried over whole spaces of answers to the real protocol."""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations, product
from typing import Any

import pytest

from screening.domain.assessment import Assessment, assess
from screening.domain.protocol.article_sections import ARTICLE_SLUGS
from screening.domain.protocol.conditions import is_unresolved
from screening.domain.protocol.loading import acupuncture
from screening.domain.protocol.vocabulary import Effect, Severity
from tests.support.acupuncture import (
    APIXABAN,
    KINDS,
    NOTHING,
    ON,
    PREGNANT,
    RECENT,
    WARFARIN,
    assessed,
    device,
    devices,
)

UNKNOWN = ("not-sure", "in-person", None)
CORE = ("preg.status", "bleed.condition", "bleed.medicine", "imp.any", "also")
MEDICINES = ("warfarin", "apixaban", "injections", "clopidogrel", "aspirin", "other", "not-sure")
CONCERNS = ("bleeding", "waters", "twins", "not-sure")
INRS = ("in-range", "too-high", "too-low", "not-sure", None)
WHYS = ("other", "heart-valve", None)
STATES = ("working", "switched-off", "partly-removed", "not-sure", None)


@cache
def _assessed(answers: str) -> Assessment:
    return assess(acupuncture(), NOTHING | json.loads(answers), [], ON)


def outcome(answers: Mapping[str, Any]) -> Assessment:
    return _assessed(json.dumps(answers, sort_keys=True))


def assert_not_weaker(more: Assessment, less: Assessment) -> None:
    assert more.severity >= less.severity
    for modality, effect in less.modalities.items():
        assert more.modalities[modality] >= effect, modality


def subsets(codes: tuple[str, ...], most: int = 2) -> Iterator[list[str]]:
    for size in range(most + 1):
        yield from (list(chosen) for chosen in combinations(codes, size))


def ticked(codes: list[str]) -> list[str]:
    return codes or ["none"]


@pytest.mark.parametrize("question", CORE)
@pytest.mark.parametrize("answer", UNKNOWN)
def test_L2_no_main_question_passes_unanswered(question: str, answer: str | None) -> None:
    result = assessed({question: answer})
    least = Severity.CAUTION if question == "also" else Severity.STOP
    assert result.severity == least
    assert result.unresolved == (question,)


def test_L2_an_empty_form_is_all_unresolved() -> None:
    result = assess(acupuncture(), {}, [], ON)
    assert result.unresolved == CORE
    assert {flag.rule for flag in result.flags} == {"P5", "B21", "B17", "I21", "U4"}
    assert all(flag.via == ("U2",) for flag in result.flags if flag.rule != "U4")


FOLLOW_UPS = [
    ("preg.weeks", PREGNANT),
    ("preg.concerns", PREGNANT),
    ("preg.carer", PREGNANT),
    ("preg.trying", {"preg.status": "trying"}),
    ("bleed.severity", {"bleed.condition": "haemophilia"}),
    ("bleed.platelets", {"bleed.condition": "low-platelets", "bleed.platelets.date": RECENT}),
    ("bleed.platelets.date", {"bleed.condition": "low-platelets", "bleed.platelets": "100-or-more"}),
    ("bleed.inr", WARFARIN),
    ("bleed.inr.date", WARFARIN),
    ("bleed.why", WARFARIN),
    ("bleed.recent", {"also": ["bleed-recent"]}),
    ("bleed.organs", {"also": ["bleed-organs"]} | APIXABAN),
]


@pytest.mark.parametrize(("question_id", "parent"), FOLLOW_UPS)
@pytest.mark.parametrize("answer", UNKNOWN)
def test_L2_a_missing_detail_is_no_weaker_than_any_answer(
    question_id: str, parent: dict[str, Any], answer: str
) -> None:
    protocol = acupuncture()
    question = protocol.question(question_id)
    open_answers = parent | {question_id: answer}
    assert is_unresolved(protocol, question, NOTHING | open_answers)
    unknown = outcome(open_answers)
    assert question_id in unknown.unresolved
    codes = question.codes if question.options and question.kind != "date" else {RECENT, "2026-01-01"}
    for code in codes:
        assert unknown.severity >= outcome(parent | {question_id: code}).severity, code


@pytest.mark.parametrize(
    ("key", "values"), [("state", STATES), ("issue", ("yes", "no")), ("depend", ("yes", "no"))]
)
@pytest.mark.parametrize("kind", ["pacemaker", "icd"])
def test_L2_a_missing_detail_of_a_device_is_no_weaker(kind: str, key: str, values: tuple[str, ...]) -> None:
    for unknown in UNKNOWN:
        less_known = outcome(devices(device(kind, **{key: unknown})))
        for value in values:
            assert_not_weaker(less_known, outcome(devices(device(kind, **{key: value}))))


def test_L3_monotone_in_medicines() -> None:
    for codes, inr, why in product(subsets(MEDICINES), INRS, WHYS):
        known = {"bleed.inr": inr, "bleed.why": why, "bleed.inr.date": RECENT}
        less = outcome(known | {"bleed.medicine": ticked(codes)})
        for code in set(MEDICINES) - set(codes):
            assert_not_weaker(outcome(known | {"bleed.medicine": sorted([*codes, code])}), less)


def test_L3_monotone_in_pregnancy() -> None:
    weeks = ("0-12", "13-27", "28-36", "37-or-more", "not-sure", None)
    for codes, week, carer, status in product(subsets(CONCERNS), weeks, ("yes", "no"), ("yes", "might-be")):
        known = {"preg.status": status, "preg.weeks": week, "preg.carer": carer}
        less = outcome(known | {"preg.concerns": ticked(codes)})
        assert_not_weaker(less, outcome({}))
        for code in set(CONCERNS) - set(codes):
            assert_not_weaker(outcome(known | {"preg.concerns": sorted([*codes, code])}), less)


def test_L3_monotone_in_the_tick_list() -> None:
    lines = tuple(sorted(acupuncture().question("also").codes - {"none", "in-person"}))
    for codes in subsets(lines):
        less = outcome({"also": ticked(codes)})
        for line in set(lines) - set(codes):
            more = outcome({"also": sorted([*codes, line])})
            assert_not_weaker(more, less)
            assert {flag.rule for flag in less.flags} <= {flag.rule for flag in more.flags}


def test_L3_monotone_in_bleeds_and_organs() -> None:
    bleeds = ("medical-bleed", "stroke", "big-bruise", "not-sure")
    for codes, organs, medicine in product(
        subsets(bleeds), subsets(("liver", "kidney")), ("none", "apixaban")
    ):
        known = {"bleed.medicine": [medicine], "bleed.why": "other", "bleed.organs": organs or ["no"]}
        less = outcome(known | {"bleed.recent": ticked(codes)})
        for code in set(bleeds) - set(codes):
            assert_not_weaker(outcome(known | {"bleed.recent": sorted([*codes, code])}), less)


def test_L3_monotone_in_devices() -> None:
    single = [
        device(kind, state=state) for kind in (*KINDS, "not-sure") for state in ("working", "removed", None)
    ]
    for one, other in product(single, single[::3]):
        both = outcome(devices(one, other))
        assert_not_weaker(both, outcome(devices(one)))
        assert_not_weaker(both, outcome(devices(other)))


def test_L3_monotone_across_topics() -> None:
    """Answers of two topics together are no weaker than each alone, and every flag of each stays."""
    parts = [
        PREGNANT,
        {"preg.status": "might-be"},
        WARFARIN,
        APIXABAN,
        {"bleed.condition": "haemophilia", "bleed.severity": "mild"},
        devices(device("pacemaker")),
        devices(device("stent-filter")),
        {"also": ["o11", "b14"]},
        {"also": "not-sure"},
    ]
    for one, other in product(parts, parts):
        if one.keys().isdisjoint(other):
            both = outcome(one | other)
            assert_not_weaker(both, outcome(one))
            assert {flag.rule for flag in outcome(one).flags} <= {flag.rule for flag in both.flags}


def test_L4_every_flag_says_why_and_where_to_read() -> None:
    protocol = acupuncture()
    answers = WARFARIN | PREGNANT | devices(*(device(kind) for kind in KINDS)) | {"also": "not-sure"}
    flags = outcome(answers).flags
    assert len(flags) > len(KINDS)
    for flag in flags:
        assert flag.reason
        assert flag.because
        assert set(flag.sources) <= set(protocol.sources)
        assert flag.sections
        assert ARTICLE_SLUGS.issuperset(flag.sections)


@pytest.mark.parametrize(
    "unknown",
    [
        {"preg.status": "perhaps"},
        {"preg.colour": "red"},
        devices(device("toaster")),
        {"bleed.medicine": ["leeches"]},
    ],
)
def test_L11_an_unknown_answer_stops_and_avoids_everything(unknown: dict[str, Any]) -> None:
    result = assessed(unknown)
    assert result.severity == Severity.STOP
    assert set(result.modalities.values()) == {Effect.AVOID}
    assert acupuncture().fallback.id in {flag.rule for flag in result.flags}


def test_L11_an_unknown_modality_stops() -> None:
    assert assessed(planned=("LASER",)).severity == Severity.STOP
