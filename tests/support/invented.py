"""The invented clinic of the demo for tests in a real browser: made once, and a copy of it served to each test."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text
from werkzeug.serving import make_server

from config import Config
from screening.app import create_app
from screening.clock import system_clock
from screening.demo.clinic import SilentHandler, config_of, populate
from screening.extensions import db
from screening.storage import migrations
from tests.support.databases import close

PASSWORD = "an invented password"


@dataclass(frozen=True)
class Made:
    config: Config
    path: Path
    tokens: tuple[str, ...]
    day: date


class Invented:
    """Making the clinic costs more than most journeys through it. Its day is today, so tomorrow it is made again."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._made: Made | None = None

    def open(
        self, directory: Path, now: Callable[[], datetime] = system_clock, **settings: Any
    ) -> tuple[Flask, list[str]]:
        """An application on a copy of its own, and the tokens of the links to try."""
        made = self._of_today()
        copy = shutil.copy(made.path, directory / "demo.db")
        config = replace(made.config, database_url=f"sqlite:///{copy}", **settings)
        return create_app(config, now=now), list(made.tokens)

    def _of_today(self) -> Made:
        if self._made is None or self._made.day != _today(self._made.config):
            self._made = self._make()
        return self._made

    def _make(self) -> Made:
        config = replace(config_of(0, self._directory), hash_passwords_fast=True)
        path, day = self._directory / "demo.db", _today(config)
        for left in self._directory.glob("demo.db*"):
            left.unlink()
        app = create_app(config)
        with app.app_context():
            migrations.upgrade(db.engine)
            tokens = populate(PASSWORD)
            with db.engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        close(app)
        return Made(config, path, tuple(tokens), day)


def _today(config: Config) -> date:
    return datetime.now(config.clinic.zone).date()


@contextmanager
def serving(app: Flask, port: int = 0) -> Iterator[int]:
    """Gives the port."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=SilentHandler)
    # How often it looks whether it shall end: by itself, twice a second.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()
