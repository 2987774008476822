"""What is there of an appointment's answers: the unfinished ones, and those that count."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from screening.extensions import db
from screening.records.protocol_versions import in_use, remember_current
from screening.storage.models import Appointment, Draft, Submission


@dataclass(frozen=True)
class AnswersThere:
    draft: Draft | None
    latest: Submission | None


def answers_there(appointment_id: UUID) -> AnswersThere:
    """The draft, the latest submission, and the protocol version on which to go on, in one statement."""
    every = aliased(Submission)
    newest = select(func.max(every.number)).where(every.appointment_id == appointment_id).scalar_subquery()
    query = (
        select(Draft, Submission, *in_use())
        .select_from(Appointment)
        .outerjoin(Draft, Draft.appointment_id == Appointment.id)
        .outerjoin(Submission, and_(Submission.appointment_id == Appointment.id, Submission.number == newest))
        .where(Appointment.id == appointment_id)
    )
    found = db.session.execute(query).one()
    remember_current(found)
    return AnswersThere(found.Draft, found.Submission)
