"""What a returning patient told at an earlier visit: only signed answers, and only their own."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Subquery, and_, select
from sqlalchemy.orm import contains_eager

from screening.clock import zone
from screening.domain.earlier_answers import NOTHING_TOLD, EarlierAnswers, Recap, recap_of
from screening.domain.protocol.freshness import given_at
from screening.extensions import db
from screening.records.protocol_versions import current_protocol, protocol_version
from screening.records.signature_digest import digest_for
from screening.records.voiding import not_voided
from screening.storage.models import Appointment, SignOff, Submission, VerifiedAnswer


def recap_for(appointment: Appointment) -> Recap:
    """The answers that a provider signed last at an earlier appointment of the same patient."""
    signed = _signed_last_before(appointment).subquery()
    rows = db.session.execute(_since(signed, appointment)).all()
    last = next((row for row in rows if row.Submission.id == row.signed_id), None)
    if last is None:
        return NOTHING_TOLD
    answers: Submission = last.Submission
    stands_on = (answers.appointment_id, answers.answers_digest, answers.protocol_digest)
    if last.digest != digest_for(*stands_on, answers.appointment.planned):
        return NOTHING_TOLD
    told = EarlierAnswers(
        mark=hashlib.sha256(str(answers.id).encode()).hexdigest()[:16],
        protocol=protocol_version(answers.protocol_digest),
        answers=answers.answers,
        given=given_at(answers.received_at, answers.kept),
        verified=frozenset(row.question for row in rows if row.question is not None),
    )
    later = tuple(row.Submission.answers for row in rows if row.Submission is not answers)
    return recap_of(current_protocol(), told, later, appointment.starts_at, zone())


def _signed_last_before(appointment: Appointment) -> Select[UUID, datetime, UUID]:
    """Voided sign-offs do not count."""
    return (
        select(Submission.id, Submission.received_at, SignOff.id.label("sign_off_id"))
        .join(Appointment, Submission.appointment_id == Appointment.id)
        .join(SignOff, SignOff.submission_id == Submission.id)
        .where(
            Appointment.patient_id == appointment.patient_id,
            Appointment.id != appointment.id,
            Appointment.starts_at < appointment.starts_at,
            not_voided(),
        )
        .order_by(Submission.received_at.desc(), Submission.number.desc())
        .limit(1)
    )


def _since(signed: Subquery, appointment: Appointment) -> Select[Any]:
    """The signed answers, once for each that was verified, and all that the patient sent after them."""
    is_verified = and_(VerifiedAnswer.submission_id == signed.c.id, Submission.id == signed.c.id)
    return (
        select(Submission, signed.c.id.label("signed_id"), SignOff.digest, VerifiedAnswer.question)
        .join(signed, Submission.received_at >= signed.c.received_at)
        .join(SignOff, SignOff.id == signed.c.sign_off_id)
        .join(Submission.appointment)
        .outerjoin(VerifiedAnswer, is_verified)
        .where(Appointment.patient_id == appointment.patient_id)
        .options(contains_eager(Submission.appointment))
        .order_by(Submission.received_at, Submission.number, Submission.id)
    )
