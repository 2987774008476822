"""One transaction per act: it holds the only writing lock from its start, and commits once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session, UOWTransaction

from screening.audit import forget_head, tell_head
from screening.extensions import db
from screening.models import APPEND_ONLY
from screening.versions import forget_current

# Any number will do, as long as every writer takes the same.
_POSTGRESQL_LOCK = 7_164_311


@contextmanager
def writing() -> Iterator[Session]:
    """Starts afresh, so that what is read inside is what the writing rests on."""
    session = db.session
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("change records only inside `with writing()`")
    session.rollback()
    forget_current()
    connection = session.connection(execution_options={"writes": True})
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _POSTGRESQL_LOCK})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        forget_head(session)
        raise
    tell_head(session)


def prepare_engine(engine: Engine) -> None:
    """SQLite as a durable store: write-ahead log, full sync, foreign keys, and writers that queue up."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)


def _configure(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: `_begin` says which kind.
    connection.isolation_level = None
    for pragma in (
        "busy_timeout = 10000",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    # A plain BEGIN fails at once when two transactions read and then write; IMMEDIATE waits its turn.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _keep_what_is_append_only(session: Session, _flush: UOWTransaction, _objects: Any) -> None:
    """L6 in Python; the database refuses the same by triggers."""
    changed = [row for row in session.dirty if session.is_modified(row, include_collections=False)]
    for row in [*changed, *session.deleted]:
        if isinstance(row, APPEND_ONLY):
            raise RuntimeError(f"{type(row).__name__} is append-only")


event.listen(Session, "before_flush", _keep_what_is_append_only)
