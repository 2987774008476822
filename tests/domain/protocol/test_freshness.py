"""Answers that hold for days end at a midnight of the clinic, each counted from when it was really given."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from screening.domain.protocol.freshness import Given, end_of, expired, fresh_until, given_at
from screening.domain.protocol.loading import acupuncture
from tests.support.acupuncture import NOTHING, WARFARIN
from tests.support.small_protocol import small

ZURICH, AUCKLAND = ZoneInfo("Europe/Zurich"), ZoneInfo("Pacific/Auckland")
EVENING = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
# Zones whose clocks change at midnight, by half an hour, or skipped a whole day.
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/London",
        "America/New_York",
        "America/Sao_Paulo",
        "America/Havana",
        "Africa/Cairo",
        "Asia/Beirut",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Pacific/Auckland",
        "UTC",
    )
]


def ends(answers: dict[str, Any], zone: ZoneInfo, **kept: datetime) -> datetime | None:
    moments = {name.replace("_", "."): moment for name, moment in kept.items()}
    return fresh_until(small(), answers, Given(EVENING, moments), zone)


@pytest.mark.parametrize("answers", [{}, {"also": ["b14"]}, {"also": ["none"]}])
def test_an_answer_for_one_visit_is_not_counted_in_days(answers: dict[str, Any]) -> None:
    assert ends(answers, ZURICH) is None


def test_L8_the_shortest_answer_ends_first() -> None:
    answers = {"imp.any": "no", "bleed.medicine": ["none"]}
    assert ends(answers, ZURICH) == datetime(2026, 4, 10, tzinfo=ZURICH)


def test_L8_days_are_counted_where_the_clinic_is() -> None:
    assert ends({"bleed.medicine": ["none"]}, AUCKLAND) == datetime(2026, 4, 11, tzinfo=AUCKLAND)


def test_devices_hold_as_long_as_their_questions() -> None:
    assert ends({"imp.devices": [{"kind": "stent"}]}, ZURICH) == datetime(2026, 9, 9, tzinfo=ZURICH)


def test_L8_an_answer_that_was_kept_ends_by_the_day_on_which_it_was_given() -> None:
    answers = {"imp.any": "no", "bleed.medicine": ["none"]}
    kept = EVENING - timedelta(days=20)
    assert ends(answers, ZURICH, bleed_medicine=kept) == datetime(2026, 3, 21, tzinfo=ZURICH)
    assert ends(answers, ZURICH, imp_any=NOON - timedelta(days=170)) == datetime(2026, 3, 23, tzinfo=ZURICH)


def test_L8_keeping_an_answer_never_makes_it_younger() -> None:
    answers = {"bleed.medicine": ["none"]}
    later = ends(answers, ZURICH, bleed_medicine=EVENING + timedelta(days=5))
    assert later == ends(answers, ZURICH)


def test_L8_exactly_the_answers_that_ended_are_named() -> None:
    answers = NOTHING | WARFARIN
    kept = {"imp.any": (NOON - timedelta(days=182)).isoformat()}
    given = given_at(EVENING, kept)

    def named(day: datetime) -> tuple[str, ...]:
        return expired(acupuncture(), answers, given, ZURICH, day)

    assert named(datetime(2026, 3, 10, 23, 59, tzinfo=ZURICH)) == ()
    assert named(datetime(2026, 3, 11, tzinfo=ZURICH)) == ("imp.any",)
    assert set(named(datetime(2026, 4, 10, tzinfo=ZURICH))) == {"bleed.condition", *WARFARIN, "imp.any"}


# When it was answered, for how many days it holds, where, and the first moment at which it no longer does.
CLOCK = [
    ("an ordinary month", "2026-11-23T10:00:00+00:00", 30, "Europe/London", "2026-12-24T00:00:00+00:00"),
    ("just before midnight", "2026-11-23T23:59:59+00:00", 30, "Europe/London", "2026-12-24T00:00:00+00:00"),
    ("at midnight", "2026-11-24T00:00:00+00:00", 30, "Europe/London", "2026-12-25T00:00:00+00:00"),
    ("spring forward", "2026-03-10T10:00:00+00:00", 30, "Europe/London", "2026-04-09T23:00:00+00:00"),
    ("fall back", "2026-10-10T10:00:00+00:00", 30, "Europe/London", "2026-11-10T00:00:00+00:00"),
    ("fall back, the repeated hour", "2026-10-25T00:30:00+00:00", 0, "Europe/London", "2026-10-26T00:00Z"),
    ("past a leap day", "2028-02-01T10:00:00+00:00", 30, "Europe/London", "2028-03-03T00:00:00+00:00"),
    ("on a leap day", "2028-02-29T10:00:00+00:00", 365, "Europe/London", "2029-03-01T00:00:00+00:00"),
    ("no leap day", "2027-02-01T10:00:00+00:00", 30, "Europe/London", "2027-03-04T00:00:00+00:00"),
    ("past the year", "2026-12-31T23:30:00+00:00", 1, "Europe/London", "2027-01-02T00:00:00+00:00"),
    ("tomorrow already there", "2026-11-23T12:00:00+00:00", 30, "Pacific/Auckland", "2026-12-24T11:00Z"),
    ("still yesterday there", "2026-11-23T04:00:00+00:00", 30, "America/New_York", "2026-12-23T05:00Z"),
    ("a zone of 45 minutes", "2026-11-23T18:20:00+00:00", 0, "Asia/Kathmandu", "2026-11-24T18:15Z"),
    ("no midnight: it is skipped", "2026-04-23T10:00:00+00:00", 0, "Africa/Cairo", "2026-04-23T22:00Z"),
    ("two midnights: the first", "2026-10-31T10:00:00+00:00", 0, "America/Havana", "2026-11-01T04:00Z"),
    ("a day that never was", "2011-12-29T20:00:00+00:00", 0, "Pacific/Apia", "2011-12-30T10:00Z"),
]


@pytest.mark.parametrize(
    ("answered", "days", "zone", "ends"), [row[1:] for row in CLOCK], ids=[row[0] for row in CLOCK]
)
def test_L8_the_end_of_an_answer_by_the_clock(answered: str, days: int, zone: str, ends: str) -> None:
    end = datetime.fromisoformat(ends)
    assert end_of(datetime.fromisoformat(answered), days, ZoneInfo(zone)) == end


SECONDS = st.integers(0, 26 * 366 * 24 * 3600)
MOMENTS = SECONDS.map(lambda seconds: datetime(2010, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


@settings(deadline=None)
@for_all(
    MOMENTS,
    st.integers(0, 400),
    st.sampled_from(ZONES),
)
def test_L8_an_answer_ends_with_the_first_moment_of_a_day_of_the_clinic(
    answered: datetime, days: int, zone: ZoneInfo
) -> None:
    end = end_of(answered, days, zone)
    last_day = answered.astimezone(zone).date() + timedelta(days=days)
    assert end.astimezone(zone).date() > last_day
    assert (end - timedelta(microseconds=1)).astimezone(zone).date() <= last_day
    assert end > answered


@settings(deadline=None)
@for_all(
    MOMENTS,
    st.timedeltas(timedelta(0), timedelta(days=400)),
    st.sampled_from(ZONES),
)
def test_L8_an_older_answer_never_ends_later(answered: datetime, older: timedelta, zone: ZoneInfo) -> None:
    answers = {"imp.any": "no", "bleed.medicine": ["none"]}
    alone = fresh_until(small(), answers, Given(answered, {}), zone)
    with_kept = fresh_until(small(), answers, Given(answered, {"imp.any": answered - older}), zone)
    assert alone is not None
    assert with_kept is not None
    assert with_kept <= alone
