"""Opens every value that lies encrypted, and names each one that does not open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table, select
from sqlalchemy.orm import Session

from screening.records.accounts.app_secrets import unreadable_app_secrets
from screening.storage.encryption import VaultError
from screening.storage.models import Base, ContentRemoved
from screening.storage.models.sealed import personal_columns

_AT_ONCE = 200


@dataclass(frozen=True)
class Unreadable:
    table: str
    row: str
    why: str


@dataclass
class Opened:
    """What a full check found."""

    rows: int = 0
    removed: int = 0
    """Rows whose content was removed at the end of its time."""


def open_all(session: Session, counts: Opened) -> Iterator[Unreadable]:
    """Reads in slices, so memory does not grow; counts as it goes."""
    for table in Base.metadata.sorted_tables:
        columns = personal_columns(table)
        if not columns:
            continue
        (key,) = table.primary_key
        for slice_of_ids in _slices(session, key):
            yield from _opened(session, table, key, columns, slice_of_ids, counts)
    yield from (Unreadable("user", str(user.id), str(why)) for user, why in unreadable_app_secrets())


def _slices(session: Session, key: Column[Any]) -> Iterator[Sequence[Any]]:
    last = None
    while True:
        query = select(key).order_by(key).limit(_AT_ONCE)
        found = session.scalars(query if last is None else query.where(key > last)).all()
        if not found:
            return
        yield found
        last = found[-1]


def _opened(
    session: Session,
    table: Table,
    key: Column[Any],
    columns: list[Column[Any]],
    ids: Sequence[Any],
    counts: Opened,
) -> Iterator[Unreadable]:
    """A whole slice at once; only where something in it does not open, row by row."""
    try:
        session.execute(select(*columns).where(key.in_(ids))).all()
        counts.rows += len(ids)
    except (VaultError, ContentRemoved):
        for row_id in ids:
            try:
                session.execute(select(*columns).where(key == row_id)).all()
                counts.rows += 1
            except ContentRemoved:
                counts.removed += 1
            except VaultError as problem:
                yield Unreadable(table.name, str(row_id), str(problem))
