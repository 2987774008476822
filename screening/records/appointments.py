"""Patients' appointments: added, changed and cancelled by the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from screening.audit import Actor, record
from screening.extensions import db
from screening.models import Appointment, Link, Patient
from screening.records.problems import Conflict
from screening.records.review import review_new_plan


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
    record(db.session, "appointment added", by, at, appointment=appointment.id)
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
    _must_be_open(appointment)
    review_new_plan(appointment, planned, at, by)
    appointment.patient.contact = contact
    appointment.starts_at = starts_at
    appointment.provider_id = provider_id
    appointment.planned = list(planned)
    record(db.session, "appointment changed", by, at, appointment=appointment.id)


def cancel_appointment(appointment: Appointment, at: datetime, by: Actor) -> None:
    _must_be_open(appointment)
    appointment.cancelled_at = at
    record(db.session, "appointment cancelled", by, at, appointment=appointment.id)


def links_of(appointment_id: UUID) -> list[Link]:
    """Newest first."""
    query = select(Link).where(Link.appointment_id == appointment_id).order_by(Link.created_at.desc())
    return list(db.session.scalars(query))


def _must_be_open(appointment: Appointment) -> None:
    if appointment.cancelled_at:
        raise Conflict("This appointment was cancelled in the meantime.")
    if appointment.held_at:
        raise Conflict("The session was held in the meantime.")
