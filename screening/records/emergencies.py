"""Emergency access: who began it, why, what was read, and when it ended. Each of it is an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from screening.extensions import db
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.answers import record_reading
from screening.records.audit import record
from screening.records.locked_visit import LockedVisit, under_lock
from screening.storage.models import Appointment, EmergencyAccess, Event, User

EMERGENCY_HOLDS = timedelta(minutes=60)
_BEGUN, _ENDED = Act.EMERGENCY_ACCESS_BEGUN, Act.EMERGENCY_ACCESS_ENDED
_READ, _LISTED = Act.EMERGENCY_PAGE_READ, Act.EMERGENCY_LIST_READ


@dataclass(frozen=True)
class ReadInEmergency:
    """An appointment that was read. Names no patient."""

    at: datetime
    appointment_at: datetime
    provider: str


@dataclass(frozen=True)
class Emergency:
    """One use of emergency access, for the clinical lead."""

    at: datetime
    by: str
    reason: str
    ended_at: datetime
    """Ended early, or when its time was over."""
    opened: tuple[ReadInEmergency, ...]
    """Each appointment once, in the order in which they were first read."""


def begin_emergency(reason: str, at: datetime, by: Actor) -> EmergencyAccess:
    """A second press while one is open begins no other."""
    if by.user_id is None:
        raise ValueError("only staff read in an emergency")
    if not reason.strip():
        raise ValueError("emergency access takes a reason")
    begun = open_emergency(by.user_id, at)
    if begun is not None:
        return begun
    begun = EmergencyAccess(
        by_id=by.user_id, by_name=by.name, at=at, ends_at=at + EMERGENCY_HOLDS, reason=reason.strip()
    )
    db.session.add(begun)
    db.session.flush()
    record(db.session, _BEGUN, by, at, access=begun.id)
    return begun


def open_emergency(user_id: int, at: datetime) -> EmergencyAccess | None:
    """What this person may read by now; asked anew at each request, so an end holds everywhere at once."""
    query = select(EmergencyAccess).where(
        EmergencyAccess.by_id == user_id, EmergencyAccess.at <= at, EmergencyAccess.ends_at > at
    )
    begun = db.session.scalars(query.order_by(EmergencyAccess.at.desc())).all()
    ended = _ends(begun)
    return next((each for each in begun if each.id not in ended), None)


def end_emergency(user_id: int, at: datetime, by: Actor) -> None:
    """Ends it before its time; what began stays on record."""
    begun = open_emergency(user_id, at)
    if begun is not None:
        record(db.session, _ENDED, by, at, access=begun.id)


def record_emergency_list(access: EmergencyAccess, day: date, at: datetime, by: Actor) -> None:
    record(db.session, _LISTED, by, at, access=access.id, day=day)


@under_lock
def record_emergency_reading(visit: LockedVisit, access: EmergencyAccess, at: datetime, by: Actor) -> None:
    """Answers that were read are on record as for everybody else, besides."""
    record(db.session, _READ, by, at, access=access.id, appointment=visit.id)
    if visit.submission is not None:
        record_reading(visit.submission, at, by)


def emergencies_between(start: datetime, end: datetime) -> list[Emergency]:
    """Newest first."""
    query = select(EmergencyAccess).where(EmergencyAccess.at >= start, EmergencyAccess.at < end)
    found = db.session.scalars(query.order_by(EmergencyAccess.at.desc())).all()
    ends, opened = _ends(found), _opened(found)
    return [
        Emergency(
            at=each.at,
            by=each.by_name,
            reason=each.reason,
            ended_at=ends.get(each.id, each.ends_at),
            opened=tuple(opened.get(each.id, {}).values()),
        )
        for each in found
    ]


def _ends(found: Sequence[EmergencyAccess]) -> dict[UUID, datetime]:
    return {UUID(event.on["access"]): event.at for event in _events(_ENDED, found)}


def _opened(found: Sequence[EmergencyAccess]) -> dict[UUID, dict[UUID, ReadInEmergency]]:
    events = _events(_READ, found)
    ids = {UUID(event.on["appointment"]) for event in events}
    # Only what is shown, and nothing of the patient: their content may have been removed since.
    query = select(Appointment.id, Appointment.starts_at, User.name).where(Appointment.id.in_(ids))
    rows = db.session.execute(query.join(User, Appointment.provider_id == User.id))
    visits = {row.id: row for row in rows}
    opened: dict[UUID, dict[UUID, ReadInEmergency]] = {}
    for event in events:
        visit = visits[UUID(event.on["appointment"])]
        of_access = opened.setdefault(UUID(event.on["access"]), {})
        of_access.setdefault(visit.id, ReadInEmergency(event.at, visit.starts_at, visit.name))
    return opened


def _events(act: str, found: Sequence[EmergencyAccess]) -> list[Event]:
    """In the order in which they happened. There are few, and only where an emergency was."""
    if not found:
        return []
    query = select(Event).where(
        Event.act == act,
        Event.actor_id.in_({each.by_id for each in found}),
        Event.at >= min(each.at for each in found),
    )
    known = {str(each.id) for each in found}
    events = db.session.scalars(query.order_by(Event.number))
    return [event for event in events if event.on["access"] in known]
