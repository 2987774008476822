"""What is personal is encrypted, bound to its row, under a key for each patient."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import context, op

from screening.storage.encryption import ContentKey, Vault

revision = "005"
down_revision = "004"

GUARDED = ("submission", "flag", "sign_off", "disposition", "override", "verified_answer", "publication")
NEW_GUARDED = ("emergency_access",)
BY_APPOINTMENT = "(SELECT patient_id FROM appointment WHERE id = x.appointment_id)"
BY_SUBMISSION = (
    "(SELECT patient_id FROM appointment WHERE id = "
    "(SELECT appointment_id FROM submission WHERE id = x.submission_id))"
)
BY_SIGN_OFF = (
    "(SELECT a.patient_id FROM appointment a JOIN submission s ON s.appointment_id = a.id "
    "JOIN sign_off o ON o.submission_id = s.id WHERE o.id = x.sign_off_id)"
)
NOBODY = f"'{UUID(int=0).hex}'"
# table, its key, whose a row is, what is personal in it
PERSONAL = (
    ("patient", "id", "x.id", ("name", "birth_date", "contact")),
    ("draft", "appointment_id", BY_APPOINTMENT, ("answers",)),
    ("submission", "id", BY_APPOINTMENT, ("answers", "answers_digest", "answered_by", "kept")),
    ("flag", "id", BY_SUBMISSION, ("flag",)),
    ("call", "id", BY_APPOINTMENT, ("about", "what_was_said")),
    ("sign_off", "id", BY_SUBMISSION, ("digest",)),
    ("disposition", "id", BY_SIGN_OFF, ("reason", "patient_said")),
    ("override", "id", BY_APPOINTMENT, ("reason",)),
    ("verified_answer", "id", BY_SUBMISSION, ("question", "answer", "source")),
    ("publication", "id", NOBODY, ("note",)),
)
# What was plain text of a fixed length, and is not JSON yet.
WAS_PLAIN = (
    ("submission", "answers_digest", 64),
    ("sign_off", "digest", 64),
    ("verified_answer", "source", 30),
)


def upgrade() -> None:
    _unguard(GUARDED)
    for table, column, _length in WAS_PLAIN:
        _become(table, column, "TEXT")
    _rewrite(lambda key, value, place, plain: key.seal(json.dumps(value) if plain else value, place))
    op.execute("ALTER TABLE flag DROP COLUMN rule")
    _guard((*GUARDED, *NEW_GUARDED))


def downgrade() -> None:
    _unguard((*GUARDED, *NEW_GUARDED))
    _rewrite(_unsealed)
    for table, column, length in WAS_PLAIN:
        _become(table, column, f"VARCHAR({length})")
    op.execute("ALTER TABLE flag ADD COLUMN rule VARCHAR(20) DEFAULT '' NOT NULL")
    for row in op.get_bind().execute(sa.text("SELECT id, flag FROM flag")).all():
        values = {"id": row.id, "rule": (json.loads(row.flag) or {}).get("rule", "")}
        op.get_bind().execute(sa.text("UPDATE flag SET rule = :rule WHERE id = :id"), values)
    _guard(GUARDED)


def _unsealed(key: ContentKey, value: str, place: str, plain: bool) -> str:
    opened = key.open(value, place)
    return str(json.loads(opened)) if plain else opened


def _rewrite(change: Callable[[ContentKey, str, str, bool], str]) -> None:
    keys = _Keys(context.config.attributes.get("vault"))
    plain = {(table, column) for table, column, _ in WAS_PLAIN}
    for table, key_name, owner, columns in PERSONAL:
        names = ", ".join(f"x.{column}" for column in columns)
        query = f'SELECT x.{key_name} AS row_id, {owner} AS owner, {names} FROM "{table}" x'  # noqa: S608
        for row in op.get_bind().execute(sa.text(query)).all():
            key = keys.of(_hex(row.owner))
            changed = {
                column: change(key, value, f"{table}.{column} {_hex(row.row_id)}", (table, column) in plain)
                for column in columns
                if (value := getattr(row, column)) is not None
            }
            _update(table, key_name, row.row_id, changed)


def _update(table: str, key_name: str, row_id: Any, changed: dict[str, str]) -> None:
    if not changed:
        return
    setting = ", ".join(f"{column} = :{column}" for column in changed)
    statement = f'UPDATE "{table}" SET {setting} WHERE {key_name} = :row_id'  # noqa: S608
    op.get_bind().execute(sa.text(statement), {**changed, "row_id": row_id})


class _Keys:
    """The content keys of the patients, made when they are first needed."""

    def __init__(self, vault: Vault | None) -> None:
        self._vault = vault
        self._known: dict[str, ContentKey] = {}

    def of(self, owner: str) -> ContentKey:
        if owner not in self._known:
            assert self._vault is not None, "encrypting needs the master keys of the settings"
            self._known[owner] = self._vault.unwrap(self._wrapped(owner), owner)
        return self._known[owner]

    def _wrapped(self, owner: str) -> str:
        assert self._vault is not None
        keys = sa.table(
            "content_key", sa.column("patient_id", sa.Uuid()), sa.column("wrapped"), sa.column("created_at")
        )
        query = sa.select(keys.c.wrapped).where(keys.c.patient_id == UUID(owner))
        found = op.get_bind().scalar(query)
        if found is not None:
            return str(found)
        wrapped = self._vault.new_content_key(owner)
        now = datetime.now(UTC).replace(tzinfo=None if op.get_bind().dialect.name == "sqlite" else UTC)
        values = {"patient_id": UUID(owner), "wrapped": wrapped, "created_at": now}
        op.get_bind().execute(keys.insert().values(values))
        return wrapped


def _hex(written: object) -> str:
    return str(written).replace("-", "")


def _become(table: str, column: str, kind: str) -> None:
    """Written out, because SQLite changes the type of a column in this one way only."""
    op.execute(f"ALTER TABLE {table} ADD COLUMN changed {kind} DEFAULT '' NOT NULL")
    op.execute(f"UPDATE {table} SET changed = {column}")  # noqa: S608
    op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.execute(f"ALTER TABLE {table} RENAME COLUMN changed TO {column}")


def _unguard(tables: tuple[str, ...]) -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in tables:
        for act in ("update", "delete"):
            op.execute(f"DROP TRIGGER {table}_no_{act}" + ("" if is_sqlite else f' ON "{table}"'))


def _guard(tables: tuple[str, ...]) -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in tables:
        for act in ("UPDATE", "DELETE"):
            body = (
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                if is_sqlite
                else "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            op.execute(f'CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON "{table}" {body}')
