"""The visit itself: asking again on arrival, and marking the session as held."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from screening.audit import Actor, record
from screening.clock import local, zone
from screening.extensions import db
from screening.models import Appointment, ArrivalCheck, Override, Submission
from screening.records.answers import latest_submission
from screening.records.problems import Conflict
from screening.records.review import facts_of
from screening.states import must_be_asked_again, state_of


def needs_arrival_check(submission: Submission) -> bool:
    """Whether what holds for one visit only must be asked again on the day itself (L8)."""
    appointment = submission.appointment
    if not must_be_asked_again(submission.received_at, appointment.starts_at, zone()):
        return False
    day = local(appointment.starts_at).date()
    query = select(ArrivalCheck.asked_at).where(ArrivalCheck.submission_id == submission.id)
    return all(local(asked_at).date() != day for asked_at in db.session.scalars(query))


def confirm_on_arrival(submission: Submission, at: datetime, by: Actor) -> None:
    """The patient was asked again on the day and nothing had changed."""
    appointment = submission.appointment
    latest = latest_submission(appointment.id)
    if latest is None or latest.id != submission.id:
        raise Conflict("New answers came in meanwhile, so nothing was noted. Please look at them.")
    if by.user_id is None:
        raise ValueError("only staff ask on arrival")
    if local(at).date() != local(appointment.starts_at).date():
        raise Conflict("The patient is asked again on the day of the appointment itself.")
    db.session.add(ArrivalCheck(submission_id=submission.id, asked_at=at, asked_by_id=by.user_id))
    record(db.session, "asked again on arrival", by, at, appointment=appointment.id, submission=submission.id)


def hold_session(appointment: Appointment, at: datetime, by: Actor, override_reason: str = "") -> None:
    """The session took place. Without a ready screening, or without the question on arrival, it takes a reason."""
    state = state_of(facts_of(appointment), at, zone())
    if state.is_closed:
        raise Conflict(f"This appointment is already {state.label.lower()}.")
    submission = latest_submission(appointment.id)
    is_open = not state.is_ready or submission is None or needs_arrival_check(submission)
    if is_open and not override_reason.strip():
        raise Conflict("There is no valid screening for this session. Write why it was held all the same.")
    appointment.held_at = at
    act = "session held against the gate" if is_open else "session held"
    record(db.session, act, by, at, appointment=appointment.id, state=state.code)
    if is_open and by.user_id is not None:
        db.session.add(
            Override(
                appointment_id=appointment.id,
                at=at,
                by_id=by.user_id,
                state=state.code,
                reason=override_reason.strip(),
            )
        )
