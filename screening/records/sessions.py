"""The session itself: asking again on arrival, starting, and marking as held."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from screening.clock import local
from screening.dates import time_of_day
from screening.extensions import db
from screening.records.actors import PROVIDER, Actor
from screening.records.acts import Act
from screening.records.appointments import must_be_open
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.records.gate import Gate, gate_of
from screening.records.locked_visit import LockedVisit, under_lock
from screening.storage.models import ArrivalCheck, Override


@under_lock
def start_session(visit: LockedVisit, at: datetime, by: Actor, override_reason: str = "") -> None:
    """The one gate: without a valid screening, or without the question on arrival, a start takes a reason."""
    if by.user_id is None or by.kind != PROVIDER:
        raise ValueError("only a provider starts a session")
    appointment = visit.appointment
    must_be_open(visit)
    if appointment.started_at:
        who = appointment.started_by.name if appointment.started_by else "Somebody else"
        raise Conflict(f"{who} marked the start at {time_of_day(appointment.started_at)} already.")
    gate = gate_of(visit, at)
    if not gate.is_open and not override_reason.strip():
        raise Conflict(
            f"There is no valid screening for this session. {' '.join(gate.missing)} "
            "Write why it goes ahead all the same."
        )
    appointment.started_at, appointment.started_by_id = at, by.user_id
    act = Act.SESSION_STARTED if gate.is_open else Act.SESSION_STARTED_AGAINST_THE_GATE
    record(db.session, act, by, at, appointment=appointment.id, state=gate.state.code)
    if not gate.is_open:
        _keep_override(visit, gate, by.user_id, at, override_reason.strip())


def _keep_override(visit: LockedVisit, gate: Gate, by_id: int, at: datetime, reason: str) -> None:
    """Kept with the answers, and so the flags, that the session goes past."""
    db.session.add(
        Override(
            appointment_id=visit.id,
            at=at,
            by_id=by_id,
            state=gate.state.code,
            reason=reason,
            submission_id=visit.submission.id if visit.submission else None,
        )
    )


@under_lock
def hold_session(visit: LockedVisit, at: datetime, by: Actor, override_reason: str = "") -> None:
    """The session took place. One that nobody marked as started goes through the gate now, and only then."""
    must_be_open(visit)
    if visit.appointment.started_at is None:
        start_session(visit, at, by, override_reason)
    visit.appointment.held_at = at
    record(db.session, Act.SESSION_HELD, by, at, appointment=visit.id)


@under_lock
def confirm_on_arrival(visit: LockedVisit, asked_about: UUID, at: datetime, by: Actor) -> None:
    """The patient was asked again on the day, about exactly these answers, and nothing had changed."""
    must_be_open(visit)
    if visit.submission is None or visit.submission.id != asked_about:
        raise Conflict("New answers came in meanwhile, so nothing was noted. Please look at them.")
    if by.user_id is None:
        raise ValueError("only staff ask on arrival")
    if local(at).date() != local(visit.appointment.starts_at).date():
        raise Conflict("The patient is asked again on the day of the appointment itself.")
    asked = visit.asked_on_the_day
    if asked is not None:
        raise Conflict(f"{asked.by} noted this at {time_of_day(asked.at)} already. Nothing is left to do.")
    db.session.add(ArrivalCheck(submission_id=asked_about, asked_at=at, asked_by_id=by.user_id))
    record(db.session, Act.ASKED_AGAIN_ON_ARRIVAL, by, at, appointment=visit.id, submission=asked_about)
