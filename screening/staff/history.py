"""What happened to an appointment, in order, without any answer. Words that somebody typed are for who needs them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from screening.domain.states import State
from screening.extensions import db
from screening.records.actors import DESK, PROVIDER
from screening.records.answers import submissions_of
from screening.records.appointments import links_of
from screening.records.review import sign_offs_of
from screening.records.verified_answers import verified_of
from screening.staff.provenance import how_they_came
from screening.storage.models import Appointment, ArrivalCheck, Call, Override, Submission, User
from screening.web.endpoints import STAFF

_TO_CALL = frozenset({DESK, PROVIDER})
_TO_TREAT = frozenset({PROVIDER})


@dataclass(frozen=True)
class Happened:
    at: datetime
    what: str
    by: str = ""
    words: str = ""
    readers: frozenset[str] = STAFF
    """The roles whose work needs the words."""
    is_masked: bool = False


def history_of(appointment: Appointment, roles: Collection[str]) -> list[Happened]:
    """Newest first. Who has none of the roles that need some words reads only that there are some."""
    happened = [*_visits(appointment), *_answers(appointment), *_signed(appointment), *_calls(appointment)]
    shown = [each if each.readers.intersection(roles) else _masked(each) for each in happened]
    return sorted(shown, key=lambda each: each.at, reverse=True)


def _masked(happened: Happened) -> Happened:
    return replace(happened, words="", is_masked=bool(happened.words))


def _visits(appointment: Appointment) -> Iterator[Happened]:
    yield Happened(appointment.created_at, "Appointment added")
    for link in links_of(appointment.id):
        yield Happened(link.created_at, "Code for the tablet made" if link.is_for_tablet else "Link issued")
        if link.opened_at:
            yield Happened(link.opened_at, "Begun on the tablet")
    if appointment.cancelled_at:
        yield Happened(appointment.cancelled_at, "Appointment cancelled")
    began = appointment.started_at or appointment.held_at
    if began:
        yield _started(appointment, began)
    if appointment.held_at and appointment.started_at:
        yield Happened(appointment.held_at, "Session held")


def _started(appointment: Appointment, at: datetime) -> Happened:
    override = db.session.scalars(
        select(Override).where(Override.appointment_id == appointment.id)
    ).one_or_none()
    by = appointment.started_by.name if appointment.started_by else ""
    # Before starts were kept, a session was only marked as held.
    act = "Session started" if appointment.started_at else "Session held"
    if override is None:
        return Happened(at, act, by)
    return Happened(at, f"{act} without a valid screening", by, override.reason, _TO_TREAT)


def _answers(appointment: Appointment) -> Iterator[Happened]:
    for submission in submissions_of(appointment.id):
        corrects = submission.corrects
        what = f"Answers {submission.number} received" + (
            f", which correct answers {corrects.number}" if corrects else ""
        )
        yield Happened(submission.received_at, what, how_they_came(submission), submission.reference)
    asked = (
        select(ArrivalCheck.asked_at, User.name)
        .join(User, ArrivalCheck.asked_by_id == User.id)
        .join(Submission, ArrivalCheck.submission_id == Submission.id)
        .where(Submission.appointment_id == appointment.id)
    )
    for row in db.session.execute(asked):
        yield Happened(row.asked_at, "Asked again on arrival: nothing changed", row.name)
    for submission in submissions_of(appointment.id):
        for verified in verified_of(submission):
            yield Happened(verified.at, "An answer was verified", verified.by_name)


def _signed(appointment: Appointment) -> Iterator[Happened]:
    for signed in sign_offs_of(appointment.id):
        label = State.from_code(signed.outcome).label
        day = signed.postponed_until
        until = f" until {day:%A} {day.day} {day:%B %Y}" if day else ""
        yield Happened(signed.signed_at, f"Signed off: {label}{until}", signed.provider_name)
        if signed.void:
            why = signed.void.why + (f" (answers {cause.number})" if (cause := signed.void.caused_by) else "")
            yield Happened(signed.void.voided_at, "Sign-off no longer valid", signed.void.by, why)


def _calls(appointment: Appointment) -> Iterator[Happened]:
    for call in db.session.scalars(select(Call).where(Call.appointment_id == appointment.id)):
        yield Happened(call.asked_at, "Call asked for", call.asked_by.name, call.about, _TO_CALL)
        if call.closed_at:
            by = call.closed_by.name if call.closed_by else ""
            yield Happened(call.closed_at, "Call noted", by, call.what_was_said or "", _TO_CALL)
