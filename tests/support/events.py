"""What was recorded, in the order in which it happened: a database hands rows out in any order that it likes."""

from __future__ import annotations

from sqlalchemy import select

from screening.extensions import db
from screening.storage.models import Event


def recorded_events(*acts: str) -> list[Event]:
    """Of these acts, or of all."""
    wanted = select(Event).order_by(Event.number)
    return list(db.session.scalars(wanted.where(Event.act.in_(acts)) if acts else wanted))


def recorded_acts() -> list[str]:
    return list(db.session.scalars(select(Event.act).order_by(Event.number)))
