"""Sessions of patients and of staff in the database. Writers are called inside `with writing():`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from screening.extensions import db
from screening.records.accounts.staff_sessions import MARK, NO_MEMBER, Member, member_in, session_rows
from screening.storage.models import PatientSession, StaffSession, User

SessionTable = type[PatientSession] | type[StaffSession]


@dataclass(frozen=True)
class StoredSession:
    data: dict[str, Any]
    created_at: datetime
    seen_at: datetime
    member: Member = NO_MEMBER


def find_session(table: SessionTable, id_hash: str) -> StoredSession | None:
    """One statement, also for who is signed in and in which roles: every page asks for it."""
    if table is StaffSession:
        rows = session_rows(id_hash)
        if not rows:
            return None
        found = rows[0]
        return StoredSession(found.data, found.created_at, found.seen_at, member_in(rows))
    query = select(table.data, table.created_at, table.seen_at).where(table.id_hash == id_hash)
    row = db.session.execute(query).one_or_none()
    return StoredSession(row.data, row.created_at, row.seen_at) if row is not None else None


def add_session(
    table: SessionTable, id_hash: str, data: dict[str, Any], began_at: datetime, at: datetime
) -> None:
    values: dict[str, Any] = {"id_hash": id_hash, "data": data, "created_at": began_at, "seen_at": at}
    if table is StaffSession:
        values["user_id"] = db.session.scalar(select(User.id).where(User.fs_uniquifier == data.get(MARK)))
    db.session.execute(insert(table), values)


def change_session(table: SessionTable, id_hash: str, data: dict[str, Any], at: datetime) -> None:
    db.session.execute(update(table).where(table.id_hash == id_hash).values(data=data, seen_at=at))


def forget_session(table: SessionTable, id_hash: str) -> None:
    db.session.execute(delete(table).where(table.id_hash == id_hash))


def note_session_seen(table: SessionTable, id_hash: str, at: datetime) -> None:
    db.session.execute(update(table).where(table.id_hash == id_hash).values(seen_at=at))
