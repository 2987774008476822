"""A provider's decision: signing off on exact answers, for exactly what is planned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from screening.clock import local
from screening.domain.decisions import Decided, Outcome, needs_patient_said, needs_reason, outcome_of
from screening.extensions import db
from screening.records.actors import PROVIDER, Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.calls import close_call
from screening.records.errors import Conflict, Incomplete
from screening.records.locked_visit import LockedVisit, under_lock
from screening.records.voiding import void_sign_offs
from screening.storage.models import Disposition, SignOff, Submission

NEW_ANSWERS = "New answers came in after you opened this page, so nothing was signed. Please read them first."


@under_lock
def sign_off(
    visit: LockedVisit,
    made_of: UUID,
    decisions: Mapping[UUID, Decided],
    digest: str,
    at: datetime,
    by: Actor,
    postponed_until: date | None = None,
    *,
    seen: UUID | None = None,
) -> SignOff:
    """Signs one decision per flag of the answers that the page was made of.

    `seen` is the sign-off that the provider saw there, which this one replaces. Raises Conflict where something moved
    on, Incomplete where something lacks.
    """
    if by.user_id is None or by.kind != PROVIDER:
        raise ValueError("only a provider signs")
    submission = _must_be_current(visit, made_of, digest)
    _must_be_seen(visit, seen)
    _must_be_complete(visit, decisions, postponed_until, local(at).date())
    outcome = outcome_of(decided.decision for decided in decisions.values())
    # Also one whose mark no longer fits: at most one signature on an appointment is not voided.
    void_sign_offs(visit.id, at, by, "Signed again on the same answers")
    signed = SignOff(
        submission_id=submission.id,
        provider_id=by.user_id,
        provider_name=by.name,
        signed_at=at,
        outcome=outcome.value,
        postponed_until=postponed_until if outcome == Outcome.POSTPONED else None,
        digest=visit.signing_digest,
        planned=list(visit.appointment.planned),
        dispositions=[_disposition(flag_id, decided) for flag_id, decided in decisions.items()],
    )
    db.session.add(signed)
    db.session.flush()
    record(
        db.session,
        Act.SIGNED_OFF,
        by,
        at,
        appointment=visit.id,
        submission=submission.id,
        sign_off=signed.id,
        outcome=outcome.value,
        decisions=len(decisions),
    )
    if visit.call is not None:
        close_call(visit, visit.call, "Settled by the sign-off", at, by)
    return signed


def _must_be_current(visit: LockedVisit, made_of: UUID, digest: str) -> Submission:
    """The answers to sign: those of the page, where they still are the latest ones."""
    appointment, submission = visit.appointment, visit.submission
    if appointment.cancelled_at or appointment.held_at:
        raise Conflict("This appointment was closed in the meantime, so nothing was signed.")
    if submission is None or submission.id != made_of:
        raise Conflict(NEW_ANSWERS)
    if digest != visit.signing_digest:
        raise Conflict(
            "What is planned was changed after you opened this page, so nothing was signed. "
            "Please look at the new plan first."
        )
    if visit.is_out_of_date:
        raise Conflict(
            "These answers are out of date, so nothing was signed. Ask the patient to answer again."
        )
    return submission


def _must_be_seen(visit: LockedVisit, seen: UUID | None) -> None:
    """Nobody replaces a signature that they did not see."""
    there = visit.signed
    if there is not None and there.id != seen:
        raise Conflict(
            f"{there.provider_name} signed these answers after you opened this page, so nothing was signed. "
            "Their signature holds, and your decisions are still here. If you sign again, yours replaces it."
        )


def _must_be_complete(
    visit: LockedVisit, decisions: Mapping[UUID, Decided], postponed_until: date | None, today: date
) -> None:
    flags = dict(visit.flags)
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
        raise Incomplete({visit.id: "Choose a day after today until which you postpone"})


def _disposition(flag_id: UUID, decided: Decided) -> Disposition:
    return Disposition(
        flag_id=flag_id,
        decision=decided.decision.word,
        reason=decided.reason.strip(),
        patient_said=decided.patient_said.strip(),
    )
