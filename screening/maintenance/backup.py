"""Backups: everything on record in one encrypted file, the same whichever database it comes from or goes to."""

from __future__ import annotations

import gzip
import io
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, select, text

from screening.clock import now
from screening.extensions import current_config, db
from screening.maintenance.audit_chain import Broken, walk
from screening.maintenance.sealed_file import NotOpened, Opener, Sealer, file_key
from screening.maintenance.tables import NotReadable, filled_tables, lines_of, store
from screening.records.actors import SYSTEM
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.transaction import writing
from screening.storage import migrations
from screening.storage.encryption import Vault, VaultError, master_of
from screening.storage.models import PatientKey

_FORMAT = b"screening backup 1\n"
_LONGEST_HEAD = 1_000


class BackupError(Exception):
    """No backup was made, or nothing was restored; says why and what to do."""


@dataclass(frozen=True)
class Restored:
    rows: int
    broken: Broken | None
    """The first event that does not fit to the one before it; None where the record of events is whole."""


def back_up(file: Path) -> int:
    """Writes everything on record to a new file, as it is at one moment; gives the number of rows."""
    if file.exists():
        raise BackupError(f"{file} exists. A backup never writes over another: choose a new name.")
    keys = Vault(current_config().data_keys).derived("backup")
    name, secret = next(iter(keys.items()))
    with writing() as session:
        record(session, Act.BACKUP_MADE, SYSTEM, now(), key=name)
    with _whole_or_nothing(file) as opened:
        head = {"key": name, "salt": secrets.token_hex(32), "revision": migrations.revision(db.engine)}
        written = json.dumps({**head, "made_at": now().isoformat()}).encode() + b"\n"
        opened.write(_FORMAT + written)
        sealer = Sealer(opened, file_key(secret, bytes.fromhex(str(head["salt"]))), written)
        with (
            gzip.GzipFile(fileobj=sealer, mode="wb", mtime=0) as packed,
            _at_one_moment(db.engine) as connection,
        ):
            count = 0
            for line in lines_of(connection):
                packed.write(line.encode() + b"\n")
                count += line.startswith("[")
        sealer.seal()
    return count


def restore(file: Path) -> Restored:
    """Puts a backup into an empty database, all of it or nothing. Raises BackupError."""
    try:
        with file.open("rb") as opened:
            head, plain = _opened(opened)
            if head.get("revision") != migrations.revision(db.engine):
                raise BackupError(
                    f"This backup has the tables of step {head.get('revision')}, and the database those of "
                    f"{migrations.revision(db.engine)}. Restore it with the version of the product that made it, "
                    "then update."
                )
            rows = _store(plain)
    except OSError as problem:
        raise BackupError(f"{file} cannot be read: {problem.strerror or 'it is not whole'}") from problem
    except (NotOpened, NotReadable) as problem:
        raise BackupError(f"{file} cannot be restored: {problem}. Nothing was written.") from problem
    except VaultError as problem:
        raise BackupError(f"Nothing was written: {problem}. Add the key that was in use then.") from problem
    return Restored(rows, walk(db.session).broken)


def _store(plain: IO[str]) -> int:
    with writing() as session:
        connection = session.connection()
        filled = filled_tables(connection)
        if filled:
            raise BackupError(
                f"This database is not empty ({', '.join(filled)}). Restore into a fresh one: name it in "
                "SCREENING_DATABASE_URL and run `screening db upgrade` first."
            )
        counts = store(connection, plain)
        _must_open_every_key(connection)
        record(session, Act.BACKUP_RESTORED, SYSTEM, now())
    return sum(counts.values())


def _must_open_every_key(connection: Connection) -> None:
    """Answers that nobody could read are no restored answers."""
    vault, seen = Vault(current_config().data_keys), set()
    for row in connection.execute(select(PatientKey.patient_id, PatientKey.wrapped)):
        if row.wrapped and (name := master_of(row.wrapped)) not in seen:
            vault.unwrap(row.wrapped, row.patient_id.hex)
            seen.add(name)


def _opened(file: IO[bytes]) -> tuple[dict[str, Any], IO[str]]:
    if file.read(len(_FORMAT)) != _FORMAT:
        raise NotOpened("it is no backup of this product")
    written = file.readline(_LONGEST_HEAD)
    try:
        head = dict(json.loads(written))
        name, salt = str(head["key"]), bytes.fromhex(head["salt"])
    except (ValueError, KeyError, TypeError) as problem:
        raise NotOpened("its head was changed") from problem
    secret = Vault(current_config().data_keys).derived("backup").get(name)
    if secret is None:
        raise NotOpened(f"SCREENING_DATA_KEYS has no key {name!r}, with which it was made")
    opener: Any = Opener(file, file_key(secret, salt), written)
    unpacked = gzip.GzipFile(fileobj=io.BufferedReader(opener))
    return head, io.TextIOWrapper(unpacked, encoding="utf-8", newline="\n")


@contextmanager
def _at_one_moment(engine: Engine) -> Iterator[Connection]:
    """A view of the database that does not move while others write."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
                connection.execute(text(f"SET LOCAL {limit} = 0"))
        yield connection


@contextmanager
def _whole_or_nothing(file: Path) -> Iterator[IO[bytes]]:
    """A new file, readable by its owner only, that appears under its name when it is complete and on the disk."""
    try:
        descriptor, part = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".part")
    except OSError as problem:
        raise BackupError(f"{file} cannot be written: {problem.strerror}") from problem
    try:
        with os.fdopen(descriptor, "wb") as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
        Path(part).replace(file)
    except OSError as problem:
        raise BackupError(f"{file} cannot be written: {problem.strerror}") from problem
    finally:
        Path(part).unlink(missing_ok=True)
    _keep_name(file.parent)


def _keep_name(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
