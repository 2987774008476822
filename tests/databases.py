"""Databases of the tests, which are migrated once, then emptied and filled again faster than they are made."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, create_engine, make_url, text

from screening.models import Base

_NAMES = tuple(table.name for table in Base.metadata.sorted_tables)
_COUNTED = ("role", "user", "web_authn")


def emptied(url: str) -> str:
    """A PostgreSQL as it was after its migration. Few rows are sooner deleted than files are made anew."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for name in _filled(connection):
            connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608
        _count_from(connection, "1, false")
    engine.dispose()
    return url


def _filled(connection: Connection) -> list[str]:
    looks = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in _NAMES)  # noqa: S608
    return list(connection.execute(text(" UNION ALL ".join(looks))).scalars())


def _count_from(connection: Connection, start: str) -> None:
    for name in _COUNTED:
        connection.execute(text(f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), {start})"))


class Filled:
    """What a function puts into an empty database, kept beside it and put there again the next time."""

    def __init__(self, directory: Path, fill: Callable[[], None]) -> None:
        self._file, self._fill = directory / "filled.db", fill
        self._kept: list[str] | None = None

    def fill(self, url: str) -> None:
        """Into an empty database that nobody has opened. Inside the context of its application."""
        (self._fill_file if url.startswith("sqlite") else self._fill_server)(url)

    def _fill_file(self, url: str) -> None:
        path = Path(str(make_url(url).database))
        if self._file.exists():
            shutil.copy(self._file, path)
            return
        self._fill()
        engine = create_engine(url)
        with engine.connect() as connection:
            connection.execute(text(f"VACUUM INTO '{self._file}'"))
        engine.dispose()

    def _fill_server(self, url: str) -> None:
        if self._kept is None:
            self._fill()
        engine = create_engine(url)
        with engine.begin() as connection:
            self._keep(connection) if self._kept is None else self._put_back(connection)
        engine.dispose()

    def _keep(self, connection: Connection) -> None:
        self._kept = _filled(connection)
        connection.execute(text("CREATE SCHEMA kept"))
        for name in self._kept:
            connection.execute(text(f'CREATE TABLE kept."{name}" AS TABLE "{name}"'))

    def _put_back(self, connection: Connection) -> None:
        for name in self._kept or ():
            connection.execute(text(f'INSERT INTO "{name}" SELECT * FROM kept."{name}"'))  # noqa: S608
        _count_from(connection, "1000")
