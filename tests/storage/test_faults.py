"""When the database is gone, slow, full, read-only or killed, nothing is called received that is not stored (L9)."""

import sqlite3
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from screening.app import create_app
from screening.extensions import db
from screening.maintenance.audit_chain import walk
from screening.records.answers import submissions_of
from screening.records.transaction import writing
from screening.storage.database import NotConfirmed
from screening.storage.models import Submission
from tests.conftest import PASSWORD, Clock, add_staff, config_for
from tests.support import faults
from tests.support.answering import begin, fields_for, fill_in, follow
from tests.support.databases import close
from tests.support.factories import NOTHING, answered, appointment, corrected, link
from tests.support.pages import PageClient, check_page

pytestmark = pytest.mark.drill

LONG = NOTHING | {"ask.provider": "Does it hurt? " * 60}


class Visitor(PageClient):
    """A client to whom errors of the server may happen, as to any patient."""

    open = FlaskClient.open


@pytest.fixture
def clinic(database_url: str, clock: Clock) -> Iterator[Flask]:
    """The application as a clinic runs it."""
    app = create_app(config_for(database_url), now=clock)
    app.test_client_class = Visitor
    with app.app_context():
        add_staff()
    yield app
    close(app)


def about_to_send(clinic: Flask) -> tuple[Any, Any]:
    """A patient who has answered everything and sees the answers once more."""
    with clinic.app_context():
        token = link(appointment())
    client: Any = clinic.test_client()
    return client, fill_in(client, begin(client, token), LONG)


def stored(clinic: Flask) -> list[str]:
    with clinic.app_context():
        return list(db.session.scalars(select(Submission.reference)))


def send(client: Any, page: Any) -> tuple[Any, float]:
    began = time.monotonic()
    answer = client.send(page, button="Send my answers")
    return answer, time.monotonic() - began


CASES = [
    *[pytest.param("sqlite", fault, id=fault.__name__) for fault in faults.SQLITE],
    *[pytest.param("postgresql", fault, id=fault.__name__) for fault in faults.POSTGRESQL],
    *[
        pytest.param(kind, faults.the_answer_is_lost, id=f"{kind}_answer_lost")
        for kind in ("sqlite", "postgresql")
    ],
]


@pytest.mark.parametrize(("database_url", "fault"), CASES, indirect=["database_url"])
def test_L9_what_the_database_cannot_take_is_not_called_received_and_can_be_sent_again(
    clinic: Flask, fault: faults.Fault, capsys: pytest.CaptureFixture[str]
) -> None:
    client, page = about_to_send(clinic)
    with fault(clinic):
        answer, seconds = send(client, page)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert seconds < 10
    assert "reference" not in answer.text
    assert "what you typed is still there" in answer.text
    check_page(answer.text)
    is_stored = bool(stored(clinic))
    assert not (is_stored and "Nothing was sent" in answer.text)
    assert LONG["ask.provider"][:12] not in answer.text + capsys.readouterr().err
    # No restart, nothing typed anew, nothing twice.
    sent = follow(client, client.send(answer, button="Send it again"))
    (reference,) = stored(clinic)
    assert reference in sent.text
    with clinic.app_context():
        assert walk(db.session).broken is None


@pytest.mark.parametrize(
    ("database_url", "fault"),
    [("sqlite", faults.sqlite_read_only), ("postgresql", faults.postgresql_read_only)],
    indirect=["database_url"],
)
def test_what_was_typed_on_any_page_is_sent_again_with_one_button(clinic: Flask, fault: faults.Fault) -> None:
    """Also where going back would lead to a page that cannot be shown either."""
    with clinic.app_context():
        token = link(appointment())
    client: Any = clinic.test_client()
    page = begin(client, token)
    typed = fields_for(page, NOTHING) | {"ask.provider": 'Two\r\nlines & "marks" <b>'}
    with fault(clinic):
        lost = client.send(page, typed, button="Continue")
        assert lost.status_code == 503
        lost = client.send(lost, button="Send it again")
    check = follow(client, client.send(lost, button="Send it again"))
    assert check.request.path == "/s/check"
    follow(client, client.send(check, button="Send my answers"))
    with clinic.app_context():
        (submission,) = db.session.scalars(select(Submission))
        assert submission.answers["ask.provider"].split() == ["Two", "lines", "&", '"marks"', "<b>"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_travels_along_from_the_doors_of_staff(clinic: Flask) -> None:
    client: Any = clinic.test_client()
    page = client.get("/staff/sign-in")
    with faults.sqlite_read_only(clinic):
        answer = client.send(page, {"email": "desk@clinic.example", "password": PASSWORD})
    assert answer.status_code == 503
    assert PASSWORD not in answer.text
    assert "Send it again" not in answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("fault", [faults.sqlite_away, faults.sqlite_full, faults.sqlite_read_only])
def test_pages_that_only_read_recover_too(clinic: Flask, fault: faults.Fault) -> None:
    client, page = about_to_send(clinic)
    with fault(clinic):
        send(client, page)
        client.get("/s/check")
    assert client.get("/s/check").status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_file_that_was_replaced_is_read_anew(clinic: Flask, tmp_path: Any) -> None:
    """A backup that is put in the place of the file counts at once, on connections that were open, too."""
    client, page = about_to_send(clinic)
    file = faults.file_of(clinic)
    other = sqlite3.connect(tmp_path / "copy.db")
    with sqlite3.connect(file) as original:
        original.backup(other)
    other.close()
    original.close()
    (tmp_path / "copy.db").replace(file)
    for end in ("-wal", "-shm"):
        file.with_name(file.name + end).unlink(missing_ok=True)
    send(client, page)
    answer, _ = send(client, page)
    follow(client, answer)
    (reference,) = stored(clinic)
    with sqlite3.connect(file) as fresh:
        assert fresh.execute("SELECT reference FROM submission").fetchone() == (reference,)
    fresh.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_standby_that_was_not_waited_for_is_no_success(clinic: Flask) -> None:
    """PostgreSQL cancels the wait with a warning, and commits here alone."""
    client, page = about_to_send(clinic)
    with faults.as_owner(clinic) as owner:
        owner.execute("ALTER SYSTEM SET synchronous_standby_names = 'a_standby_that_is_down'")
        faults.read_settings_anew(owner, "synchronous_standby_names", "a_standby_that_is_down")
        try:
            answer, seconds = send(client, page)
        finally:
            owner.execute("ALTER SYSTEM RESET synchronous_standby_names")
            faults.read_settings_anew(owner, "synchronous_standby_names", "")
    assert answer.status_code == 503
    assert "We are not sure that it arrived" in answer.text
    assert seconds < 10
    assert len(stored(clinic)) == 1
    answer, _ = send(client, page)
    (reference,) = stored(clinic)
    assert reference in follow(client, answer).text


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_warning_of_another_kind_does_not_undo_a_success(clinic: Flask) -> None:
    with clinic.app_context():
        with writing() as session:
            session.execute(text("DO $$ BEGIN RAISE WARNING 'about a statement'; END $$"))
        with pytest.raises(NotConfirmed):
            _commit_with_a_warning()


def _commit_with_a_warning() -> None:
    with writing() as session:
        for statement in (
            "CREATE TEMPORARY TABLE warned (a int) ON COMMIT DROP",
            "CREATE FUNCTION pg_temp.warn() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE WARNING 'about the commit'; RETURN NULL; END $$",
            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON warned INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION pg_temp.warn()",
            "INSERT INTO warned VALUES (1)",
        ):
            session.execute(text(statement))


def test_who_met_a_database_that_is_gone_does_not_wait_for_it_twice(
    clinic: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from screening.storage.database import GivenUp, give_up

    with clinic.app_context():
        give_up()
        with pytest.raises(GivenUp), writing():
            pass


def test_the_clock_may_jump_backwards(app: Flask, client: Any, clock: Clock) -> None:
    with app.app_context():
        booked = appointment(clock.now + timedelta(days=2))
        first = answered(booked)
        clock.pass_time(hours=-30)
        second = corrected(booked, first, {"imp.any": "not-sure"})
        assert [each.id for each in submissions_of(booked.id)] == [second.id, first.id]
        assert walk(db.session).broken is None


def test_the_clock_may_jump_backwards_while_a_patient_answers(clinic: Flask, clock: Clock) -> None:
    with clinic.app_context():
        token = link(appointment(clock.now + timedelta(days=2)))
    clock.pass_time(hours=20)
    client: Any = clinic.test_client()
    page = fill_in(client, begin(client, token), LONG)
    clock.pass_time(hours=-19)
    sent = follow(client, send(client, page)[0])
    (reference,) = stored(clinic)
    assert reference in sent.text
    follow(client, send(client, page)[0])
    assert len(stored(clinic)) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_settings_of_the_running_application_keep_what_it_stores(clinic: Flask) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    found: list[dict[str, Any]] = []

    def look() -> str:
        with writing() as session:
            found.append({name: session.scalar(text(f"PRAGMA {name}")) for name in (*wanted, "busy_timeout")})
            # A second writer is kept out from the first moment on, before anything was written.
            other = sqlite3.connect(faults.file_of(clinic), timeout=0, isolation_level=None)
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
            other.close()
        return ""

    clinic.view_functions["home"] = look
    assert clinic.test_client().get("/").status_code == 200
    (settings,) = found
    assert 1_000 < settings.pop("busy_timeout") <= 5_000
    assert settings == wanted


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_gives_up_in_time(clinic: Flask) -> None:
    found: dict[str, str] = {}

    def look() -> str:
        for name in ("statement_timeout", "lock_timeout", "synchronous_commit"):
            found[name] = str(db.session.scalar(text(f"SHOW {name}")))
        return ""

    clinic.view_functions["home"] = look
    assert clinic.test_client().get("/").status_code == 200
    assert found == {
        "statement_timeout": "5s",
        "lock_timeout": "5s",
        "synchronous_commit": "on",
    }


def test_waits_of_one_request_add_up_to_less_than_ten_seconds(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from screening import logs
    from screening.storage.database import patience

    assert patience() == 60
    with app.test_request_context("/"):
        assert 4.9 < patience() <= 5
        for spent, left in ((6.0, 3.0), (8.9, 0.1), (20.0, 0.1)):
            monkeypatch.setattr("screening.storage.database.seconds_since_start", lambda spent=spent: spent)
            assert patience() == pytest.approx(left)
    assert logs.seconds_since_start() == 0
