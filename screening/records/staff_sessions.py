"""Where a member of staff is signed in, and ending one of these."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from screening.extensions import db
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.storage.models import StaffSession, User


def signed_in(user: User) -> list[StaffSession]:
    """The last used first, with those that have ended by themselves: their rows are removed later."""
    query = select(StaffSession).where(StaffSession.user_id == user.id)
    return list(db.session.scalars(query.order_by(StaffSession.seen_at.desc(), StaffSession.id_hash)))


def sign_out_there(user: User, id_hash: str, at: datetime, by: Actor) -> None:
    """With the next request from there, on every worker. Nobody ends another's."""
    found = db.session.get(StaffSession, id_hash)
    if found is None or found.user_id != user.id:
        raise Conflict("This had ended already.")
    db.session.delete(found)
    record(db.session, Act.SESSION_ENDED, by, at, user=user.id)
