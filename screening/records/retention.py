"""What is removed at the end of its time. Records and events stay; what they say about a person becomes unreadable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from screening.extensions import db
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.storage.models import (
    AccountNotice,
    Appointment,
    Base,
    Draft,
    Invitation,
    Patient,
    PatientKey,
    PatientSession,
    StaffSession,
    Tries,
)

DRAFTS_HOLD = timedelta(days=30)
# Longer than any session lasts, so that nobody is signed out by it.
SESSIONS_HOLD = timedelta(days=1)
SETTLED_HOLDS = timedelta(days=30)
_AT_ONCE = 500

HasEnded = Callable[[datetime], ColumnElement[bool]]
ENDS: Mapping[str, tuple[type[Base], HasEnded]] = MappingProxyType(
    {
        "drafts": (Draft, lambda at: Draft.updated_at < at - DRAFTS_HOLD),
        "patient_sessions": (PatientSession, lambda at: PatientSession.seen_at < at - SESSIONS_HOLD),
        "staff_sessions": (StaffSession, lambda at: StaffSession.seen_at < at - SESSIONS_HOLD),
        "tries": (Tries, lambda at: Tries.ends_at < at),
        "invitations": (
            Invitation,
            lambda at: or_(
                Invitation.used_at < at - SETTLED_HOLDS, Invitation.expires_at < at - SETTLED_HOLDS
            ),
        ),
        "notices": (AccountNotice, lambda at: AccountNotice.seen_at < at - SETTLED_HOLDS),
    }
)
"""What is deleted when its time is over, and when that is."""


def count_ended(at: datetime) -> dict[str, int]:
    return {
        name: db.session.scalar(select(func.count()).select_from(model).where(ended(at))) or 0
        for name, (model, ended) in ENDS.items()
    }


def delete_ended(at: datetime, by: Actor) -> dict[str, int]:
    """Leaves an event with the counts at every run, so that a job that stopped running shows."""
    counts: dict[str, int] = {}
    for name, (model, ended) in ENDS.items():
        result: Any = db.session.execute(delete(model).where(ended(at)))
        counts[name] = result.rowcount
    record(db.session, Act.RETENTION_RUN, by, at, **counts)
    return counts


def patients_past(at: datetime, keep_years: int) -> Iterator[UUID]:
    """Patients whose last visit is longer ago than content is kept, in slices."""
    last = UUID(int=0)
    while True:
        query = _past(at, keep_years).where(Patient.id > last).order_by(Patient.id).limit(_AT_ONCE)
        found = db.session.scalars(query).all()
        yield from found
        if len(found) < _AT_ONCE:
            return
        last = found[-1]


def _past(at: datetime, keep_years: int) -> Any:
    visits = select(func.max(Appointment.starts_at)).where(Appointment.patient_id == Patient.id)
    last_visit = visits.correlate(Patient).scalar_subquery()
    limit = years_before(at, keep_years)
    # Who never had a visit is kept as long from the day on which they were added.
    is_past = or_(last_visit < limit, and_(last_visit.is_(None), Patient.created_at < limit))
    return select(Patient.id).where(Patient.removed_at.is_(None), is_past)


def years_before(at: datetime, years: int) -> datetime:
    try:
        return at.replace(year=at.year - years)
    except ValueError:  # 29 February
        return at.replace(year=at.year - years, day=28)


def remove_content(patient_id: UUID, at: datetime, by: Actor, keep_years: int) -> bool:
    """Destroys a patient's key, and with it all that was ever stored about them. False where it is not due.

    Looked at again here, because the patient may have come back since the list was made.
    """
    if db.session.scalar(_past(at, keep_years).where(Patient.id == patient_id)) is None:
        return False
    visits = select(Appointment.id).where(Appointment.patient_id == patient_id)
    db.session.execute(delete(Draft).where(Draft.appointment_id.in_(visits)))
    db.session.execute(
        update(PatientKey).where(PatientKey.patient_id == patient_id).values(wrapped=None, destroyed_at=at)
    )
    db.session.execute(update(Patient).where(Patient.id == patient_id).values(removed_at=at))
    record(db.session, Act.CONTENT_REMOVED, by, at, patient=patient_id)
    return True
