"""The keys of patients, which master keys protect, wrapped anew by the newest."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from screening.extensions import db
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.storage.encryption import Vault, VaultError, master_of
from screening.storage.models import PatientKey
from screening.storage.models.sealed import find_vault

_AT_ONCE = 500
_A_FEW = 10


def current_vault() -> Vault:
    vault = find_vault(db.engine)
    assert vault is not None, "an application protects its engines when it starts"
    return vault


def rewrap_content_keys(at: datetime, by: Actor, limit: int = _AT_ONCE) -> int:
    """Wraps one batch of keys that another master key protects. Says how many; 0 where nothing is left to do."""
    vault = current_vault()
    query = _wrapped().where(~_under(vault.current)).order_by(PatientKey.patient_id).limit(limit)
    rows = db.session.execute(query).all()
    for row in rows:
        owner = row.patient_id.hex
        wrapped = vault.wrap(vault.unwrap(row.wrapped, owner), owner)
        db.session.execute(
            update(PatientKey).where(PatientKey.patient_id == row.patient_id).values(wrapped=wrapped)
        )
    if rows:
        record(db.session, Act.CONTENT_KEYS_RE_WRAPPED, by, at, keys=len(rows), master=vault.current)
    return len(rows)


def content_keys_by_master() -> Counter[str]:
    """How many keys need each master key, also one that the settings lack."""
    found: Counter[str] = Counter()
    for master in current_vault().ids:
        query = select(func.count()).select_from(_wrapped().where(_under(master)).subquery())
        found[master] = db.session.scalar(query) or 0
    for row in db.session.execute(_of_unknown().execution_options(yield_per=_AT_ONCE)):
        found[master_of(row.wrapped)] += 1
    return found


def problem_with_keys() -> str | None:
    """Why the settings' keys do not fit this database, in one line; None where they do.

    Looks at a few content keys of each master key, so it may be asked at every start. One that was harmed says nothing
    about the master key: the full check names it.
    """
    if unknown := db.session.execute(_of_unknown().limit(1)).one_or_none():
        name = master_of(unknown.wrapped)
        return f"SCREENING_DATA_KEYS lacks the key {name!r}, which this database needs. Put it back."
    for master in current_vault().ids:
        rows = db.session.execute(_wrapped().where(_under(master)).limit(_A_FEW)).all()
        if rows and not any(_opens(row.wrapped, row.patient_id.hex) for row in rows):
            return (
                f"The key {master!r} in SCREENING_DATA_KEYS is not the one with which this database was "
                "written. Put the right one back."
            )
    return None


def _opens(wrapped: str, owner: str) -> bool:
    try:
        current_vault().unwrap(wrapped, owner)
    except VaultError:
        return False
    return True


def _wrapped() -> Any:
    return select(PatientKey.patient_id, PatientKey.wrapped).where(PatientKey.wrapped.is_not(None))


def _under(master: str) -> ColumnElement[bool]:
    return PatientKey.wrapped.startswith(f"{master}.", autoescape=True)


def _of_unknown() -> Any:
    query = _wrapped()
    for master in current_vault().ids:
        query = query.where(~_under(master))
    return query
