"""Answers that hold for days end at a midnight of the clinic."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from screening.protocol import fresh_until
from tests.protocol.small import small

ZURICH, AUCKLAND = ZoneInfo("Europe/Zurich"), ZoneInfo("Pacific/Auckland")
EVENING = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize("answers", [{}, {"also": ["b14"]}, {"also": ["none"]}])
def test_an_answer_for_one_visit_is_not_counted_in_days(answers: dict[str, Any]) -> None:
    assert fresh_until(small(), answers, EVENING, ZURICH) is None


def test_the_shortest_answer_ends_first() -> None:
    answers = {"imp.any": "no", "bleed.medicine": ["none"]}
    end = datetime(2026, 4, 10, tzinfo=ZURICH)
    assert fresh_until(small(), answers, EVENING, ZURICH) == (end, "bleed.medicine")


def test_days_are_counted_where_the_clinic_is() -> None:
    found = fresh_until(small(), {"bleed.medicine": ["none"]}, EVENING, AUCKLAND)
    assert found == (datetime(2026, 4, 11, tzinfo=AUCKLAND), "bleed.medicine")


def test_devices_hold_as_long_as_their_questions() -> None:
    found = fresh_until(small(), {"imp.devices": [{"kind": "stent"}]}, EVENING, ZURICH)
    assert found == (datetime(2026, 9, 9, tzinfo=ZURICH), "imp.devices")
