"""Stored answers to be read under another protocol: in portions, so that memory does not grow with the clinic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, select

from screening.extensions import db
from screening.records.visit import Visit
from screening.records.visits import is_kept, read_visits
from screening.storage.models import Appointment, Submission

_AT_ONCE = 500


def answers_since(since: datetime) -> Iterator[Row[Any]]:
    """The patient, the answers and the start of the appointment of each submission that came in from then on."""
    # Answers come before their appointment, so the index on its start finds them.
    query = (
        select(Appointment.patient_id, Submission.answers, Appointment.starts_at)
        .join(Submission, Submission.appointment_id == Appointment.id)
        .where(Appointment.starts_at >= since, Submission.received_at >= since, is_kept())
        .execution_options(yield_per=_AT_ONCE)
    )
    yield from db.session.execute(query)


def visits_ahead(at: datetime) -> Iterator[Visit]:
    """Of the appointments that are still to come, by time."""
    is_open = and_(Appointment.cancelled_at.is_(None), Appointment.held_at.is_(None))
    query = select(Appointment.id).where(Appointment.starts_at >= at, is_open, is_kept())
    ids = db.session.scalars(query.order_by(Appointment.starts_at, Appointment.id)).all()
    for start in range(0, len(ids), _AT_ONCE):
        yield from read_visits(Appointment.id.in_(ids[start : start + _AT_ONCE]))
