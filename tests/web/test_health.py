"""`/live` and `/ready`: what a watchman asks. Both say only ok or not, to anybody."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from config import Config, DataKey
from screening.app import create_app
from screening.clock import now
from screening.extensions import db
from screening.records.protocol_releases import keep_version
from screening.records.transaction import writing
from screening.storage import migrations
from screening.storage.models import Installation, Publication
from tests.conftest import DATA_KEY, Clock, add_staff, config_for
from tests.support import faults
from tests.support.databases import close
from tests.support.factories import appointment, provider


def readiness(app: Flask) -> tuple[int, str]:
    answer = app.test_client().get("/ready")
    assert answer.mimetype == "text/plain"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.get("Retry-After") == (None if answer.status_code == 200 else "5")
    return answer.status_code, answer.text


OK, NOT = (200, "ok\n"), (503, "not ready\n")


@pytest.fixture
def clinic(database_url: str, clock: Clock) -> Iterator[Flask]:
    app = create_app(config_for(database_url), now=clock)
    with app.app_context():
        add_staff()
        appointment()
    yield app
    close(app)


def test_a_whole_service_is_ready(clinic: Flask) -> None:
    assert readiness(clinic) == OK


def test_live_needs_nothing(tmp_path: Path) -> None:
    answer = create_app(config_for(f"sqlite:///{tmp_path}/missing/none.db")).test_client().get("/live")
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "ok\n", "text/plain")
    assert "Set-Cookie" not in answer.headers


def test_without_a_database_nothing_is_ready(tmp_path: Path) -> None:
    assert readiness(create_app(config_for(f"sqlite:///{tmp_path}/missing/none.db"))) == NOT


@pytest.mark.parametrize(
    ("database_url", "fault"),
    [("sqlite", faults.sqlite_away), ("postgresql", faults.postgresql_away)],
    indirect=["database_url"],
)
def test_a_database_that_is_gone_is_noticed_and_so_is_its_return(clinic: Flask, fault: faults.Fault) -> None:
    with fault(clinic):
        assert readiness(clinic) == NOT
    assert OK in (readiness(clinic), readiness(clinic))


def test_a_step_that_is_missing_is_noticed(clinic: Flask) -> None:
    with clinic.app_context():
        migrations.downgrade(db.engine, "004")
        assert readiness(clinic) == NOT
        migrations.upgrade(db.engine)
    assert readiness(clinic) == OK


@contextmanager
def running(config: Config) -> Iterator[Flask]:
    """A further application on the same database."""
    app = create_app(config)
    try:
        yield app
    finally:
        close(app)


OTHER, NEW = DataKey("test", bytes(range(1, 33))), DataKey("new", bytes(range(32)))


@pytest.mark.parametrize(
    ("keys", "expected"), [((OTHER,), NOT), ((NEW,), NOT), ((NEW, DATA_KEY), OK), ((DATA_KEY, NEW), OK)]
)
def test_keys_that_do_not_open_what_is_stored_are_noticed(
    clinic: Flask, database_url: str, keys: tuple[DataKey, ...], expected: tuple[int, str]
) -> None:
    with running(replace(config_for(database_url), data_keys=keys)) as other:
        assert readiness(other) == expected


def test_a_protocol_in_use_that_breaks_its_laws_is_noticed(
    clinic: Flask, changed_protocol: Callable[[], Any]
) -> None:
    changed_protocol()
    assert readiness(clinic) == NOT


@pytest.fixture
def changed_protocol(clinic: Flask) -> Callable[[], Any]:
    """Somebody got a protocol past the checks and signed it, with rights on the database."""
    from screening.domain.protocol.loading import acupuncture, parse
    from tests.support.small_protocol import SMALL

    def change() -> None:
        broken = parse(SMALL.replace(", {question: imp.depend, unresolved: true}", ""))
        assert broken.digest != acupuncture().digest
        with clinic.app_context(), writing():
            keep_version(broken, now())
            lead = provider("lead@clinic.example")
            db.session.add(
                Publication(
                    digest=broken.digest, published_at=now(), by_id=lead.id, by_name=lead.name, note="by hand"
                )
            )

    return change


def test_the_invented_clinic_never_serves_a_real_one(clinic: Flask, database_url: str) -> None:
    with clinic.app_context(), writing() as session:
        session.add(Installation(name="demo", value="yes"))
    assert readiness(clinic) == OK
    with running(replace(config_for(database_url), address="https://localhost", is_demo=False)) as real:
        assert readiness(real) == NOT


def test_what_is_wrong_stands_in_the_log_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readiness(create_app(config_for(f"sqlite:///{tmp_path}/missing/none.db")))
    assert '"kind": "OperationalError"' in capsys.readouterr().err


def test_watchmen_may_ask_by_address_without_https_and_often(app: Flask, database_url: str) -> None:
    with running(
        replace(config_for(database_url), address="https://forms.example.org", is_demo=False)
    ) as real:
        client = real.test_client()
        assert {client.get("/live", base_url="http://127.0.0.1:8000").status_code for _ in range(1_500)} == {
            200
        }
        assert client.get("/ready", base_url="http://127.0.0.1:8000").text == "ok\n"
        assert client.get("/", base_url="https://127.0.0.1:8000").status_code == 400
