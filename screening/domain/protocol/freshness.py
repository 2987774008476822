"""How long answers hold, counted in whole days of the clinic's time zone, each from when it was really given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from screening.domain.protocol.conditions import given
from screening.domain.protocol.model import Protocol, Question


@dataclass(frozen=True)
class Given:
    """When some answers were given: all at once, but for those that were kept from an earlier visit."""

    at: datetime
    kept: Mapping[str, datetime]
    """By question; all that is told of devices is one answer, to the question that lists them."""

    def moment(self, question_id: str) -> datetime:
        """Keeping an answer never makes it younger, nor older than the moment at which it was kept."""
        return min(self.kept.get(question_id, self.at), self.at)


def given_at(at: datetime, kept: Mapping[str, str] | None = None) -> Given:
    """`kept` as it is stored: question id, and the moment as text."""
    moments = {name: datetime.fromisoformat(text) for name, text in (kept or {}).items()}
    return Given(at, moments)


def fresh_until(
    protocol: Protocol, answers: Mapping[str, Any], given: Given, zone: ZoneInfo
) -> datetime | None:
    """When the first of the answers ends; None where none of them is counted in days."""
    return min((end for _, end in _ends(protocol, answers, given, zone)), default=None)


def expired(
    protocol: Protocol, answers: Mapping[str, Any], given: Given, zone: ZoneInfo, starts_at: datetime
) -> tuple[str, ...]:
    """The questions whose answer no longer holds when the appointment starts, in the order of the form."""
    return tuple(name for name, end in _ends(protocol, answers, given, zone) if end <= starts_at)


def end_of(answered_at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The last day counts whole: an answer of 30 days holds until the midnight after the thirtieth.

    Where the clocks skip or repeat midnight, the day still begins once: at its first moment.
    """
    last_day = answered_at.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(last_day + timedelta(days=1), time(), zone).astimezone(UTC)


def _ends(
    protocol: Protocol, answers: Mapping[str, Any], given: Given, zone: ZoneInfo
) -> Iterator[tuple[str, datetime]]:
    """An answer for one visit ends with that appointment, whenever it is, and is not counted here."""
    devices = protocol.devices_question
    for question in _answered(protocol, answers):
        if question.freshness is not None:
            given_as = devices.id if devices and question.is_device else question.id
            yield question.id, end_of(given.moment(given_as), question.freshness, zone)


def _answered(protocol: Protocol, answers: Mapping[str, Any]) -> Iterator[Question]:
    """The questions with an answer; a device's questions count as soon as there is a device."""
    devices = protocol.devices_question
    has_devices = devices is not None and isinstance(answers.get(devices.id), list)
    for question in protocol.questions.values():
        if has_devices if question.is_device else given(protocol, question, answers) is not None:
            yield question
