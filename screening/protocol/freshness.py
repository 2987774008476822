"""How long answers hold, counted in whole days of the clinic's time zone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from screening.protocol.conditions import given
from screening.protocol.model import Protocol, Question


def fresh_until(
    protocol: Protocol, answers: Mapping[str, Any], answered_at: datetime, zone: ZoneInfo
) -> tuple[datetime, str] | None:
    """When the first of the answers that hold for some days ends, and its question.

    The last day counts whole: an answer of 30 days holds until midnight after the thirtieth. An answer for
    one visit ends with that appointment, whenever it is, and is not looked at here.
    """
    counted = [
        (question.freshness, question.id) for question in _answered(protocol, answers) if question.freshness
    ]
    if not counted:
        return None
    days, question_id = min(counted, key=lambda pair: pair[0])
    last_day = answered_at.astimezone(zone).date() + timedelta(days=days)
    end = datetime.combine(last_day + timedelta(days=1), time(), zone)
    return end.astimezone(UTC), question_id


def _answered(protocol: Protocol, answers: Mapping[str, Any]) -> Iterable[Question]:
    """The questions with an answer; a device's questions count as soon as there is a device."""
    devices = protocol.devices_question
    has_devices = devices is not None and isinstance(answers.get(devices.id), list)
    for question in protocol.questions.values():
        if has_devices if question.is_device else given(protocol, question, answers) is not None:
            yield question
