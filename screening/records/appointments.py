"""Patients' appointments: added, changed and cancelled by the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from screening.clock import local
from screening.extensions import db
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.storage.models import Appointment, Link, Patient, SignOff, SignOffVoid, Submission


def add_appointment(
    *,
    name: str,
    birth_date: date,
    contact: str,
    starts_at: datetime,
    provider_id: int,
    planned: Sequence[str],
    at: datetime,
    by: Actor,
) -> Appointment:
    patient = Patient(name=name, birth_date=birth_date, contact=contact, created_at=at)
    return _added(patient, starts_at, provider_id, planned, at, by)


def add_another_appointment(
    patient: Patient,
    *,
    contact: str,
    starts_at: datetime,
    provider_id: int,
    planned: Sequence[str],
    at: datetime,
    by: Actor,
) -> Appointment:
    """A patient returns. Nothing that was answered before is carried over (L2)."""
    patient.contact = contact
    return _added(patient, starts_at, provider_id, planned, at, by)


def _added(
    patient: Patient, starts_at: datetime, provider_id: int, planned: Sequence[str], at: datetime, by: Actor
) -> Appointment:
    appointment = Appointment(
        patient=patient,
        starts_at=starts_at,
        provider_id=provider_id,
        planned=list(planned),
        created_at=at,
    )
    db.session.add(appointment)
    db.session.flush()
    record(
        db.session, Act.APPOINTMENT_ADDED, by, at, appointment=appointment.id, patient=appointment.patient_id
    )
    return appointment


def change_appointment(
    appointment: Appointment,
    *,
    contact: str,
    starts_at: datetime,
    provider_id: int,
    planned: Sequence[str],
    at: datetime,
    by: Actor,
) -> None:
    """Moves it or plans it differently. Who the patient is never changes here: their answers hang on it."""
    must_not_have_begun(appointment)
    appointment.patient.contact = contact
    appointment.starts_at = starts_at
    appointment.provider_id = provider_id
    if set(planned) != set(appointment.planned):
        _plan_differently(appointment, planned, at, by)
    record(db.session, Act.APPOINTMENT_CHANGED, by, at, appointment=appointment.id)


def _plan_differently(appointment: Appointment, planned: Sequence[str], at: datetime, by: Actor) -> None:
    """A signature speaks of what was planned when it was made; a different plan is checked again."""
    appointment.planned = list(planned)
    record(db.session, Act.PLAN_CHANGED, by, at, appointment=appointment.id)
    query = (
        select(SignOff)
        .join(Submission, SignOff.submission_id == Submission.id)
        .outerjoin(SignOffVoid, SignOffVoid.sign_off_id == SignOff.id)
        .where(Submission.appointment_id == appointment.id, SignOffVoid.id.is_(None))
    )
    for signed in db.session.scalars(query).all():
        why = "What is planned was changed"
        db.session.add(SignOffVoid(sign_off_id=signed.id, voided_at=at, by=by.name, why=why))
        record(db.session, Act.SIGN_OFF_VOIDED, by, at, sign_off=signed.id, submission=signed.submission_id)


def cancel_appointment(appointment: Appointment, at: datetime, by: Actor) -> None:
    must_not_have_begun(appointment)
    appointment.cancelled_at = at
    record(db.session, Act.APPOINTMENT_CANCELLED, by, at, appointment=appointment.id)


def links_of(appointment_id: UUID) -> list[Link]:
    """Newest first."""
    query = select(Link).where(Link.appointment_id == appointment_id).order_by(Link.created_at.desc())
    return list(db.session.scalars(query))


def mark_of(appointment: Appointment) -> str:
    """Changes whenever anything does that the desk's pages show of the appointment itself."""
    parts = (
        appointment.starts_at.isoformat(),
        appointment.provider_id,
        sorted(appointment.planned),
        appointment.patient.contact,
        appointment.cancelled_at is not None,
        appointment.started_at is not None,
        appointment.held_at is not None,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def must_be_as_seen(appointment: Appointment, mark: str) -> None:
    """Of two people who change the same appointment, the later one looks at it again first."""
    must_not_have_begun(appointment)
    if mark != mark_of(appointment):
        raise Conflict(
            "Somebody else changed this appointment after you opened this page, so nothing was saved."
        )


def must_be_open(appointment: Appointment) -> None:
    if appointment.cancelled_at:
        raise Conflict("This appointment was cancelled in the meantime, so nothing was saved.")
    if appointment.held_at:
        raise Conflict("The session was held in the meantime, so nothing was saved.")


def must_not_have_begun(appointment: Appointment) -> None:
    """Once the patient is being treated, there is nothing left to move, to plan or to cancel."""
    must_be_open(appointment)
    if appointment.started_at:
        since = f"{local(appointment.started_at):%H:%M}"
        raise Conflict(f"The session has been going on since {since}, so nothing was saved.")
