"""The visit itself: asking again on arrival, the gate at the start of a session, and marking it as held."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from screening.clock import local, zone
from screening.domain.decisions import Outcome
from screening.domain.states import State, must_be_asked_again, state_of
from screening.extensions import db
from screening.records.actors import PROVIDER, Actor
from screening.records.acts import Act
from screening.records.answers import latest_submission
from screening.records.appointments import must_be_open
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.records.review import facts_of, valid_sign_off
from screening.storage.models import Appointment, ArrivalCheck, Override, Submission, User

NOT_ASKED_AGAIN = "The patient was not asked again on arrival."
_LAPSED = "The day until which the session was postponed has come, and no provider has signed since."
_MISSING = {
    State.NOT_SENT: "There are no answers: the patient was given no link.",
    State.WAITING: "There are no answers: the patient has a link and has not sent any.",
    State.CALL: "A call to the patient is still open.",
    State.OUT_OF_DATE: "The answers are out of date for this visit.",
    State.NEEDS_REVIEW: "No provider has signed these answers and this plan.",
    State.POSTPONED: "A provider postponed this session.",
    State.DO_NOT_TREAT: "A provider decided not to treat.",
}


@dataclass(frozen=True)
class Gate:
    """What stands between an appointment and the start of its session."""

    state: State
    submission: Submission | None
    missing: tuple[str, ...]
    """In words; empty where the session may start."""
    mark: str
    """Changes with everything that the gate looks at, so that nobody passes it on an old page."""

    @property
    def is_open(self) -> bool:
        return not self.missing


def gate_of(appointment: Appointment, at: datetime) -> Gate:
    facts = facts_of(appointment)
    state = state_of(facts, at, zone())
    submission = latest_submission(appointment.id)
    signed = valid_sign_off(submission) if submission else None
    missing = [] if state.is_ready else [_MISSING.get(state, f"The appointment is {state.label.lower()}.")]
    if state == State.NEEDS_REVIEW and facts.signed and facts.signed.outcome == Outcome.POSTPONED:
        missing = [_LAPSED]
    if submission is not None and needs_arrival_check(submission):
        missing.append(NOT_ASKED_AGAIN)
    seen = (state.code, submission and submission.id, signed and signed.id, appointment.started_at, missing)
    mark = hashlib.sha256(repr(seen).encode()).hexdigest()[:16]
    return Gate(state, submission, tuple(missing), mark)


def must_be_the_gate(appointment: Appointment, at: datetime, mark: str) -> None:
    """Nobody starts or ends a session on a page that no longer shows what there is."""
    must_be_open(appointment)
    if mark != gate_of(appointment, at).mark:
        raise Conflict(
            "Something changed after you opened this page, so nothing was marked. "
            "Please read the page as it is now, then press the button again."
        )


def start_session(appointment: Appointment, at: datetime, by: Actor, override_reason: str = "") -> None:
    """The one gate: without a valid screening, or without the question on arrival, a start takes a reason."""
    if by.user_id is None or by.kind != PROVIDER:
        raise ValueError("only a provider starts a session")
    must_be_open(appointment)
    if appointment.started_at:
        who = appointment.started_by.name if appointment.started_by else "Somebody else"
        raise Conflict(f"{who} marked the start at {local(appointment.started_at):%H:%M} already.")
    gate = gate_of(appointment, at)
    if not gate.is_open and not override_reason.strip():
        raise Conflict(
            f"There is no valid screening for this session. {' '.join(gate.missing)} "
            "Write why it goes ahead all the same."
        )
    appointment.started_at, appointment.started_by_id = at, by.user_id
    act = Act.SESSION_STARTED if gate.is_open else Act.SESSION_STARTED_AGAINST_THE_GATE
    record(db.session, act, by, at, appointment=appointment.id, state=gate.state.code)
    if not gate.is_open:
        _keep_override(appointment, gate, by.user_id, at, override_reason.strip())


def _keep_override(appointment: Appointment, gate: Gate, by_id: int, at: datetime, reason: str) -> None:
    """Kept with the answers, and so the flags, that the session goes past."""
    db.session.add(
        Override(
            appointment_id=appointment.id,
            at=at,
            by_id=by_id,
            state=gate.state.code,
            reason=reason,
            submission_id=gate.submission.id if gate.submission else None,
        )
    )


def hold_session(appointment: Appointment, at: datetime, by: Actor, override_reason: str = "") -> None:
    """The session took place. One that nobody marked as started goes through the gate now, and only then."""
    must_be_open(appointment)
    if appointment.started_at is None:
        start_session(appointment, at, by, override_reason)
    appointment.held_at = at
    record(db.session, Act.SESSION_HELD, by, at, appointment=appointment.id)


def needs_arrival_check(submission: Submission) -> bool:
    """Whether what holds for one visit only must be asked again on the day itself (L8)."""
    appointment = submission.appointment
    if not must_be_asked_again(submission.received_at, appointment.starts_at, zone()):
        return False
    return _asked_on_the_day(submission) is None


def _asked_on_the_day(submission: Submission) -> tuple[datetime, str] | None:
    """When and by whom the patient was asked again on the day of the appointment."""
    day = local(submission.appointment.starts_at).date()
    query = (
        select(ArrivalCheck.asked_at, User.name)
        .join(User, ArrivalCheck.asked_by_id == User.id)
        .where(ArrivalCheck.submission_id == submission.id)
        .order_by(ArrivalCheck.asked_at)
    )
    asked = ((row.asked_at, row.name) for row in db.session.execute(query))
    return next(((at, name) for at, name in asked if local(at).date() == day), None)


def confirm_on_arrival(submission: Submission, at: datetime, by: Actor) -> None:
    """The patient was asked again on the day and nothing had changed."""
    appointment = submission.appointment
    must_be_open(appointment)
    latest = latest_submission(appointment.id)
    if latest is None or latest.id != submission.id:
        raise Conflict("New answers came in meanwhile, so nothing was noted. Please look at them.")
    if by.user_id is None:
        raise ValueError("only staff ask on arrival")
    if local(at).date() != local(appointment.starts_at).date():
        raise Conflict("The patient is asked again on the day of the appointment itself.")
    asked = _asked_on_the_day(submission)
    if asked is not None:
        raise Conflict(f"{asked[1]} noted this at {local(asked[0]):%H:%M} already. Nothing is left to do.")
    db.session.add(ArrivalCheck(submission_id=submission.id, asked_at=at, asked_by_id=by.user_id))
    record(
        db.session, Act.ASKED_AGAIN_ON_ARRIVAL, by, at, appointment=appointment.id, submission=submission.id
    )
