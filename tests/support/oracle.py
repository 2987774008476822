"""How an appointment was read before it was read in one go, kept for a while to be compared with: two ways of old.

One is that of the page, question by question; the other that of the queue, in four statements of its own.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from screening.clock import local, zone
from screening.domain.assessment import Flag, assess, flag_summaries
from screening.domain.decisions import Outcome
from screening.domain.protocol.blocks import in_core_words
from screening.domain.protocol.freshness import expired, given_at
from screening.domain.states import Facts, Received, Signed, State, must_be_asked_again, state_of
from screening.extensions import db
from screening.records.answers import flags_of, latest_submission
from screening.records.gate import _LAPSED, _MISSING, NOT_ASKED_AGAIN, gate_of
from screening.records.protocol_versions import current_protocol, protocol_version
from screening.records.queue import LINK_IS_CLOSED, QueueRow
from screening.records.signature_digest import digest_for, holds
from screening.storage.models import (
    Appointment,
    ArrivalCheck,
    Call,
    Draft,
    Link,
    SignOff,
    SignOffVoid,
    Submission,
    User,
)
from tests.support.factories import known


def must_agree(appointment_id: UUID, at: datetime, row: QueueRow) -> None:
    """What is read now, for the pages and for the queue, is what was read before in each of the old ways."""
    appointment = db.session.get(Appointment, appointment_id)
    assert appointment is not None
    visit, submission = known(appointment_id), latest_submission(appointment_id)
    facts = _facts_of(appointment)
    assert visit.facts == facts
    assert _row_of(appointment_id, at) == (row.state, row.must_be_asked_again, row.tasks, row.expired)
    assert row.state == state_of(facts, at, zone()) == visit.state(at)
    assert gate_of(visit, at).mark == _mark_of_gate(appointment, at)
    call = _open_call(appointment_id)
    assert (visit.call and visit.call.id) == (call and call.id)
    assert (visit.submission and visit.submission.id) == (submission and submission.id)
    if submission is None:
        assert visit.signed is None
        assert (visit.expired, visit.must_be_asked_again, visit.is_changed_by_protocol) == ((), False, False)
        return
    assert visit.signed is _valid_sign_off(submission)
    assert visit.expired == _expired_answers(submission)
    assert visit.must_be_asked_again == _needs_arrival_check(submission)
    assert visit.is_changed_by_protocol == _changed_by_protocol(submission)
    assert visit.flags == tuple((flag.id, each) for flag, each in flags_of(submission))
    planned = appointment.planned
    stands_on = (appointment_id, submission.answers_digest, submission.protocol_digest, planned)
    assert visit.signing_digest == digest_for(*stands_on)


def _facts_of(appointment: Appointment) -> Facts:
    submission = latest_submission(appointment.id)
    call = _open_call(appointment.id)
    signed = _valid_sign_off(submission) if submission else None
    return Facts(
        starts_at=appointment.starts_at,
        is_cancelled=appointment.cancelled_at is not None,
        is_held=appointment.held_at is not None,
        was_sent=_was_sent(appointment),
        call_asked_at=call.asked_at if call else None,
        received=_received(submission) if submission else None,
        signed=Signed(Outcome(signed.outcome), signed.postponed_until) if signed else None,
    )


def _valid_sign_off(submission: Submission) -> SignOff | None:
    query = (
        select(SignOff)
        .outerjoin(SignOffVoid, SignOffVoid.sign_off_id == SignOff.id)
        .where(SignOff.submission_id == submission.id, SignOffVoid.id.is_(None))
    )
    signed = db.session.scalars(query).one_or_none()
    if signed is None:
        return None
    planned = submission.appointment.planned
    stands_on = (submission.appointment_id, submission.answers_digest, submission.protocol_digest, planned)
    return signed if holds(signed.digest, signed.planned, *stands_on) else None


def _open_call(appointment_id: UUID) -> Call | None:
    query = select(Call).where(Call.appointment_id == appointment_id, Call.closed_at.is_(None))
    return db.session.scalars(query.order_by(Call.asked_at.desc()).limit(1)).one_or_none()


def _was_sent(appointment: Appointment) -> bool:
    is_given = or_(Link.is_for_tablet.is_(False), Link.opened_at.is_not(None))
    link = select(Link.id).where(Link.appointment_id == appointment.id, is_given).limit(1)
    return db.session.scalar(link) is not None or db.session.get(Draft, appointment.id) is not None


def _received(submission: Submission) -> Received:
    return Received(submission.received_at, submission.fresh_until, _changed_by_protocol(submission))


def _changed_by_protocol(submission: Submission) -> bool:
    day = local(submission.appointment.starts_at).date()
    if (submission.protocol_digest, submission.assessed_for) == (current_protocol().digest, day):
        return False
    stored = [flag for _, flag in flags_of(submission)]
    planned = list(submission.appointment.planned)
    now = assess(current_protocol(), submission.answers, planned, day)
    return flag_summaries(stored) != flag_summaries(now.flags)


def _expired_answers(submission: Submission) -> tuple[str, ...]:
    return expired(
        protocol_version(submission.protocol_digest),
        submission.answers,
        given_at(submission.received_at, submission.kept),
        zone(),
        submission.appointment.starts_at,
    )


def _needs_arrival_check(submission: Submission) -> bool:
    appointment = submission.appointment
    if not must_be_asked_again(submission.received_at, appointment.starts_at, zone()):
        return False
    day = local(appointment.starts_at).date()
    query = (
        select(ArrivalCheck.asked_at, User.name)
        .join(User, ArrivalCheck.asked_by_id == User.id)
        .where(ArrivalCheck.submission_id == submission.id)
        .order_by(ArrivalCheck.asked_at)
    )
    return not any(local(row.asked_at).date() == day for row in db.session.execute(query))


def _mark_of_gate(appointment: Appointment, at: datetime) -> str:
    facts = _facts_of(appointment)
    state = state_of(facts, at, zone())
    submission = latest_submission(appointment.id)
    signed = _valid_sign_off(submission) if submission else None
    missing = [] if state.is_ready else [_MISSING.get(state, f"The appointment is {state.label.lower()}.")]
    if state == State.NEEDS_REVIEW and facts.signed and facts.signed.outcome == Outcome.POSTPONED:
        missing = [_LAPSED]
    if submission is not None and _needs_arrival_check(submission):
        missing.append(NOT_ASKED_AGAIN)
    seen = (state.code, submission and submission.id, signed and signed.id, appointment.started_at, missing)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def _row_of(appointment_id: UUID, at: datetime) -> tuple[Any, ...]:
    """The queue's own way: state, "ask again", tasks and what has expired."""
    (row,) = db.session.execute(_appointments().where(Appointment.id == appointment_id)).all()
    flags: list[Flag] = []
    ended: tuple[str, ...] = ()
    is_changed = False
    if row.submission_id is not None:
        submission = db.session.get(Submission, row.submission_id)
        assert submission is not None
        flags = [flag for _, flag in flags_of(submission)]
        is_changed, ended = _row_is_changed(row, submission, flags), _row_expired(row, submission)
    tasks = [
        *([LINK_IS_CLOSED] if row.link_is_closed else []),
        *(flag.task for flag in flags if not flag.no_task),
    ]
    state = state_of(_row_facts(row, is_changed), at, zone())
    return state, _row_asked_again(row), tuple(dict.fromkeys(tasks)), ended


def _is_latest() -> ColumnElement[bool]:
    numbers = select(func.max(Submission.number)).where(Submission.appointment_id == Appointment.id)
    highest = numbers.correlate(Appointment).scalar_subquery()
    return and_(Submission.appointment_id == Appointment.id, Submission.number == highest)


def _appointments() -> Any:
    called = (
        select(func.max(Call.asked_at))
        .where(Call.appointment_id == Appointment.id, Call.closed_at.is_(None))
        .correlate(Appointment)
        .scalar_subquery()
    )
    asked_again = (
        select(func.max(ArrivalCheck.asked_at))
        .where(ArrivalCheck.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    voided = exists().where(SignOffVoid.sign_off_id == SignOff.id)
    of_it = Link.appointment_id == Appointment.id
    return (
        select(
            Appointment.id,
            Appointment.starts_at,
            Appointment.planned,
            Appointment.cancelled_at,
            Appointment.held_at,
            Submission.id.label("submission_id"),
            Submission.received_at,
            Submission.fresh_until,
            Submission.answers_digest,
            Submission.protocol_digest,
            SignOff.digest,
            SignOff.planned.label("signed_planned"),
            SignOff.outcome,
            SignOff.postponed_until,
            called.label("call_asked_at"),
            asked_again.label("asked_again_at"),
            or_(
                exists().where(of_it, Link.is_for_tablet.is_(False)),
                exists().where(of_it, Link.opened_at.is_not(None)),
                exists().where(Draft.appointment_id == Appointment.id),
            ).label("was_sent"),
            exists()
            .where(of_it, Link.revoked_at.is_(None), Link.birth_date_failures >= 5)
            .label("link_is_closed"),
        )
        .select_from(Appointment)
        .outerjoin(Submission, _is_latest())
        .outerjoin(SignOff, and_(SignOff.submission_id == Submission.id, ~voided))
    )


def _row_is_changed(row: Any, submission: Submission, flags: list[Flag]) -> bool:
    protocol, day = current_protocol(), local(row.starts_at).date()
    if (submission.protocol_digest, submission.assessed_for) == (protocol.digest, day):
        return False
    assessed = assess(protocol, submission.answers, (), day)
    return flag_summaries(assessed.flags) != flag_summaries(flags)


def _row_expired(row: Any, submission: Submission) -> tuple[str, ...]:
    if submission.fresh_until is None or submission.fresh_until > row.starts_at:
        return ()
    protocol = protocol_version(submission.protocol_digest)
    given = given_at(submission.received_at, submission.kept)
    return in_core_words(protocol, expired(protocol, submission.answers, given, zone(), row.starts_at))


def _row_facts(row: Any, is_changed: bool) -> Facts:
    stands_on = (row.id, row.answers_digest, row.protocol_digest, row.planned)
    is_signed = row.outcome is not None and holds(row.digest, row.signed_planned, *stands_on)
    return Facts(
        starts_at=row.starts_at,
        is_cancelled=row.cancelled_at is not None,
        is_held=row.held_at is not None,
        was_sent=row.was_sent,
        call_asked_at=row.call_asked_at,
        received=Received(row.received_at, row.fresh_until, is_changed) if row.submission_id else None,
        signed=Signed(Outcome(row.outcome), row.postponed_until) if is_signed else None,
    )


def _row_asked_again(row: Any) -> bool:
    if row.received_at is None or not must_be_asked_again(row.received_at, row.starts_at, zone()):
        return False
    asked = row.asked_again_at
    return asked is None or local(asked).date() != local(row.starts_at).date()
