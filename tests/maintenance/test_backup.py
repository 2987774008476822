"""Backups: taken while the clinic works, restored into either database, unreadable and unchangeable without the key."""

import secrets
import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from config import DataKey
from screening.account.invitations import add_user
from screening.app import create_app
from screening.clock import now
from screening.domain.decisions import Decision
from screening.extensions import db
from screening.maintenance import backup, tables
from screening.maintenance.audit_chain import walk_along
from screening.maintenance.backup import BackupError, back_up, restore
from screening.maintenance.sealed_file import CHUNK
from screening.records.answers import save_draft
from screening.records.calls import ask_for_call
from screening.records.transaction import writing
from screening.storage.models import Base, Patient, StaffSession, Submission
from tests.conftest import DATA_KEY, Clock, config_for
from tests.support.databases import emptied
from tests.support.events import recorded_events
from tests.support.factories import (
    NOTHING,
    PACEMAKER,
    anew,
    another,
    answered,
    appointment,
    corrected,
    link,
    provider_actor,
    signed,
)

CANARY = "canary-name-of-a-patient"
Rows = dict[str, list[tuple[Any, ...]]]


def lived_in(app: Flask) -> None:
    """A clinic with something in every corner."""
    with app.app_context():
        first = appointment(name=f"Robin {CANARY}")
        link(first)
        sent = answered(first, {"imp.any": "yes", "imp.devices": [PACEMAKER], "ask.provider": CANARY})
        corrected(first, sent, {"ask.provider": f"{CANARY} “ä” \U0001f600"})
        signed(first, Decision.ADAPT)
        second = another(first, now() + timedelta(days=3))
        with writing():
            ask_for_call(anew(second), f"About {CANARY}", now(), provider_actor())


@contextmanager
def opened(url: str, **changes: Any) -> Iterator[Flask]:
    app = create_app(replace(config_for(url), **changes), now=Clock())
    with app.app_context():
        yield app
        db.session.rollback()
        db.engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Callable[[], str]:
    """An empty database of either kind. The one server of the tests holds one at a time, so it is emptied first."""

    def make() -> str:
        if request.param == "postgresql":
            return emptied(request.getfixturevalue("postgresql"))
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "elsewhere.db")
        return f"sqlite:///{tmp_path / 'elsewhere.db'}"

    return make


def as_stored() -> Rows:
    """Every row of every table, as it stands in the database."""
    found: Rows = {}
    for table in tables.kept_tables():
        found[table.name] = sorted(map(tuple, db.session.execute(select(table)).all()), key=repr)
    return found


def column_of(table: str, column: str, rows: Rows) -> list[Any]:
    position = [each.name for each in Base.metadata.tables[table].columns].index(column)
    return [row[position] for row in rows[table]]


def without_last_event(rows: Rows) -> Rows:
    """Restoring leaves an event of its own, after all others."""
    events = [row for row in rows["event"] if row[2] != "backup restored"]
    return {**rows, "event": events}


def test_a_backup_restores_every_row_into_either_database(
    app: Flask, tmp_path: Path, elsewhere: Callable[[], str]
) -> None:
    lived_in(app)
    file = tmp_path / "clinic.backup"
    with app.app_context():
        count = back_up(file)
        before = as_stored()
        db.session.rollback()
        db.engine.dispose()
    assert count == sum(map(len, before.values()))
    assert all(
        before[name] for name in ("patient", "submission", "flag", "sign_off", "call", "link", "content_key")
    )
    with opened(elsewhere()):
        restored = restore(file)
        assert restored.rows == count
        assert restored.broken is None
        assert without_last_event(as_stored()) == before
        events = recorded_events()
        assert walk_along(events).broken is None
        assert [event.act for event in events[-2:]] == ["backup made", "backup restored"]
        # What was encrypted opens here, too.
        assert CANARY in db.session.scalars(select(Patient)).one().name
        newest = db.session.scalars(select(Submission).order_by(Submission.number.desc())).first()
        assert newest is not None
        assert newest.answers["ask.provider"] == f"{CANARY} “ä” \U0001f600"


def test_a_restored_clinic_goes_on(app: Flask, tmp_path: Path, elsewhere: Callable[[], str]) -> None:
    """Numbers that the database gives out continue, records stay append-only, staff sign in."""
    lived_in(app)
    file = tmp_path / "clinic.backup"
    with app.app_context():
        back_up(file)
        db.session.rollback()
        db.engine.dispose()
    with opened(elsewhere()):
        restore(file)
        add_user("new@clinic.example", "Noor New", "an invented password", ["provider"])
        answered(appointment())
        with pytest.raises(Exception, match="append-only"), db.engine.begin() as connection:
            connection.execute(text("UPDATE submission SET severity = 0"))


@pytest.mark.drill
def test_a_backup_under_load_is_of_one_moment(
    app: Flask, tmp_path: Path, elsewhere: Callable[[], str]
) -> None:
    """Writers go on, and each submission is in the backup with all its flags, or not at all."""
    lived_in(app)
    stop, failed = threading.Event(), []

    def work() -> None:
        try:
            with app.app_context():
                while not stop.is_set():
                    answered(appointment(), {"imp.any": "yes", "imp.devices": [PACEMAKER]})
        except Exception as problem:
            failed.append(problem)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    with app.app_context():
        files = []
        for number in range(3):
            files.append(tmp_path / f"{number}.backup")
            back_up(files[-1])
        stop.set()
        for worker in workers:
            worker.join()
        after = as_stored()
        db.session.rollback()
        db.engine.dispose()
    assert failed == []
    with opened(elsewhere()):
        assert restore(files[-1]).broken is None
        found = without_last_event(as_stored())
        for name, rows in found.items():
            assert set(map(repr, rows)) <= set(map(repr, after[name])), name
        # Each set of answers came with all its flags.
        kept = set(column_of("submission", "id", found))
        assert len([each for each in column_of("flag", "submission_id", after) if each in kept]) == len(
            found["flag"]
        )
        assert len(found["submission"]) > 3


def test_a_backup_holds_nothing_that_can_be_read(app: Flask, tmp_path: Path) -> None:
    lived_in(app)
    file = tmp_path / "clinic.backup"
    with app.app_context():
        back_up(file)
    content = file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for word in (CANARY, "clinic.example", "Dana", "submission", "pacemaker", "warfarin"):
        assert word.encode() not in content
    assert [each.name for each in tmp_path.iterdir() if "backup" in each.name] == ["clinic.backup"]


@pytest.fixture
def made(app: Flask, tmp_path: Path) -> Path:
    lived_in(app)
    with app.app_context():
        # More than one chunk, so that chunks can be moved.
        with writing() as session:
            session.execute(
                text("INSERT INTO installation (name, value) VALUES (:name, :value)"),
                [{"name": f"fact {number}", "value": secrets.token_hex(100)} for number in range(1200)],
            )
        back_up(tmp_path / "clinic.backup")
        db.session.rollback()
        db.engine.dispose()
    assert (tmp_path / "clinic.backup").stat().st_size > 2 * CHUNK
    return tmp_path / "clinic.backup"


def changed_byte(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def chunks(content: bytes) -> tuple[bytes, list[bytes]]:
    head = content[: content.index(b"\n", content.index(b"\n") + 1) + 1]
    rest, found = content[len(head) :], []
    while rest:
        size = 4 + int.from_bytes(rest[:4], "big")
        found.append(rest[:size])
        rest = rest[size:]
    return head, found


def without_last_chunk(content: bytes) -> bytes:
    head, found = chunks(content)
    return head + b"".join(found[:-1])


def without_first_chunk(content: bytes) -> bytes:
    head, found = chunks(content)
    return head + b"".join(found[1:])


def swapped_chunks(content: bytes) -> bytes:
    head, found = chunks(content)
    return head + found[1] + found[0] + b"".join(found[2:])


HARMS: list[Callable[[bytes], bytes]] = [
    changed_byte,
    without_last_chunk,
    without_first_chunk,
    swapped_chunks,
    lambda content: content[:-1],
    lambda content: content[: len(content) // 2],
    lambda content: content + b"\0\0\0\x10" + b"x" * 16,
    lambda content: content + b"x",
    lambda content: content.replace(b"made_at", b"made_on"),
    lambda content: content.replace(b'"test"', b'"tset"'),
    lambda content: chunks(content)[0],
    lambda content: content[1:],
    lambda _: b"",
    lambda content: b"SQLite format 3\0" + content,
]


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
def test_a_backup_that_was_changed_or_cut_off_writes_nothing(
    made: Path, tmp_path: Path, empty_sqlite: Path
) -> None:
    original = made.read_bytes()
    shutil.copy(empty_sqlite, tmp_path / "elsewhere.db")
    with opened(f"sqlite:///{tmp_path / 'elsewhere.db'}"):
        for number, harm in enumerate(HARMS):
            made.write_bytes(harm(original))
            with pytest.raises(BackupError, match="cannot be restored") as problem:
                restore(made)
            assert "Nothing was written" in str(problem.value), number
            assert tables.filled_tables(db.session.connection()) == []
        made.write_bytes(original)
        assert restore(made).rows > 1200


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ((DataKey("test", bytes(range(1, 33))),), "another key"),
        ((DataKey("other", bytes(range(1, 33))),), "no key 'test'"),
    ],
)
def test_a_wrong_key_fails_loudly_and_writes_nothing(
    made: Path, tmp_path: Path, empty_sqlite: Path, keys: tuple[DataKey, ...], words: str
) -> None:
    shutil.copy(empty_sqlite, tmp_path / "elsewhere.db")
    with opened(f"sqlite:///{tmp_path / 'elsewhere.db'}", data_keys=keys):
        with pytest.raises(BackupError, match=words):
            restore(made)
        assert tables.filled_tables(db.session.connection()) == []


def test_after_a_rotation_the_older_key_still_opens_older_backups(
    made: Path, tmp_path: Path, empty_sqlite: Path
) -> None:
    shutil.copy(empty_sqlite, tmp_path / "elsewhere.db")
    keys = (DataKey("new", bytes(range(1, 33))), DATA_KEY)
    with opened(f"sqlite:///{tmp_path / 'elsewhere.db'}", data_keys=keys):
        assert restore(made).broken is None
        back_up(tmp_path / "newer.backup")
        assert b'"key": "new"' in (tmp_path / "newer.backup").read_bytes()[:100]


def test_answers_whose_key_is_missing_are_not_restored(
    app: Flask, tmp_path: Path, empty_sqlite: Path
) -> None:
    """The file opens with the newest key, and what is in it needs an older one."""
    lived_in(app)
    both = (DataKey("new", bytes(range(1, 33))), DATA_KEY)
    with opened(str(app.extensions["config"].database_url), data_keys=both):
        back_up(tmp_path / "clinic.backup")
    shutil.copy(empty_sqlite, tmp_path / "elsewhere.db")
    with opened(f"sqlite:///{tmp_path / 'elsewhere.db'}", data_keys=both[:1]):
        with pytest.raises(BackupError, match="Add the key"):
            restore(tmp_path / "clinic.backup")
        assert tables.filled_tables(db.session.connection()) == []


def test_a_database_that_holds_something_is_never_restored_over(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        back_up(tmp_path / "clinic.backup")
        before = as_stored()
        with pytest.raises(BackupError, match=r"not empty .*user"):
            restore(tmp_path / "clinic.backup")
        assert as_stored() == before


def test_a_backup_never_writes_over_another(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("an older backup")
    with app.app_context(), pytest.raises(BackupError, match="never writes over"):
        back_up(tmp_path / "kept")
    assert (tmp_path / "kept").read_text() == "an older backup"


def test_a_backup_of_other_tables_waits_for_its_version(app: Flask, tmp_path: Path) -> None:
    from screening.storage import migrations

    with app.app_context():
        back_up(tmp_path / "clinic.backup")
        migrations.downgrade(db.engine, "base")
        migrations.upgrade(db.engine, "001")
        with pytest.raises(BackupError, match="with the version of the product that made it"):
            restore(tmp_path / "clinic.backup")
        migrations.upgrade(db.engine)


@pytest.mark.parametrize("where", ["missing/clinic.backup", "."])
def test_a_place_that_cannot_be_written_is_said_in_words(app: Flask, tmp_path: Path, where: str) -> None:
    with app.app_context(), pytest.raises(BackupError):
        back_up(tmp_path / where)
    with app.app_context(), pytest.raises(BackupError):
        restore(tmp_path / where)


def test_a_backup_that_fails_leaves_no_half_of_itself(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Iterator[str]:
        yield "[]"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "lines_of", full)
    with app.app_context(), pytest.raises(BackupError, match="No space left"):
        back_up(tmp_path / "clinic.backup")
    assert [each.name for each in tmp_path.iterdir() if "backup" in each.name] == []


def test_sessions_are_left_out(app: Flask, desk_client: Any, tmp_path: Path, empty_sqlite: Path) -> None:
    """Who signed out since the backup would be signed in again."""
    desk_client.get("/desk/")
    with app.app_context():
        assert db.session.scalars(select(StaffSession)).all()
        back_up(tmp_path / "clinic.backup")
    shutil.copy(empty_sqlite, tmp_path / "elsewhere.db")
    with opened(f"sqlite:///{tmp_path / 'elsewhere.db'}"):
        restore(tmp_path / "clinic.backup")
        assert not db.session.scalars(select(StaffSession)).all()


def test_every_table_is_kept_or_left_out_for_a_reason() -> None:
    kept = [table.name for table in tables.kept_tables()]
    assert {*kept, *tables.LEFT_OUT} == set(Base.metadata.tables)
    for table in Base.metadata.sorted_tables:
        targets = {key.column.table.name for key in table.foreign_keys}
        assert (table.name in targets) is (table.name in tables.IN_ORDER), table.name
        assert not targets & set(tables.LEFT_OUT)
        before = kept[: kept.index(table.name)] if table.name in kept else kept
        assert targets - {table.name} <= set(before)


def test_a_draft_travels_too(app: Flask, tmp_path: Path, empty_sqlite: Path) -> None:
    with app.app_context():
        booked = appointment()
        with writing():
            save_draft(booked, {**NOTHING}, now())
        back_up(tmp_path / "clinic.backup")
        before = as_stored()["draft"]
    shutil.copy(empty_sqlite, tmp_path / "elsewhere.db")
    with opened(f"sqlite:///{tmp_path / 'elsewhere.db'}"):
        restore(tmp_path / "clinic.backup")
        assert as_stored()["draft"] == before
