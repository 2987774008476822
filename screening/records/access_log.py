"""Acts that change nothing and leave only their event."""

from __future__ import annotations

from datetime import datetime

from screening.extensions import db
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.audit import record


def note_refusal(page: str, at: datetime, by: Actor) -> None:
    """Somebody who is signed in asked for a page that their roles do not open. `page` is its name, without ids."""
    record(db.session, Act.ACCESS_REFUSED, by, at, page=page)


def note_audit_reading(at: datetime, by: Actor, /, **filters: object) -> None:
    """Reading who did what is recorded like any other reading."""
    record(db.session, Act.AUDIT_READ, by, at, **filters)
