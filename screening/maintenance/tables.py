"""Every table as lines of JSON and back, the same for SQLite and PostgreSQL. What is encrypted stays so."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    cast,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.types import TypeEngine, UserDefinedType

from screening.storage.models import Base
from screening.storage.models.base import UtcTime
from screening.storage.models.sealed import Personal

LEFT_OUT = ("staff_session", "patient_session")
"""Who was signed in is no record; a session that was ended since would be open again."""
_BATCH = 500
# Rows that name earlier rows of their own table come after them.
IN_ORDER = {"submission": "number"}


class NotReadable(Exception):
    """The lines are not those of this version's tables; says which."""


def kept_tables() -> list[Table]:
    """Each table after those that it refers to, with columns that are copied as they stand."""
    return [_plain(table) for table in Base.metadata.sorted_tables if table.name not in LEFT_OUT]


def lines_of(connection: Connection) -> Iterator[str]:
    """All rows of all tables, and in the end how many there are."""
    counts: dict[str, int] = {}
    for table in kept_tables():
        yield json.dumps({"table": table.name, "columns": [column.name for column in table.columns]})
        counts[table.name] = 0
        order = table.c[IN_ORDER[table.name]] if table.name in IN_ORDER else None
        query = select(table).order_by(order) if order is not None else select(table)
        for row in connection.execution_options(yield_per=_BATCH).execute(query):
            counts[table.name] += 1
            yield json.dumps([_written(value) for value in row], ensure_ascii=False)
    yield json.dumps({"rows": counts})


def store(connection: Connection, lines: Iterable[str]) -> dict[str, int]:
    """Puts the rows into empty tables; gives how many each has. Raises NotReadable."""
    reader = _Lines(lines)
    counts = {table.name: _fill(connection, table, reader) for table in kept_tables()}
    if reader.next() != {"rows": counts}:
        raise NotReadable("it does not hold as many rows as it says")
    if connection.dialect.name == "postgresql":
        for table in kept_tables():
            _go_on_counting(connection, table)
    return counts


def filled_tables(connection: Connection) -> list[str]:
    """The names of all tables that hold something."""
    tables = Base.metadata.sorted_tables
    return [table.name for table in tables if connection.execute(select(table.c[0]).limit(1)).first()]


class _Lines:
    """The lines of a backup, read one ahead."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._values = (json.loads(line) for line in lines)
        self._ahead: Any = next(self._values, None)

    def next(self) -> Any:
        value, self._ahead = self._ahead, next(self._values, None)
        return value

    def rows(self) -> Iterator[list[Any]]:
        while isinstance(self._ahead, list):
            yield self.next()


def _fill(connection: Connection, table: Table, lines: _Lines) -> int:
    columns = list(table.columns)
    if lines.next() != {"table": table.name, "columns": [column.name for column in columns]}:
        raise NotReadable(f"it does not hold the table {table.name} as this version knows it")
    count, rows = 0, lines.rows()
    while batch := list(islice(rows, _BATCH)):
        values = [
            {column.name: _read(column, value) for column, value in zip(columns, row, strict=True)}
            for row in batch
        ]
        connection.execute(insert(table), values)
        count += len(values)
    return count


def _go_on_counting(connection: Connection, table: Table) -> None:
    """Numbers that PostgreSQL gives out by itself continue after those that are there."""
    (key, *others) = [column for column in table.columns if column.primary_key]
    if others or not issubclass(key.type.python_type, int):
        return
    sequence = connection.scalar(
        text("SELECT pg_get_serial_sequence(:table, :key)"), {"table": f'"{table.name}"', "key": key.name}
    )
    if sequence:
        connection.execute(select(func.setval(sequence, func.coalesce(func.max(key), 0) + 1, False)))


class _AsWritten(UserDefinedType[Any]):
    """JSON as its text, so that nothing about it changes on the way."""

    cache_ok = True

    def get_col_spec(self, **_rest: Any) -> str:
        return "JSON"

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return cast(column, Text)


def _plain(table: Table) -> Table:
    columns = [
        Column(each.name, _plain_type(each.type), primary_key=each.primary_key) for each in table.columns
    ]
    return Table(table.name, MetaData(), *columns)


def _plain_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    if isinstance(kind, Personal):
        return Text()
    return _AsWritten() if isinstance(kind, JSON) else kind


def _written(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _read(column: Column[Any], value: Any) -> Any:
    if value is None:
        return None
    kind = column.type
    if isinstance(kind, Uuid):
        return UUID(value)
    if isinstance(kind, (DateTime, UtcTime)):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return base64.b64decode(value) if isinstance(kind, LargeBinary) else value
