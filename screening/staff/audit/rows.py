"""Events as the page of who did what shows them: names of staff joined in, patients never named, no answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from screening.extensions import db
from screening.maintenance.audit_chain import first_wrong
from screening.staff.audit.acts import ACTS
from screening.staff.audit.filters import AuditFilters
from screening.staff.forms import id_from
from screening.storage.models import Event, Submission, User

AT_ONCE = 50
NO_STAFF = {"patient": "A patient", "system": "The system"}
# What is neither an id nor anything about a patient.
_DETAILS = ("page", "roles", "version", "keys", "master", "first", "last", "act", "who")


@dataclass(frozen=True)
class EventShown:
    number: int
    at: datetime
    what: str
    who: str
    role: str
    appointment: str
    reference: str
    details: str
    came_from: str
    request: str


@dataclass(frozen=True)
class AuditPage:
    events: tuple[EventShown, ...]
    more: int | None
    """The event to continue before, where there are older ones."""
    broken: int | None
    """The first event of the page that is not as it was written."""


def everybody_by_id() -> dict[str, str]:
    """Everybody who acts, by what stands for them in an address; also those whose account is closed."""
    rows = db.session.execute(select(User.id, User.name).order_by(User.name))
    return {str(row.id): row.name for row in rows} | NO_STAFF


def audit_page(filters: AuditFilters, staff: Mapping[str, str]) -> AuditPage:
    query = select(Event).where(*filters.conditions()).order_by(Event.at.desc(), Event.number.desc())
    found = db.session.scalars(query.limit(AT_ONCE + 1)).all()
    shown = found[:AT_ONCE]
    references = _references(shown)
    return AuditPage(
        events=tuple(_shown(event, staff, references) for event in shown),
        more=shown[-1].number if len(found) > AT_ONCE else None,
        broken=first_wrong(db.session, shown),
    )


def _shown(event: Event, staff: Mapping[str, str], references: Mapping[str, str]) -> EventShown:
    on: Mapping[str, Any] = event.on
    known = staff.get(str(event.actor_id)) or NO_STAFF.get(event.actor_kind) or "Somebody unknown"
    return EventShown(
        number=event.number,
        at=event.at,
        what=ACTS.get(event.act, event.act.capitalize()),
        who=known,
        role="" if event.actor_kind in (*NO_STAFF, "staff") else event.actor_kind.replace("-", " "),
        appointment=str(on.get("appointment", "")),
        reference=references.get(str(on.get("submission", "")), ""),
        details=", ".join(f"{name}: {_detail(name, on[name], staff)}" for name in _DETAILS if on.get(name)),
        came_from=str(on.get("from", "")),
        request=str(on.get("request", "")),
    )


def _detail(name: str, value: str, staff: Mapping[str, str]) -> str:
    return {"who": staff, "act": ACTS}.get(name, {}).get(value, value)


def _references(events: Iterable[Event]) -> dict[str, str]:
    ids = {id_from(str(event.on.get("submission", ""))) for event in events} - {None}
    rows = db.session.execute(select(Submission.id, Submission.reference).where(Submission.id.in_(ids)))
    return {str(row.id): row.reference for row in rows}
