"""The database as a place that keeps what it was given, answers in time, or says that it cannot."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import psycopg
from flask import g, has_app_context
from psycopg.errors import Diagnostic
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, PendingRollbackError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from screening.logs import seconds_since_start

# A request ends within 10 seconds, whatever the database does: half of it for a lock, the rest for the work.
_WHOLE_REQUEST = 9.0
_ONE_WAIT = 5.0
_FREE_CONNECTION = 3.0
_CONNECT = 3
# Who writes outside of a request (a command, a nightly job) can be more patient.
_OUTSIDE = 60.0
# PostgreSQL: read-only; no connection; no room; an operator's stop; the system below.
_CANNOT_NOW = ("25006", "08", "53", "57", "58")
_WARNED, _FILE = "warned", "file"
_MOVED = "the database file is not where it was opened"


class NotConfirmed(Exception):
    """Whether it was stored is not known: the database was lost, or hesitated, while it was to say so."""


class GivenUp(Exception):
    """The database could not be reached before in this request; nobody waits for it twice."""


def engine_options(url: str) -> dict[str, Any]:
    """How an engine for this address connects."""
    if make_url(url).get_backend_name() != "postgresql":
        return {"url": url, "pool_timeout": _FREE_CONNECTION}
    milliseconds = int(_ONE_WAIT * 1000)
    return {
        "url": url,
        "pool_timeout": _FREE_CONNECTION,
        # After a restart of the database no request meets a dead connection.
        "pool_pre_ping": True,
        "connect_args": {
            "connect_timeout": _CONNECT,
            "options": f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"
            f" -c idle_in_transaction_session_timeout={milliseconds * 4} -c synchronous_commit=on",
        },
    }


def prepare_engine(engine: Engine) -> None:
    """SQLite: write-ahead log, full sync, foreign keys, writers that queue up. PostgreSQL: no warning is lost."""
    event.listen(engine, "handle_error", _reopen)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "do_connect", _connect)
        event.listen(engine, "connect", _listen)


def is_unavailable(error: BaseException) -> bool:
    """Whether this is the database's trouble, which passes, and no fault of the page."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        if error.connection_invalidated or state.startswith(_CANNOT_NOW):
            return True
    kinds = (OperationalError, InterfaceError, NoFreeConnection, PendingRollbackError, NotConfirmed, GivenUp)
    return isinstance(error, kinds)


def give_up() -> None:
    """What is left of this request does not wait for the database again."""
    if has_app_context():
        g.gave_up_database = True


def note_written() -> None:
    if has_app_context():
        g.has_written = True


def has_written() -> bool:
    """Whether something of this request is stored: then nobody may be told that nothing is."""
    return bool(g.get("has_written"))


def must_not_have_given_up() -> None:
    if has_app_context() and g.get("gave_up_database"):
        raise GivenUp("the database could not be reached before in this request")


def patience() -> float:
    """How many seconds the next wait may take."""
    spent = seconds_since_start()
    return max(0.1, min(_ONE_WAIT, _WHOLE_REQUEST - spent)) if spent else _OUTSIDE


def expect_commit(connection: Connection) -> dict[str, Any]:
    """Before a commit: what is warned of from here on is about the commit."""
    info = connection.info
    info.pop(_WARNED, None)
    return info


def must_be_durable(info: dict[str, Any]) -> None:
    """After a commit. A standby that was not waited for looks like success but for a warning (SQLSTATE 01000)."""
    if info.pop(_WARNED, None):
        raise NotConfirmed("the database committed with a warning")


def _configure(connection: Any, record: Any) -> None:
    # The driver must not begin transactions by itself: `_begin` says which kind.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {int(_ONE_WAIT * 1000)}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
    (_, _, file) = connection.execute("PRAGMA database_list").fetchone()
    record.info[_FILE] = (file, _identity(file))


def _begin(connection: Connection) -> None:
    # SQLite goes on writing to a file that was moved or deleted, and says that all is well.
    file, identity = connection.info[_FILE]
    if file and _identity(file) != identity:
        connection.invalidate()
        raise OperationalError("BEGIN", {}, sqlite3.OperationalError(_MOVED))
    # A plain BEGIN fails at once when two transactions read and then write; IMMEDIATE waits its turn.
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(patience() * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")


def _identity(file: str) -> tuple[int, int] | None:
    try:
        found = Path(file).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _reopen(context: ExceptionContext) -> None:
    """What SQLite cannot do with an open file it may do with the file opened anew: a disk that came back."""
    error = context.original_exception
    if isinstance(error, sqlite3.OperationalError) and not _is_busy(error):
        context.is_disconnect = True


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class _Patient(psycopg.Connection[Any]):
    """A connection that ends, rather than holds a worker, when the server no longer says anything."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, timeout if timeout is not None else patience() + 1)
        except psycopg.OperationalError:
            # Still at work after all that time, and not refused with an error of its own.
            if self.info.transaction_status is TransactionStatus.ACTIVE:
                self.close()
            raise


def _connect(_dialect: Any, _record: Any, positional: list[Any], named: dict[str, Any]) -> Any:
    return _Patient.connect(*positional, **named)


def _listen(connection: Any, record: Any) -> None:
    def note(warning: Diagnostic) -> None:
        if warning.sqlstate == "01000":
            record.info[_WARNED] = True

    connection.add_notice_handler(note)
