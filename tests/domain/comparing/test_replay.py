"""Two versions on the same answers: counts of people and of rules, and never an answer."""

from datetime import date

from screening.domain.comparing.replaying import Case, replay, unread_texts
from screening.domain.protocol.loading import acupuncture, parse
from screening.domain.protocol.vocabulary import Severity
from tests.domain.comparing.test_compare import in_rule, without_rule
from tests.support.factories import NOTHING

OLD = acupuncture()
ON = date(2026, 11, 23)


def case(patient: str, **answers: object) -> Case:
    given = NOTHING | {name.replace("__", "."): answer for name, answer in answers.items()}
    return Case(patient, given, ON)


CASES = [
    case("Ada"),
    case("Ben", bleed__medicine=["aspirin"], bleed__why="other"),
    case("Ben", bleed__medicine=["aspirin"], bleed__why="other"),
    case("Cyn", also=["o5"]),
]


def test_the_same_version_changes_nobody() -> None:
    found = replay(OLD, parse(OLD.text), CASES)
    assert (found.submissions, found.changed, found.rules) == (4, 0, {})
    assert found.says.startswith("no patients would gain a stop, none would lose one")


def test_people_are_counted_once_and_submissions_each() -> None:
    found = replay(OLD, in_rule("B12", "severity: note", "severity: stop"), CASES)
    assert found.changed == 2
    assert found.gain[Severity.STOP] == 1
    assert found.says.startswith("1 patient would gain a stop, none would lose one; ")
    assert found.rules["B12"].stricter == 2
    assert found.rules["B12"].milder == 0


def test_a_rule_that_is_gone_is_lost_by_whom_it_was_raised_for() -> None:
    found = replay(OLD, without_rule("B12"), CASES)
    assert found.rules["B12"].lost == 2
    assert found.rules["B12"].gained == 0
    assert found.lose[Severity.NOTE] == 1


def test_a_wording_changes_nobody() -> None:
    """L1: readiness is only lost where a severity or an effect changes."""
    new = parse(OLD.text.replace("Are you pregnant, or could you be?", "Could you be pregnant?", 1))
    assert replay(OLD, new, CASES).changed == 0


def test_answers_with_a_day_are_read_on_their_own_day() -> None:
    warfarin = {
        "bleed__medicine": ["warfarin"],
        "bleed__inr": "in-range",
        "bleed__inr.date": "2026-11-10",
        "bleed__why": "clot",
    }
    new = in_rule("B9", "older_than_days: 28", "older_than_days: 20")
    near, far = case("Ada", **warfarin), case("Ada", **warfarin)
    later = Case("Eve", far.answers, date(2026, 12, 4))
    assert replay(OLD, new, [near]).changed == 0
    assert replay(OLD, new, [near, later]).changed == 1


def test_words_to_the_provider_do_not_change_what_is_found() -> None:
    assert unread_texts(OLD, OLD) == {"ask.provider"}
    asked = [case(name, also=["o5"], ask__provider=f"A question of {name}") for name in ("Ada", "Ben")]
    found = replay(OLD, in_rule("O5", "severity: note", "severity: stop"), asked)
    assert (found.changed, found.gain[Severity.STOP]) == (2, 2)


def test_a_text_that_a_rule_reads_is_part_of_what_is_found() -> None:
    told = {"bleed__medicine": ["aspirin"], "bleed__why": "other"}
    named = case("Ada", bleed__medicine__text="a new one", **told)
    blank = case("Ben", **told)
    new = in_rule("B20", "severity: stop", "severity: caution")
    assert replay(OLD, new, [blank, named]).changed == 1
    assert replay(OLD, new, [named, blank]).changed == 1
