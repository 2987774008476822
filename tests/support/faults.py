"""What can go wrong beneath the product, done to a real database and undone again."""

from __future__ import annotations

import os
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from screening.extensions import db

Fault = Callable[[Flask], AbstractContextManager[None]]
_LOCK = 7_164_311


def engine_of(app: Flask) -> Engine:
    with app.app_context():
        return db.engine


def file_of(app: Flask) -> Path:
    return Path(str(engine_of(app).url.database))


@contextmanager
def as_owner(app: Flask, database: str = "template1") -> Iterator[Any]:
    """Another connection to the server, with all rights and beside the product's own database."""
    url = engine_of(app).url.set(drivername="postgresql", database=database)
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        yield connection


def read_settings_anew(owner: Any, name: str, value: str) -> None:
    """Returns when the server goes by the new value: who signals the others has read it, and the checkpointer, which
    tells them of standbys, has looked at its signals before it answers."""
    owner.execute("SELECT pg_reload_conf()")
    for _ in range(3_000):
        if owner.execute("SELECT current_setting(%s)", [name]).fetchone() == (value,):
            owner.execute("CHECKPOINT")
            return
        owner.execute("SELECT pg_sleep(0.01)")
    raise AssertionError(f"the server does not go by {name} = {value!r}")


def name_of(app: Flask) -> str:
    return str(engine_of(app).url.database)


@contextmanager
def _each_connection(app: Flask, before: str, after: str) -> Iterator[None]:
    """Sets something on every connection that is handed out, and unsets it in the end."""
    engine = engine_of(app)
    words = [before]

    def prepare(connection: Any, *_rest: Any) -> None:
        connection.execute(words[0])

    event.listen(engine, "checkout", prepare)
    try:
        yield
        words[0] = after
        engine.connect().close()
    finally:
        event.remove(engine, "checkout", prepare)


@contextmanager
def sqlite_locked(app: Flask) -> Iterator[None]:
    other = sqlite3.connect(file_of(app), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@contextmanager
def sqlite_away(app: Flask) -> Iterator[None]:
    """The disk is gone for a while. SQLite itself would go on writing to the open file."""
    file = file_of(app)
    kept = Path(tempfile.mkdtemp(dir=file.parent))
    found = [each for each in file.parent.iterdir() if each.name.startswith(file.name)]
    for each in found:
        each.rename(kept / each.name)
    yield
    for each in file.parent.iterdir():
        if each.name.startswith(file.name):
            each.unlink()
    for each in found:
        (kept / each.name).rename(each)
    kept.rmdir()


@contextmanager
def sqlite_full(app: Flask) -> Iterator[None]:
    with sqlite3.connect(file_of(app)) as other:
        (pages,) = other.execute("PRAGMA page_count").fetchone()
    other.close()
    with _each_connection(app, f"PRAGMA max_page_count = {pages}", "PRAGMA max_page_count = 1073741823"):
        yield


def sqlite_read_only(app: Flask) -> AbstractContextManager[None]:
    return _each_connection(app, "PRAGMA query_only = ON", "PRAGMA query_only = OFF")


@contextmanager
def postgresql_locked(app: Flask) -> Iterator[None]:
    with as_owner(app, name_of(app)) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield


@contextmanager
def postgresql_away(app: Flask) -> Iterator[None]:
    with as_owner(app) as owner:
        name = name_of(app)
        owner.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        _end_all(owner, name)
        try:
            yield
        finally:
            owner.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def _end_all(owner: Any, name: str) -> None:
    owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
        [name],
    )


@contextmanager
def postgresql_full(app: Flask) -> Iterator[None]:
    """What the server says when its disk is full, at the moment at which answers are stored."""
    with as_owner(app, name_of(app)) as other:
        other.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$"
        )
        other.execute("CREATE TRIGGER no_room AFTER INSERT ON submission EXECUTE FUNCTION no_room()")
        try:
            yield
        finally:
            other.execute("DROP FUNCTION no_room CASCADE")


@contextmanager
def postgresql_read_only(app: Flask) -> Iterator[None]:
    with as_owner(app) as owner:
        name = name_of(app)
        owner.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        _end_all(owner, name)
        try:
            yield
        finally:
            owner.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
            _end_all(owner, name)


@contextmanager
def postgresql_ends_the_connection(app: Flask) -> Iterator[None]:
    """The server ends each connection that is about to commit."""
    with (
        as_owner(app) as owner,
        before_commit(lambda pid: owner.execute("SELECT pg_terminate_backend(%s)", [pid])),
    ):
        yield


@contextmanager
def postgresql_frozen(app: Flask) -> Iterator[None]:
    """The server process of each connection that is about to commit stops, without a word."""
    stopped: list[int] = []

    def stop(pid: int) -> None:
        os.kill(pid, signal.SIGSTOP)
        stopped.append(pid)

    try:
        with before_commit(stop):
            yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def before_commit(act: Callable[[int], object]) -> Iterator[None]:
    """Does something to the server process of each session that is about to commit."""

    def found(session: Session) -> None:
        session.flush()
        connection: Any = session.connection().connection.dbapi_connection
        act(connection.info.backend_pid)
        time.sleep(0.2)

    event.listen(Session, "before_commit", found)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", found)


@contextmanager
def the_answer_is_lost(app: Flask) -> Iterator[None]:
    """The database stores and commits, and its answer never arrives."""
    dialect: Any = engine_of(app).dialect
    commit = dialect.do_commit

    def commit_and_lose(connection: Any) -> None:
        commit(connection)
        raise dialect.dbapi.OperationalError("the connection was lost")

    dialect.do_commit = commit_and_lose
    try:
        yield
    finally:
        dialect.do_commit = commit


SQLITE: tuple[Fault, ...] = (sqlite_locked, sqlite_away, sqlite_full, sqlite_read_only)
POSTGRESQL: tuple[Fault, ...] = (
    postgresql_locked,
    postgresql_away,
    postgresql_full,
    postgresql_read_only,
    postgresql_ends_the_connection,
    postgresql_frozen,
)
