"""Where a member of staff is signed in, who that is, and ending one of these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from screening.extensions import db
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.storage.models import Role, StaffSession, User

MARK = "_user_id"
"""Under which a session keeps the mark of the account that is signed in."""


@dataclass(frozen=True)
class Member:
    """A member of staff who is signed in, as read once for a request."""

    id: int
    name: str
    email: str
    roles: frozenset[str]
    is_authenticated: bool = True

    def has_role(self, role: str) -> bool:
        return role in self.roles


NO_MEMBER = Member(0, "", "", frozenset(), is_authenticated=False)


def member_of(user: User) -> Member:
    return Member(user.id, user.name, user.email, frozenset(role.name for role in user.roles))


def session_rows(id_hash: str) -> list[Row[Any]]:
    """A session with the account that it is of, in one statement: a row for each of the roles, and one without any."""
    account = (User.id, User.name, User.email, User.active, User.fs_uniquifier)
    session = (StaffSession.data, StaffSession.created_at, StaffSession.seen_at)
    query = select(*session, *account, Role.name.label("role"))
    query = query.outerjoin(User, StaffSession.user_id == User.id).outerjoin(User.roles)
    return list(db.session.execute(query.where(StaffSession.id_hash == id_hash)))


def member_in(rows: list[Row[Any]]) -> Member:
    """Whose session it is; nobody's where the account was closed, or ended its sessions, since."""
    first = rows[0]
    if first.id is None or not first.active or first.data.get(MARK) != first.fs_uniquifier:
        return NO_MEMBER
    roles = frozenset(row.role for row in rows if row.role is not None)
    return Member(first.id, first.name, first.email, roles)


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
