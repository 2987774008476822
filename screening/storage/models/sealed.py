"""The column types of what is personal. Values are encrypted on their way in and opened on their way out.

Each value is bound to its table, column and row, and is opened with the key of the patient to whom the row really
belongs: a value that was moved, or a row that was given to another patient, does not open.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    FromClause,
    Insert,
    ScalarSelect,
    String,
    Table,
    Text,
    TypeDecorator,
    Update,
    cast,
    event,
    func,
    literal_column,
    select,
    type_coerce,
)
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import KeyedColumnElement

from screening.storage.encryption import ContentKey, Vault
from screening.storage.models.base import Base, UtcTime

NOBODY = UUID(int=0)
"""Owns what is the clinic's own: notes that are about no patient."""
_BETWEEN = "~"


class ContentRemoved(LookupError):
    """The content was removed at the end of its time: its key was destroyed."""


class _Sealed(str):
    """What may be stored: already encrypted for its row."""

    __slots__ = ()


class Personal(TypeDecorator[Any]):
    """What is about a person: answers, notes, names, contacts."""

    impl = Text
    cache_ok = True

    def __init__(self, stands_in: str = "") -> None:
        super().__init__()
        self.stands_in = stands_in
        """The table and column that a value was read from."""

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is not None and not isinstance(value, _Sealed):
            raise TypeError("what is personal is written row by row, and never searched for")
        return value

    def column_expression(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        """Reads the value together with the row that it stands in and the key of the row's owner."""
        place = getattr(column, "element", column)
        table = place.table
        key = func.coalesce(_wrapped_key(owner_of(table), table), "")
        row, owner = cast(_row_id(table), String), cast(owner_of(table), String)
        parts = row.concat(_BETWEEN).concat(owner).concat(_BETWEEN).concat(key).concat(_BETWEEN).concat(place)
        return type_coerce(parts, type(self)(f"{_name_of(table)}.{place.key}"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        row, owner, wrapped, sealed = value.split(_BETWEEN, 3)
        if not wrapped:
            raise ContentRemoved(_REMOVED)
        key = _VAULTS[dialect].unwrap(wrapped, _plain_id(owner))
        return self.read(key.open(sealed, f"{self.stands_in} {_plain_id(row)}"))

    def written(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def read(self, text: str) -> Any:
        return json.loads(text)


class PersonalDate(Personal):
    cache_ok = True

    def written(self, value: date) -> str:
        return super().written(value.isoformat())

    def read(self, text: str) -> date:
        return date.fromisoformat(super().read(text))


_VAULTS: MutableMapping[Dialect, Vault] = WeakKeyDictionary()
_KNOWN: MutableMapping[Any, dict[tuple[str, Any], ContentKey]] = WeakKeyDictionary()
"""For each transaction the keys of the rows that it wrote: forgotten when it ends."""
_REMOVED = "this content was removed at the end of its time"


def protect(engine: Engine, vault: Vault) -> None:
    """From now on this engine encrypts what is personal, with the keys of this vault."""
    _VAULTS[engine.dialect] = vault
    event.listen(engine, "before_execute", _sealing, retval=True)


def find_vault(engine: Engine) -> Vault | None:
    return _VAULTS.get(engine.dialect)


class PatientKey(Base):
    """The content key of a patient, wrapped by a master key; without `wrapped` it was destroyed for good."""

    __tablename__ = "content_key"

    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    """NOBODY for what is the clinic's own."""
    wrapped: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    destroyed_at: Mapped[datetime | None] = mapped_column(UtcTime)


# From each table with personal content, the column that leads one step towards the patient whose it is.
TOWARDS_THE_PATIENT = {
    "appointment": "patient_id",
    "call": "appointment_id",
    "disposition": "sign_off_id",
    "draft": "appointment_id",
    "flag": "submission_id",
    "override": "appointment_id",
    "sign_off": "submission_id",
    "submission": "appointment_id",
    "verified_answer": "submission_id",
}
THE_CLINICS_OWN = ("emergency_access", "publication")


def owner_of(table: FromClause) -> ColumnElement[Any]:
    """Whose a row is, as SQL: the patient's id, found through the rows that it belongs to."""
    name = _name_of(table)
    if name == "patient":
        return table.c.id
    if name in THE_CLINICS_OWN:
        return literal_column(f"'{NOBODY.hex}'")
    step = table.c[TOWARDS_THE_PATIENT[name]]
    (target,) = step.foreign_keys
    if target.column.table.name == "patient":
        return step
    parent = target.column.table.alias()
    return select(owner_of(parent)).where(parent.c.id == step).correlate(table).scalar_subquery()


def _wrapped_key(owner: ColumnElement[Any], table: FromClause) -> ScalarSelect[Any]:
    keys = PatientKey.__table__.alias()
    return select(keys.c.wrapped).where(keys.c.patient_id == owner).correlate(table).scalar_subquery()


def _name_of(table: FromClause) -> str:
    while not isinstance(table, Table):
        table = table.element  # type: ignore[attr-defined]  # an alias of a table
    return table.name


def _row_id(table: FromClause) -> KeyedColumnElement[Any]:
    (key,) = table.primary_key
    return key


def _plain_id(written: object) -> str:
    return str(written).replace("-", "")


def personal_columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, Personal)]


def _sealing(
    connection: Connection, statement: Any, several: Any, one: Any, _options: Any
) -> tuple[Any, Any, Any]:
    """Before each statement: encrypts what is personal in the rows that it writes."""
    if not isinstance(statement, (Insert, Update)) or not isinstance(statement.table, Table):
        return statement, several, one
    if statement.table.name == PatientKey.__tablename__:
        _KNOWN.pop(connection.get_transaction(), None)
    columns = personal_columns(statement.table)
    if not columns:
        return statement, several, one
    sealer = _Sealer(connection, statement.table, columns, isinstance(statement, Insert))
    return statement, [sealer.row(row) for row in several], sealer.row(one)


class _Sealer:
    """Encrypts the rows of one statement."""

    def __init__(
        self, connection: Connection, table: Table, columns: list[Column[Any]], inserts: bool
    ) -> None:
        self._connection, self._table, self._columns, self._inserts = connection, table, columns, inserts
        self._keys: dict[object, ContentKey] = {}

    def row(self, values: Mapping[str, Any]) -> dict[str, Any]:
        found = [column for column in self._columns if values.get(column.key) is not None]
        if not found:
            return dict(values)
        name = _row_id(self._table).name
        row_id = values[name if self._inserts else f"{self._table.name}_{name}"]
        key = self._key(values, row_id)
        sealed = {}
        for column in found:
            place = f"{self._table.name}.{column.key} {_plain_id(row_id)}"
            assert isinstance(column.type, Personal)
            sealed[column.key] = _Sealed(key.seal(column.type.written(values[column.key]), place))
        return {**values, **sealed}

    def _key(self, values: Mapping[str, Any], row_id: Any) -> ContentKey:
        name = self._table.name
        step = TOWARDS_THE_PATIENT.get(name, "")
        known_by = values[step] if step and self._inserts else row_id if name not in THE_CLINICS_OWN else None
        if known_by not in self._keys:
            self._keys[known_by] = self._find_key(known_by, step)
        if self._inserts:
            self._known[name, row_id] = self._keys[known_by]
        return self._keys[known_by]

    @property
    def _known(self) -> dict[tuple[str, Any], ContentKey]:
        """The keys of the rows that were written in this transaction; those of later ones hang on them."""
        transaction = self._connection.get_transaction()
        return _KNOWN.setdefault(transaction, {}) if transaction else {}

    def _find_key(self, known_by: Any, step: str) -> ContentKey:
        if known_by is None:
            return content_key(self._connection, NOBODY, may_create=True)
        if self._table.name == "patient":
            return content_key(self._connection, known_by, may_create=self._inserts)
        table, column = self._table, _row_id(self._table)
        if self._inserts:
            (target,) = table.c[step].foreign_keys
            table, column = target.column.table, target.column
        if table.name == "patient":
            return content_key(self._connection, known_by)
        known = self._known.get((table.name, known_by))
        return known or self._key_of_row(table, column == known_by)

    def _key_of_row(self, table: Table, condition: ColumnElement[bool]) -> ContentKey:
        owner = owner_of(table)
        query = select(owner.label("owner"), _wrapped_key(owner, table).label("wrapped")).where(condition)
        found = self._connection.execute(query).one_or_none()
        if found is None or found.wrapped is None:
            raise ContentRemoved(_REMOVED)
        return _VAULTS[self._connection.engine.dialect].unwrap(found.wrapped, _plain_id(found.owner))


def content_key(connection: Connection, owner: UUID, *, may_create: bool = False) -> ContentKey:
    """Raises ContentRemoved where the key was destroyed."""
    keys, vault = Base.metadata.tables[PatientKey.__tablename__], _VAULTS[connection.engine.dialect]
    found = connection.execute(select(keys.c.wrapped).where(keys.c.patient_id == owner)).one_or_none()
    if found is None and may_create:
        wrapped = vault.new_content_key(owner.hex)
        values = {"patient_id": owner, "wrapped": wrapped, "created_at": datetime.now(UTC)}
        connection.execute(keys.insert(), values)
    elif found is None or found.wrapped is None:
        raise ContentRemoved(_REMOVED)
    else:
        wrapped = found.wrapped
    return vault.unwrap(wrapped, owner.hex)
