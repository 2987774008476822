"""What reached the end of its time: gone from pages, from the database and from its files; all else stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select, text

from screening.clock import now, today
from screening.commands.main import main
from screening.domain.decisions import Decision
from screening.extensions import db
from screening.lead.replays import replay_ahead, replay_past
from screening.maintenance import retention
from screening.maintenance.key_check import Opened, open_all
from screening.maintenance.retention import end_what_is_due
from screening.records.answers import save_draft
from screening.records.emergencies import begin_emergency, record_emergency_reading
from screening.records.overrides import overrides_between
from screening.records.protocol_versions import current_protocol
from screening.records.queue import day_rows
from screening.records.retention import remove_content, years_before
from screening.records.sessions import start_session
from screening.records.transaction import writing
from screening.storage.models import (
    AccountNotice,
    Draft,
    Invitation,
    Override,
    Patient,
    PatientKey,
    PatientSession,
    StaffSession,
    Submission,
    Tries,
)
from tests.support.acupuncture import WARFARIN
from tests.support.events import recorded_acts
from tests.support.factories import (
    DESK,
    anew,
    another,
    answered,
    appointment,
    link,
    provider,
    provider_actor,
    signed,
)

YEARS = 10


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def lived(name: str) -> tuple[UUID, UUID]:
    """A visit with a record of every kind; its appointment's id and its patient's."""
    visit = appointment(name=name)
    link(visit)
    answered(visit, WARFARIN)
    with writing():
        start_session(anew(visit), now(), provider_actor(), f"Severe pain of {name}")
    signed(visit, Decision.ADAPT)
    return visit.id, visit.patient_id


def run(*more: str) -> Any:
    db.session.rollback()
    return CliRunner().invoke(main, ["retention", "run", *more])


def acts() -> list[str]:
    return recorded_acts()


def wrapped_key(patient_id: UUID) -> str | None:
    db.session.rollback()
    query = select(PatientKey.wrapped).where(PatientKey.patient_id == patient_id)
    return db.session.scalar(query)


def test_content_is_gone_from_every_page_and_other_patients_stay(
    app: Flask, clock: Any, signed_in: Any
) -> None:
    with app.app_context():
        gone_visit, gone_patient = lived("Gone Example")
        with writing():
            access = begin_emergency("A patient collapsed", now(), DESK)
            record_emergency_reading(anew(gone_visit), access, now(), DESK)
        clock.pass_time(days=1)
        stays_visit, stays_patient = lived("Stays Example")
        old_day = today() - timedelta(days=1)
        clock.now = now().replace(year=now().year + YEARS) - timedelta(hours=12)
        answer = run()
        assert answer.exit_code == 0, answer.output
        assert "1 patients' content is now unreadable." in answer.output
        assert wrapped_key(gone_patient) is None
        assert wrapped_key(stays_patient) is not None
        assert [row.patient for row in day_rows(old_day, 7)] == ["Stays Example"]
    desk, doctor, lead = signed_in("desk"), signed_in("provider"), signed_in("lead")
    for client, address in (
        (desk, f"/desk/appointments/{gone_visit}"),
        (desk, f"/desk/appointments/{gone_visit}/change"),
        (desk, f"/desk/appointments/{gone_visit}/another"),
        (doctor, f"/provider/appointments/{gone_visit}"),
        (doctor, f"/provider/appointments/{gone_visit}/answers/1"),
    ):
        page = client.get(address)
        assert page.status_code == 410, address
        assert "The content of this record was removed" in page.text
        assert "Gone" not in page.text
    queue = desk.get(f"/desk/?day={old_day}&days=7")
    assert "Stays Example" in queue.text
    assert "Gone Example" not in queue.text
    assert desk.get(f"/desk/day-sheet?day={old_day}").status_code == 200
    assert doctor.get(f"/provider/?day={old_day}&everyone=1").status_code == 200
    assert desk.get(f"/desk/appointments/{stays_visit}").status_code == 200
    shown = doctor.get(f"/provider/appointments/{stays_visit}")
    assert shown.status_code == 200
    assert "Warfarin" in shown.text
    assert lead.get(f"/lead/emergencies?from={old_day}&to={old_day + timedelta(days=2)}").status_code == 200
    overrides = lead.get(f"/lead/overrides?from={old_day}&to={old_day + timedelta(days=2)}").text
    assert "Severe pain of Stays Example" in overrides
    assert "Gone Example" not in overrides


def test_nothing_can_be_written_for_them_any_more(app: Flask, clock: Any, desk_client: Any) -> None:
    with app.app_context():
        visit, _ = lived("Gone Example")
        provider_id = str(provider().id)
    page = desk_client.get(f"/desk/appointments/{visit}/another")
    with app.app_context():
        clock.now = now().replace(year=now().year + YEARS + 1)
        run()
        before = len(acts())
    sent = {"contact": "x@mail.example", "day": "2037-01-05", "time": "09:00", "provider": provider_id}
    answer = _again(app).send(page, sent)
    assert answer.status_code == 410
    with app.app_context():
        assert "appointment added" not in acts()[before:]


def _again(app: Flask) -> Any:
    client: Any = app.test_client()
    page = client.get("/staff/sign-in")
    client.send(page, {"email": "desk@clinic.example", "password": "an invented password"})
    return client


@pytest.mark.usefixtures("context")
def test_the_key_is_gone_from_the_files_and_from_a_later_backup(clock: Any, tmp_path: Path) -> None:
    _, gone = lived("Gone Example")
    clock.pass_time(days=1)
    _, stays = lived("Stays Example")
    key, other = wrapped_key(gone), wrapped_key(stays)
    assert key is not None
    assert other is not None
    assert any(key.encode() in each for each in _files()), "the search finds a key that is there"
    clock.now = now().replace(year=now().year + YEARS) - timedelta(hours=12)
    run()
    db.session.rollback()
    for content in (*_files(), *_backup(tmp_path)):
        assert key.encode() not in content
    assert any(other.encode() in each for each in _files())


def _files() -> list[bytes]:
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        path = Path(str(db.engine.url.database))
        return [each.read_bytes() for each in path.parent.glob(f"{path.name}*")]
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        folder = connection.scalar(text("SHOW data_directory"))
        names = "SELECT pg_relation_filepath(c.oid) FROM pg_class c WHERE c.relkind IN ('r', 'i', 't')"
        found = connection.execute(text(names)).scalars().all()
    paths = [Path(str(folder)) / name for name in found if name]
    return [path.read_bytes() for path in paths if path.exists()]


def _backup(tmp_path: Path) -> list[bytes]:
    if db.engine.dialect.name != "sqlite":
        return []
    with (
        sqlite3.connect(str(db.engine.url.database)) as source,
        sqlite3.connect(tmp_path / "copy.db") as copy,
    ):
        source.backup(copy)
    source.close()
    copy.close()
    return [(tmp_path / "copy.db").read_bytes()]


@pytest.mark.usefixtures("context")
def test_records_and_events_stay_and_still_hold(clock: Any) -> None:
    lived("Gone Example")
    counted = {model: _count(model) for model in (Submission, Override, Patient)}
    clock.now = now().replace(year=now().year + YEARS + 1)
    run()
    db.session.rollback()
    assert {model: _count(model) for model in counted} == counted
    assert CliRunner().invoke(main, ["audit", "verify"]).exit_code == 0
    check = CliRunner().invoke(main, ["keys", "check", "--full"])
    assert check.exit_code == 0
    assert "0 do not open" in check.output
    counts = Opened()
    assert list(open_all(db.session, counts)) == []
    assert counts.removed > 0
    assert acts()[-2:] == ["retention run", "content removed"]


def _count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.usefixtures("context")
def test_who_came_back_is_kept_as_long_from_the_last_visit(clock: Any) -> None:
    first = appointment(name="Robin Returns")
    answered(first)
    patient_id, first_id = first.patient_id, first.id
    clock.pass_time(days=365 * 6)
    answered(another(db.session.get_one(type(first), first_id)))
    clock.pass_time(days=365 * 6)
    assert end_what_is_due().patients == 0
    clock.pass_time(days=365 * 5)
    assert end_what_is_due().patients == 1
    assert wrapped_key(patient_id) is None


@pytest.mark.usefixtures("context")
def test_a_dry_run_says_what_would_go_and_changes_nothing(clock: Any) -> None:
    _, patient_id = lived("Gone Example")
    clock.now = now().replace(year=now().year + YEARS + 1)
    before = acts()
    answer = run("--dry-run")
    assert answer.exit_code == 0
    assert "1 patients' content would become unreadable." in answer.output
    assert wrapped_key(patient_id) is not None
    assert acts() == before


@pytest.mark.usefixtures("context")
def test_a_second_run_finds_nothing_left(clock: Any) -> None:
    lived("Gone Example")
    clock.now = now().replace(year=now().year + YEARS + 1)
    assert end_what_is_due().patients == 1
    assert end_what_is_due().patients == 0
    assert acts().count("content removed") == 1
    assert acts().count("retention run") == 2


@pytest.mark.usefixtures("context")
def test_a_run_that_was_stopped_goes_on_where_it_was(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        lived(f"Gone {number}")
    clock.now = now().replace(year=now().year + YEARS + 1)
    done: list[Any] = []

    def killed_at_the_second(*args: Any) -> bool:
        if done:
            raise KeyboardInterrupt
        done.append(args)
        return remove_content(*args)

    monkeypatch.setattr(retention, "remove_content", killed_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        end_what_is_due()
    monkeypatch.undo()
    assert acts().count("content removed") == 1
    assert end_what_is_due().patients == 2
    assert acts().count("content removed") == 3


@pytest.mark.usefixtures("context")
def test_a_patient_who_came_back_meanwhile_is_left_alone(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    visit_id, patient_id = lived("Robin Returns")
    clock.now = now().replace(year=now().year + YEARS + 1)
    monkeypatch.setattr(retention, "patients_past", lambda *_: [patient_id])
    another(db.session.get_one(type(appointment()), visit_id))
    assert end_what_is_due().patients == 0
    assert wrapped_key(patient_id) is not None


@pytest.mark.usefixtures("context")
def test_what_is_short_lived_is_deleted_at_its_end_and_not_before(clock: Any) -> None:
    visit = appointment()
    with writing() as session:
        save_draft(visit, {"answers": {}}, now())
        session.add_all(
            [
                PatientSession(id_hash="p" * 64, data={}, created_at=now(), seen_at=now()),
                StaffSession(id_hash="s" * 64, data={}, created_at=now(), seen_at=now()),
                Tries(name="t" * 64, count=3, ends_at=now() + timedelta(hours=1)),
                Invitation(
                    user_id=1,
                    purpose="account",
                    token_hash="i" * 64,
                    created_at=now(),
                    expires_at=now() + timedelta(days=2),
                ),
                AccountNotice(user_id=1, at=now(), words="Your password was changed.", seen_at=now()),
                AccountNotice(user_id=1, at=now(), words="Not seen yet."),
            ]
        )
    assert set(end_what_is_due().counts.values()) == {0}
    clock.pass_time(days=1, seconds=1)
    counts = end_what_is_due().counts
    assert {name for name, number in counts.items() if number} == {
        "patient_sessions",
        "staff_sessions",
        "tries",
    }
    clock.pass_time(days=29)
    counts = end_what_is_due().counts
    assert {name for name, number in counts.items() if number} == {"drafts", "notices"}
    clock.pass_time(days=2)
    assert end_what_is_due().counts["invitations"] == 1
    assert _count(Draft) == 0
    assert [each.words for each in db.session.scalars(select(AccountNotice))] == ["Not seen yet."]


@pytest.mark.usefixtures("context")
def test_the_clinical_lead_looks_back_without_them(clock: Any) -> None:
    lived("Gone Example")
    start = now()
    clock.now = now().replace(year=now().year + YEARS + 1)
    run()
    db.session.rollback()
    weeks = 52 * (YEARS + 2)
    assert overrides_between(start - timedelta(days=1), now()) == []
    assert replay_past(current_protocol(), current_protocol(), weeks, now()).submissions == 0
    assert replay_ahead(current_protocol(), current_protocol(), start - timedelta(days=1)).looked_at == 0


@pytest.mark.parametrize(
    ("day", "years", "before"),
    [(date(2036, 2, 29), 10, date(2026, 2, 28)), (date(2036, 2, 29), 4, date(2032, 2, 29))],
)
def test_years_are_counted_on_the_calendar(day: date, years: int, before: date) -> None:
    moment = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    assert years_before(moment, years).date() == before


@pytest.mark.usefixtures("context")
def test_while_the_keys_are_in_use_it_says_so_and_a_later_run_clears_them(
    clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lived("Gone Example")
    clock.now = now().replace(year=now().year + YEARS + 1)
    monkeypatch.setattr(retention, "scrub", lambda _engine: False)
    assert "run this again" in run().output
    monkeypatch.undo()
    again = run()
    assert again.exit_code == 0
    assert "run this again" not in again.output
