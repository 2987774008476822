"""A provider's decision: signing off on exact answers, and what is known of an appointment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from screening.audit import Actor, record
from screening.clock import local
from screening.extensions import db
from screening.models import (
    Appointment,
    Disposition,
    Draft,
    Link,
    SignOff,
    SignOffVoid,
    Submission,
)
from screening.outcomes import Decided, Outcome, needs_patient_said, needs_reason, outcome_of
from screening.protocol import Effect
from screening.records.answers import changed_by_protocol, flags_of, latest_submission
from screening.records.calls import close_call, open_call
from screening.records.problems import Conflict, Incomplete
from screening.states import (
    Facts,
    Received,
    Signed,
    is_out_of_date,
)

NEW_ANSWERS = "New answers came in after you opened this page, so nothing was signed. Please read them first."


def sign_offs_of(appointment_id: UUID) -> list[SignOff]:
    """All that were ever made, newest first."""
    query = (
        select(SignOff)
        .join(Submission, SignOff.submission_id == Submission.id)
        .where(Submission.appointment_id == appointment_id)
        .order_by(SignOff.signed_at.desc(), SignOff.id)
    )
    return list(db.session.scalars(query))


def last_signed(patient_id: UUID) -> SignOff | None:
    """The latest sign-off on any of a patient's answers, at this visit or an earlier one."""
    query = (
        select(SignOff)
        .join(Submission, SignOff.submission_id == Submission.id)
        .join(Appointment, Submission.appointment_id == Appointment.id)
        .where(Appointment.patient_id == patient_id)
        .order_by(SignOff.signed_at.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def valid_sign_off(submission: Submission) -> SignOff | None:
    """The sign-off on these answers that was not voided and was made for this very appointment and protocol."""
    query = (
        select(SignOff)
        .outerjoin(SignOffVoid, SignOffVoid.sign_off_id == SignOff.id)
        .where(SignOff.submission_id == submission.id, SignOffVoid.id.is_(None))
    )
    signed = db.session.scalars(query).one_or_none()
    return signed if signed and signed.digest == signing_digest(submission) else None


def signing_digest(submission: Submission) -> str:
    """What a provider signs: this appointment, these answers, this protocol, and nothing else."""
    parts = (str(submission.appointment_id), submission.answers_digest, submission.protocol_digest)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def facts_of(appointment: Appointment) -> Facts:
    submission = latest_submission(appointment.id)
    call = open_call(appointment.id)
    signed = valid_sign_off(submission) if submission else None
    return Facts(
        starts_at=appointment.starts_at,
        is_cancelled=appointment.cancelled_at is not None,
        is_held=appointment.held_at is not None,
        was_sent=_was_sent(appointment),
        call_asked_at=call.asked_at if call else None,
        received=_received(submission) if submission else None,
        signed=Signed(Outcome(signed.outcome), signed.postponed_until) if signed else None,
    )


def _was_sent(appointment: Appointment) -> bool:
    link = select(Link.id).where(Link.appointment_id == appointment.id).limit(1)
    return db.session.scalar(link) is not None or db.session.get(Draft, appointment.id) is not None


def _received(submission: Submission) -> Received:
    return Received(submission.received_at, submission.fresh_until, changed_by_protocol(submission))


def sign_off(
    submission: Submission,
    decisions: Mapping[UUID, Decided],
    digest: str,
    at: datetime,
    by: Actor,
    postponed_until: date | None = None,
) -> SignOff:
    """Signs one decision per flag. Raises Conflict where the answers moved on, Incomplete where something lacks."""
    if by.user_id is None or by.kind != "provider":
        raise ValueError("only a provider signs")
    _must_be_current(submission, digest)
    _must_be_complete(submission, decisions, postponed_until, local(at).date())
    outcome = outcome_of(decided.decision for decided in decisions.values())
    _replace_earlier(submission, at, by)
    signed = SignOff(
        submission_id=submission.id,
        provider_id=by.user_id,
        provider_name=by.name,
        signed_at=at,
        outcome=outcome.value,
        postponed_until=postponed_until if outcome == Outcome.POSTPONED else None,
        digest=signing_digest(submission),
        dispositions=[_disposition(flag_id, decided) for flag_id, decided in decisions.items()],
    )
    db.session.add(signed)
    db.session.flush()
    record(
        db.session,
        "signed off",
        by,
        at,
        appointment=submission.appointment_id,
        submission=submission.id,
        sign_off=signed.id,
        outcome=outcome.value,
    )
    _close_call(submission.appointment_id, at, by)
    return signed


def review_new_plan(appointment: Appointment, planned: Sequence[str], at: datetime, by: Actor) -> None:
    """What was cleared "as planned" is looked at again when more is planned that a flag speaks against (L1)."""
    submission = latest_submission(appointment.id)
    signed = valid_sign_off(submission) if submission else None
    if submission is None or signed is None:
        return
    flags = [flag for _, flag in flags_of(submission)]
    added = set(planned) - set(appointment.planned)
    if any(flag.effects.get(code, Effect.AVOID) != Effect.OK for flag in flags for code in added):
        _void(signed, "More was planned than was signed", at, by)


def _must_be_current(submission: Submission, digest: str) -> None:
    appointment = submission.appointment
    latest = latest_submission(appointment.id)
    if appointment.cancelled_at or appointment.held_at:
        raise Conflict("This appointment was closed in the meantime, so nothing was signed.")
    if latest is None or latest.id != submission.id or digest != signing_digest(submission):
        raise Conflict(NEW_ANSWERS)
    if is_out_of_date(_received(submission), appointment.starts_at):
        raise Conflict(
            "These answers are out of date, so nothing was signed. Ask the patient to answer again."
        )


def _must_be_complete(
    submission: Submission, decisions: Mapping[UUID, Decided], postponed_until: date | None, today: date
) -> None:
    flags = {row.id: flag for row, flag in flags_of(submission)}
    if not decisions.keys() <= flags.keys():
        raise Conflict("A decision does not belong to these answers, so nothing was signed.")
    missing: dict[UUID, str] = {}
    for flag_id, flag in flags.items():
        decided = decisions.get(flag_id)
        if decided is None:
            missing[flag_id] = "Choose what you decide"
        elif needs_reason(flag, decided.decision) and not decided.reason.strip():
            missing[flag_id] = "Write why this can be cleared"
        elif needs_patient_said(flag, decided.decision) and not decided.patient_said.strip():
            missing[flag_id] = "Write what the patient said"
    if missing:
        raise Incomplete(missing)
    outcome = outcome_of(decided.decision for decided in decisions.values())
    if outcome == Outcome.POSTPONED and (postponed_until is None or postponed_until <= today):
        raise Incomplete({submission.id: "Choose a day after today until which you postpone"})


def _disposition(flag_id: UUID, decided: Decided) -> Disposition:
    return Disposition(
        flag_id=flag_id,
        decision=decided.decision.word,
        reason=decided.reason.strip(),
        patient_said=decided.patient_said.strip(),
    )


def _replace_earlier(submission: Submission, at: datetime, by: Actor) -> None:
    earlier = valid_sign_off(submission)
    if earlier is not None:
        _void(earlier, "Signed again on the same answers", at, by)


def _void(signed: SignOff, why: str, at: datetime, by: Actor) -> None:
    db.session.add(SignOffVoid(sign_off_id=signed.id, voided_at=at, by=by.name, why=why))
    record(db.session, "sign-off voided", by, at, sign_off=signed.id, submission=signed.submission_id)


def _close_call(appointment_id: UUID, at: datetime, by: Actor) -> None:
    call = open_call(appointment_id)
    if call is not None:
        close_call(call, "Settled by the sign-off", at, by)
