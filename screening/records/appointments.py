"""Patients' appointments: added, changed and cancelled by the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from screening.dates import time_of_day
from screening.extensions import db
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.records.locked_visit import LockedVisit, under_lock
from screening.records.voiding import void_sign_offs
from screening.storage.models import Appointment, Patient


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


@under_lock
def change_appointment(
    visit: LockedVisit,
    *,
    contact: str,
    starts_at: datetime,
    provider_id: int,
    planned: Sequence[str],
    at: datetime,
    by: Actor,
) -> None:
    """Moves it or plans it differently. Who the patient is never changes here: their answers hang on it."""
    must_not_have_begun(visit)
    appointment = visit.appointment
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
    void_sign_offs(appointment.id, at, by, "What is planned was changed")


@under_lock
def cancel_appointment(visit: LockedVisit, at: datetime, by: Actor) -> None:
    must_not_have_begun(visit)
    visit.appointment.cancelled_at = at
    record(db.session, Act.APPOINTMENT_CANCELLED, by, at, appointment=visit.id)


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


@under_lock
def must_be_as_seen(visit: LockedVisit, mark: str) -> None:
    """Of two people who change the same appointment, the later one looks at it again first."""
    must_not_have_begun(visit)
    if mark != mark_of(visit.appointment):
        raise Conflict(
            "Somebody else changed this appointment after you opened this page, so nothing was saved."
        )


@under_lock
def must_be_open(visit: LockedVisit) -> None:
    if visit.appointment.cancelled_at:
        raise Conflict("This appointment was cancelled in the meantime, so nothing was saved.")
    if visit.appointment.held_at:
        raise Conflict("The session was held in the meantime, so nothing was saved.")


@under_lock
def must_not_have_begun(visit: LockedVisit) -> None:
    """Once the patient is being treated, there is nothing left to move, to plan or to cancel."""
    must_be_open(visit)
    if visit.appointment.started_at:
        since = time_of_day(visit.appointment.started_at)
        raise Conflict(f"The session has been going on since {since}, so nothing was saved.")
