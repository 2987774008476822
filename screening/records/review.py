"""A provider's decision: signing off on exact answers, and what is known of an appointment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from screening.clock import local
from screening.domain.decisions import Decided, Outcome, needs_patient_said, needs_reason, outcome_of
from screening.domain.states import Facts, Received, Signed, is_out_of_date
from screening.extensions import db
from screening.records.actors import PROVIDER, Actor
from screening.records.acts import Act
from screening.records.answers import changed_by_protocol, flags_of, latest_submission
from screening.records.audit import record
from screening.records.calls import close_call, open_call
from screening.records.errors import Conflict, Incomplete
from screening.records.signature_digest import digest_for, holds
from screening.storage.models import Appointment, Disposition, Draft, Link, SignOff, SignOffVoid, Submission

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
    """The sign-off that was not voided, for this very appointment, these answers, this protocol and this plan."""
    query = (
        select(SignOff)
        .outerjoin(SignOffVoid, SignOffVoid.sign_off_id == SignOff.id)
        .where(SignOff.submission_id == submission.id, SignOffVoid.id.is_(None))
    )
    signed = db.session.scalars(query).one_or_none()
    return signed if signed and _still_holds(signed, submission) else None


def _still_holds(signed: SignOff, submission: Submission) -> bool:
    return holds(
        signed.digest,
        signed.planned,
        submission.appointment_id,
        submission.answers_digest,
        submission.protocol_digest,
        submission.appointment.planned,
    )


def signing_digest(submission: Submission) -> str:
    """What a provider would sign now; travels with the page, so that a page of before cannot be signed."""
    planned = submission.appointment.planned
    return digest_for(
        submission.appointment_id, submission.answers_digest, submission.protocol_digest, planned
    )


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
    # A code for the tablet that nobody typed has asked nobody anything.
    is_given = or_(Link.is_for_tablet.is_(False), Link.opened_at.is_not(None))
    link = select(Link.id).where(Link.appointment_id == appointment.id, is_given).limit(1)
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
    *,
    seen: UUID | None = None,
) -> SignOff:
    """Signs one decision per flag; `seen` is the sign-off that the provider saw there, which this one replaces.

    Raises Conflict where something moved on, Incomplete where something lacks.
    """
    if by.user_id is None or by.kind != PROVIDER:
        raise ValueError("only a provider signs")
    _must_be_current(submission, digest)
    _must_be_seen(submission, seen)
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
        planned=list(submission.appointment.planned),
        dispositions=[_disposition(flag_id, decided) for flag_id, decided in decisions.items()],
    )
    db.session.add(signed)
    db.session.flush()
    record(
        db.session,
        Act.SIGNED_OFF,
        by,
        at,
        appointment=submission.appointment_id,
        submission=submission.id,
        sign_off=signed.id,
        outcome=outcome.value,
        decisions=len(decisions),
    )
    _close_call(submission.appointment_id, at, by)
    return signed


def _must_be_current(submission: Submission, digest: str) -> None:
    appointment = submission.appointment
    latest = latest_submission(appointment.id)
    if appointment.cancelled_at or appointment.held_at:
        raise Conflict("This appointment was closed in the meantime, so nothing was signed.")
    if latest is None or latest.id != submission.id:
        raise Conflict(NEW_ANSWERS)
    if digest != signing_digest(submission):
        raise Conflict(
            "What is planned was changed after you opened this page, so nothing was signed. "
            "Please look at the new plan first."
        )
    if is_out_of_date(_received(submission), appointment.starts_at):
        raise Conflict(
            "These answers are out of date, so nothing was signed. Ask the patient to answer again."
        )


def _must_be_seen(submission: Submission, seen: UUID | None) -> None:
    """Nobody replaces a signature that they did not see."""
    there = valid_sign_off(submission)
    if there is not None and there.id != seen:
        raise Conflict(
            f"{there.provider_name} signed these answers after you opened this page, so nothing was signed. "
            "Their signature holds, and your decisions are still here. If you sign again, yours replaces it."
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
    """Also one whose mark no longer fits: of the signatures on the same answers, at most one is not voided."""
    query = (
        select(SignOff)
        .outerjoin(SignOffVoid, SignOffVoid.sign_off_id == SignOff.id)
        .where(SignOff.submission_id == submission.id, SignOffVoid.id.is_(None))
    )
    for earlier in db.session.scalars(query).all():
        why = "Signed again on the same answers"
        db.session.add(SignOffVoid(sign_off_id=earlier.id, voided_at=at, by=by.name, why=why))
        record(db.session, Act.SIGN_OFF_VOIDED, by, at, sign_off=earlier.id, submission=submission.id)


def _close_call(appointment_id: UUID, at: datetime, by: Actor) -> None:
    call = open_call(appointment_id)
    if call is not None:
        close_call(call, "Settled by the sign-off", at, by)
