"""What happened to an appointment, in order, without any answer. Words that somebody typed are for who needs them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from screening.dates import long_day
from screening.domain.states import State
from screening.records.actors import DESK, PROVIDER
from screening.records.past import Past
from screening.records.visit import Visit
from screening.staff.provenance import how_they_came
from screening.storage.models import Appointment, Override
from screening.web.endpoints import ANY_STAFF

_TO_CALL = frozenset({DESK, PROVIDER})
_TO_TREAT = frozenset({PROVIDER})


@dataclass(frozen=True)
class Happened:
    at: datetime
    what: str
    by: str = ""
    words: str = ""
    readers: frozenset[str] = ANY_STAFF
    """The roles whose work needs the words."""
    is_masked: bool = False


def history_of(visit: Visit, past: Past, roles: Collection[str]) -> list[Happened]:
    """Newest first. Who has none of the roles that need some words reads only that there are some."""
    happened = [*_visits(visit, past), *_answers(visit, past), *_signed(past), *_calls(past)]
    shown = [each if each.readers.intersection(roles) else _masked(each) for each in happened]
    return sorted(shown, key=lambda each: each.at, reverse=True)


def _masked(happened: Happened) -> Happened:
    return replace(happened, words="", is_masked=bool(happened.words))


def _visits(visit: Visit, past: Past) -> Iterator[Happened]:
    appointment = visit.appointment
    yield Happened(appointment.created_at, "Appointment added")
    for link in past.links:
        yield Happened(link.created_at, "Code for the tablet made" if link.is_for_tablet else "Link issued")
        if link.opened_at:
            yield Happened(link.opened_at, "Begun on the tablet")
    if appointment.cancelled_at:
        yield Happened(appointment.cancelled_at, "Appointment cancelled")
    began = appointment.started_at or appointment.held_at
    if began:
        yield _started(appointment, visit.override, began)
    if appointment.held_at and appointment.started_at:
        yield Happened(appointment.held_at, "Session held")


def _started(appointment: Appointment, override: Override | None, at: datetime) -> Happened:
    by = appointment.started_by.name if appointment.started_by else ""
    # Before starts were kept, a session was only marked as held.
    act = "Session started" if appointment.started_at else "Session held"
    if override is None:
        return Happened(at, act, by)
    return Happened(at, f"{act} without a valid screening", by, override.reason, _TO_TREAT)


def _answers(visit: Visit, past: Past) -> Iterator[Happened]:
    for submission in past.submissions:
        corrects = submission.corrects
        what = f"Answers {submission.number} received" + (
            f", which correct answers {corrects.number}" if corrects else ""
        )
        yield Happened(submission.received_at, what, how_they_came(submission), submission.reference)
    for asked in visit.asked_on_arrival:
        yield Happened(asked.at, "Asked again on arrival: nothing changed", asked.by)
    for verified in past.verified:
        yield Happened(verified.at, "An answer was verified", verified.by_name)


def _signed(past: Past) -> Iterator[Happened]:
    for signed in past.sign_offs:
        label = State.from_code(signed.outcome).label
        day = signed.postponed_until
        until = f" until {long_day(day)}" if day else ""
        yield Happened(signed.signed_at, f"Signed off: {label}{until}", signed.provider_name)
        if signed.void:
            why = signed.void.why + (f" (answers {cause.number})" if (cause := signed.void.caused_by) else "")
            yield Happened(signed.void.voided_at, "Sign-off no longer valid", signed.void.by, why)


def _calls(past: Past) -> Iterator[Happened]:
    for call in past.calls:
        yield Happened(call.asked_at, "Call asked for", call.asked_by.name, call.about, _TO_CALL)
        if call.closed_at:
            by = call.closed_by.name if call.closed_by else ""
            yield Happened(call.closed_at, "Call noted", by, call.what_was_said or "", _TO_CALL)
