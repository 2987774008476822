"""Databases of the tests, which are migrated once, then emptied and filled again faster than they are made."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, make_url, text

from screening.extensions import db
from screening.storage.models import Base

_NAMES = tuple(table.name for table in Base.metadata.sorted_tables)
_COUNTED = ("role", "user", "web_authn")

# For what is refused before any statement is made: a second database would refuse nothing by itself.
one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def close(app: Flask) -> None:
    """Lets go of the database of an application: another opens it next, or none."""
    with app.app_context():
        db.engine.dispose()


_OPEN: dict[str, psycopg.Connection[Any]] = {}


def behind(url: str) -> psycopg.Connection[Any]:
    """A connection beside the application's, open from test to test; anew where a test has stopped its server."""
    if url not in _OPEN or not _answers(_OPEN[url]):
        _OPEN[url] = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        _OPEN[url].execute("SET session_replication_role = replica")
    return _OPEN[url]


def leave(url: str) -> None:
    if url in _OPEN:
        _OPEN.pop(url).close()


def _answers(connection: psycopg.Connection[Any]) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.OperationalError:
        connection.close()
        return False
    return True


def emptied(url: str) -> str:
    """A PostgreSQL as it was after its migration. Few rows are sooner deleted than files are made anew."""
    deleted = (f'DELETE FROM "{name}"' for name in _filled(url))  # noqa: S608
    _at_once(url, [*deleted, *_count_from("1, false")])
    return url


def _filled(url: str) -> list[str]:
    looks = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in _NAMES)  # noqa: S608
    return [name for (name,) in behind(url).execute(" UNION ALL ".join(looks).encode())]


def _count_from(start: str) -> list[str]:
    return [f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), {start})" for name in _COUNTED]


def _at_once(url: str, statements: Iterable[str]) -> None:
    """Without parameters many statements are one message to the server, and one transaction there."""
    behind(url).execute(";".join(statements).encode())


class Filled:
    """What a function puts into an empty database, kept beside it and put there again the next time."""

    def __init__(self, directory: Path, fill: Callable[[], None]) -> None:
        self._file, self._fill = directory / "filled.db", fill
        self._kept: list[str] | None = None

    def fill(self, url: str) -> None:
        """Into an empty database that nobody has opened. Inside the context of its application."""
        (self._fill_file if url.startswith("sqlite") else self._fill_server)(url)

    def _fill_file(self, url: str) -> None:
        if self._file.exists():
            shutil.copy(self._file, str(make_url(url).database))
            return
        self._fill()
        engine = create_engine(url)
        with engine.connect() as connection:
            connection.execute(text(f"VACUUM INTO '{self._file}'"))
        engine.dispose()

    def _fill_server(self, url: str) -> None:
        if self._kept is None:
            self._fill()
            self._kept = _filled(url)
            tables = (f'CREATE TABLE kept."{name}" AS TABLE "{name}"' for name in self._kept)
            _at_once(url, ["CREATE SCHEMA kept", *tables])
            return
        rows = (f'INSERT INTO "{name}" SELECT * FROM kept."{name}"' for name in self._kept)  # noqa: S608
        _at_once(url, [*rows, *_count_from("1000")])
