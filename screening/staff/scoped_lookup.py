"""What a page names by its id is reached through its appointment only; anything else is one and the same 404."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from flask import abort

from screening.extensions import db
from screening.records.locked_visit import LockedVisit, NoSuchAppointment, locked_visit
from screening.records.transaction import WritingSession
from screening.records.visit import Visit
from screening.records.visits import visit_of
from screening.staff.forms import id_from
from screening.storage.models import Appointment, Call, Submission

Owned = TypeVar("Owned", Call, Submission)


def appointment_or_404(appointment_id: UUID) -> Appointment:
    """The row alone, for pages that ask nothing about its answers."""
    return db.session.get(Appointment, appointment_id) or abort(404)


def visit_or_404(appointment_id: UUID) -> Visit:
    return visit_of(appointment_id) or abort(404)


def locked_or_404(session: WritingSession, appointment_id: UUID) -> LockedVisit:
    try:
        return locked_visit(session, appointment_id)
    except NoSuchAppointment:
        abort(404)


def of_appointment(kind: type[Owned], sent: str | None, appointment_id: UUID) -> Owned:
    """Another patient's, one that nobody has and what is no id at all give no hint which of them it was."""
    wanted = id_from(sent)
    found = db.session.get(kind, wanted) if wanted else None
    if found is None or found.appointment_id != appointment_id:
        abort(404)
    return found
