"""What a returning patient told at an earlier visit: only signed answers, and only their own."""

from __future__ import annotations

import hashlib

from sqlalchemy import Select, select

from screening.clock import zone
from screening.domain.earlier_answers import NOTHING_TOLD, Recap, Told, recap_of
from screening.domain.protocol.freshness import given_at
from screening.extensions import db
from screening.records.protocol_versions import current_protocol, protocol_version
from screening.records.review import signing_digest
from screening.storage.models import Appointment, SignOff, SignOffVoid, Submission, VerifiedAnswer


def recap_for(appointment: Appointment) -> Recap:
    """The answers that a provider signed last at an earlier appointment of the same patient."""
    signed = _last_signed_before(appointment)
    if signed is None:
        return NOTHING_TOLD
    told = Told(
        mark=hashlib.sha256(str(signed.id).encode()).hexdigest()[:16],
        protocol=protocol_version(signed.protocol_digest),
        answers=signed.answers,
        given=given_at(signed.received_at, signed.kept),
        verified=_verified(signed),
    )
    later = tuple(each.answers for each in _received_after(signed, appointment))
    return recap_of(current_protocol(), told, later, appointment.starts_at, zone())


def _last_signed_before(appointment: Appointment) -> Submission | None:
    """Voided sign-offs do not count, nor one that does not hold for exactly these answers."""
    query = (
        _of_patient(appointment)
        .join(SignOff, SignOff.submission_id == Submission.id)
        .outerjoin(SignOffVoid, SignOffVoid.sign_off_id == SignOff.id)
        .where(
            Appointment.id != appointment.id,
            Appointment.starts_at < appointment.starts_at,
            SignOffVoid.id.is_(None),
        )
        .add_columns(SignOff.digest)
        .order_by(Submission.received_at.desc(), Submission.number.desc())
        .limit(1)
    )
    found = db.session.execute(query).first()
    return found.Submission if found and found.digest == signing_digest(found.Submission) else None


def _received_after(signed: Submission, appointment: Appointment) -> list[Submission]:
    query = _of_patient(appointment).where(
        Submission.received_at >= signed.received_at, Submission.id != signed.id
    )
    return list(db.session.scalars(query))


def _verified(submission: Submission) -> frozenset[str]:
    query = select(VerifiedAnswer.question).where(VerifiedAnswer.submission_id == submission.id)
    return frozenset(db.session.scalars(query))


def _of_patient(appointment: Appointment) -> Select[Submission]:
    return (
        select(Submission)
        .join(Appointment, Submission.appointment_id == Appointment.id)
        .where(Appointment.patient_id == appointment.patient_id)
    )
