"""What of a returning patient's old answers is shown, and what may be kept."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from screening.domain.earlier_answers import EarlierAnswers, Recap, recap_of
from screening.domain.protocol.freshness import Given
from screening.domain.protocol.loading import acupuncture, parse
from screening.domain.protocol.model import Protocol
from tests.support.acupuncture import APIXABAN, NOTHING, PREGNANT, WARFARIN, device, devices

PROTOCOL = acupuncture()
ZONE = ZoneInfo("Europe/London")
GIVEN = datetime(2026, 5, 3, 10, 0, tzinfo=UTC)
KEPT_WITHOUT_RISKS = {"bleed.condition", "bleed.medicine", "imp.any"}


def recap(
    answers: dict[str, Any],
    *,
    days: float = 7,
    now: Protocol = PROTOCOL,
    kept: dict[str, datetime] | None = None,
    verified: frozenset[str] = frozenset(),
    later: tuple[dict[str, Any], ...] = (),
) -> Recap:
    told = EarlierAnswers("mark", PROTOCOL, NOTHING | answers, Given(GIVEN, kept or {}), verified)
    return recap_of(now, told, later, GIVEN + timedelta(days=days), ZONE)


def can_be_kept(answers: dict[str, Any], **more: Any) -> set[str]:
    return {core for core, block in recap(answers, **more).blocks.items() if block.can_be_kept}


def changed(old: str, new: str) -> Protocol:
    assert PROTOCOL.text.count(old) == 1, old
    return parse(PROTOCOL.text.replace(old, new))


def test_every_core_answer_is_shown_in_words_with_its_day() -> None:
    blocks = recap(PREGNANT | APIXABAN).blocks
    assert {core: block.said for core, block in blocks.items()} == {
        "preg.status": ("Yes, I am",),
        "bleed.condition": ("No",),
        "bleed.medicine": ("Apixaban (Eliquis)",),
        "imp.any": ("No",),
        "also": ("None of these",),
    }
    assert {block.since for block in blocks.values()} == {date(2026, 5, 3)}


def test_L8_what_holds_for_one_visit_is_never_kept() -> None:
    said = PREGNANT | {"also": ["o8"], "ask.provider": "Can I lie down?"}
    assert can_be_kept(said, days=0.1) == KEPT_WITHOUT_RISKS


@pytest.mark.parametrize(
    ("core", "answers"),
    [
        ("bleed.condition", {"bleed.condition": "haemophilia", "bleed.severity": "mild"}),
        ("bleed.medicine", WARFARIN | {"bleed.inr.value": 2.4}),
        ("imp.any", devices(device("pacemaker"), device("other", text="a clip"))),
    ],
)
def test_a_block_is_kept_whole(core: str, answers: dict[str, Any]) -> None:
    block = recap(answers).blocks[core]
    assert block.can_be_kept
    assert dict(block.answers) == answers
    assert answers.keys() == block.moments.keys()
    assert set(block.moments.values()) == {GIVEN.isoformat()}


UNKNOWN: list[tuple[str, dict[str, Any]]] = [
    ("bleed.condition", {"bleed.condition": "not-sure"}),
    ("bleed.condition", {"bleed.condition": "in-person"}),
    ("bleed.condition", {"bleed.condition": "haemophilia"}),
    ("bleed.condition", {"bleed.condition": "haemophilia", "bleed.severity": "not-sure"}),
    ("bleed.medicine", {"bleed.medicine": ["not-sure"]}),
    ("bleed.medicine", {"bleed.medicine": ["in-person"]}),
    ("bleed.medicine", {"bleed.medicine": ["aspirin", "not-sure"], "bleed.why": "other"}),
    ("bleed.medicine", WARFARIN | {"bleed.inr.date": "not-sure"}),
    ("bleed.medicine", {"bleed.medicine": ["aspirin"]}),
    ("imp.any", {"imp.any": "not-sure"}),
    ("imp.any", {"imp.any": "in-person"}),
    ("imp.any", {"imp.any": "yes"}),
    ("imp.any", {"imp.any": "yes", "imp.devices": "in-person"}),
    ("imp.any", devices(device("pacemaker", depend="not-sure"))),
    ("imp.any", devices(device("port"), device("in-person"))),
    ("imp.any", devices({"kind": "port"})),
]


@pytest.mark.parametrize(("core", "answers"), UNKNOWN, ids=str)
def test_L2_what_was_not_known_is_never_kept(core: str, answers: dict[str, Any]) -> None:
    assert can_be_kept(answers) == KEPT_WITHOUT_RISKS - {core}


@pytest.mark.parametrize(("days", "kept"), [(30, KEPT_WITHOUT_RISKS), (31, {"imp.any"}), (183, set())])
def test_L8_a_block_that_ends_before_the_visit_is_not_kept(days: int, kept: set[str]) -> None:
    assert can_be_kept({}, days=days) == kept


def test_L8_what_was_kept_once_still_ages_from_the_day_on_which_it_was_given() -> None:
    old = {"bleed.medicine": GIVEN - timedelta(days=25)}
    assert can_be_kept({}, days=7, kept=old) == {"bleed.condition", "imp.any"}
    block = recap({}, days=5, kept=old).blocks["bleed.medicine"]
    assert block.can_be_kept
    assert block.since == date(2026, 4, 8)
    assert block.moments == {"bleed.medicine": (GIVEN - timedelta(days=25)).isoformat()}


REWORDED = [
    ("the core question", "medicine that thins your blood or stops clots?", "a blood thinner?"),
    ("its help", "Please do not stop or skip any medicine because of this form.", "Keep taking them."),
    ("an option", 'label: "Daily aspirin"', 'label: "Aspirin"'),
    (
        "an option more",
        "- {code: aspirin, label",
        '- {code: cannot-apply, label: "Not for me"}\n      - {code: aspirin, label',
    ),
    ("a follow-up", "Why do you take it?", "What do you take it for?"),
    (
        "for how long it holds",
        "section: safety-bleeding\n    freshness: 30\n    asked: core\n    options:\n      - {code: warfarin",
        "section: safety-bleeding\n    freshness: visit\n    asked: core\n    options:\n      - {code: warfarin",
    ),
]


@pytest.mark.parametrize(("old", "new"), [row[1:] for row in REWORDED], ids=[row[0] for row in REWORDED])
def test_what_reads_otherwise_now_is_asked_anew(old: str, new: str) -> None:
    assert "bleed.medicine" in can_be_kept(APIXABAN)
    assert can_be_kept(APIXABAN, now=changed(old, new)) == {"bleed.condition", "imp.any"}


def test_a_follow_up_that_was_not_asked_may_read_otherwise() -> None:
    now = changed("When was your last INR test?", "When was INR tested last?")
    assert "bleed.medicine" in can_be_kept(APIXABAN, now=now)
    assert "bleed.medicine" not in can_be_kept(WARFARIN, now=now)


def test_L2_a_follow_up_that_another_question_may_call_for_keeps_its_blocks_open() -> None:
    both = """asked:
      any:
        - {question: also, has: bleed-organs}
        - {question: bleed.condition, is: haemophilia}"""
    now = changed("asked: {question: also, has: bleed-organs}", both)
    assert can_be_kept({}, now=now) == {"bleed.medicine", "imp.any"}


def test_the_answer_to_a_question_that_reads_otherwise_is_not_shown_beside_it() -> None:
    now = changed("medicine that thins your blood or stops clots?", "a blood thinner?")
    assert "bleed.medicine" not in recap({}, now=now).blocks


def test_an_answer_that_the_protocol_no_longer_knows_is_asked_anew() -> None:
    assert can_be_kept({"bleed.medicine": ["retired"]}) == {"bleed.condition", "imp.any"}


def test_an_answer_that_staff_found_out_more_about_is_asked_anew() -> None:
    assert can_be_kept({}, verified=frozenset({"imp.kind"})) == {"bleed.condition", "bleed.medicine"}


def test_L2_an_answer_that_was_contradicted_later_is_neither_shown_nor_kept() -> None:
    later = (NOTHING | APIXABAN, NOTHING)
    assert recap({}, later=later).blocks.keys() == NOTHING.keys() - {"bleed.medicine"}
    assert recap(APIXABAN, later=(NOTHING | APIXABAN,)).blocks.keys() == NOTHING.keys()
    follow_up = NOTHING | APIXABAN | {"bleed.why": "clot"}
    assert "bleed.medicine" not in recap(APIXABAN, later=(follow_up,)).blocks
