"""One transaction per act: it holds the only writing lock from its start, and commits once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NewType

from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, UOWTransaction

from screening.extensions import db
from screening.records.audit import forget_head, tell_head
from screening.records.protocol_versions import forget_current
from screening.storage.database import (
    NotConfirmed,
    expect_commit,
    must_be_durable,
    must_not_have_given_up,
    note_written,
    patience,
)
from screening.storage.models import APPEND_ONLY

# Any number will do, as long as every writer takes the same.
_POSTGRESQL_LOCK = 7_164_311
_LOCK = "writing lock"

WritingSession = NewType("WritingSession", Session)
"""A session that holds the writing lock: what demands one cannot be called outside of `writing()`."""


class Lock:
    """The writing lock, from when it was taken until it is given back; no two of them are the same."""


def held_lock(session: Session) -> Lock | None:
    """The lock that this session holds now."""
    return session.info.get(_LOCK)


@contextmanager
def writing() -> Iterator[WritingSession]:
    """Starts afresh, so that what is read inside is what the writing rests on. Raises NotConfirmed."""
    must_not_have_given_up()
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("change records only inside `with writing()`")
    session.rollback()
    session.expire_all()
    forget_current()
    connection = session.connection(execution_options={"writes": True})
    if connection.dialect.name == "postgresql":
        _wait_for_the_lock(connection)
    session.info[_LOCK] = Lock()
    try:
        yield WritingSession(session)
        _commit(session, connection)
    except BaseException:
        session.rollback()
        forget_head(session)
        raise
    finally:
        session.info.pop(_LOCK, None)
    tell_head(session)


def _wait_for_the_lock(connection: Connection) -> None:
    query = (
        "SELECT set_config('lock_timeout', :wait, true), set_config('statement_timeout', :wait, true), "
        "pg_advisory_xact_lock(:lock)"
    )
    connection.execute(text(query), {"wait": f"{int(patience() * 1000)}", "lock": _POSTGRESQL_LOCK})


def _commit(session: Session, connection: Connection) -> None:
    """Returns only when the database said, in time and without a warning, that it keeps what was written (L9)."""
    session.flush()
    info = expect_commit(connection)
    try:
        session.commit()
    except DBAPIError as problem:
        raise NotConfirmed("the database was lost while it was to commit") from problem
    must_be_durable(info)
    note_written()


def _keep_what_is_append_only(session: Session, _flush: UOWTransaction, _objects: Any) -> None:
    """L6 in Python; the database refuses the same by triggers."""
    changed = [row for row in session.dirty if session.is_modified(row, include_collections=False)]
    for row in [*changed, *session.deleted]:
        if isinstance(row, APPEND_ONLY):
            raise RuntimeError(f"{type(row).__name__} is append-only")


event.listen(Session, "before_flush", _keep_what_is_append_only)
