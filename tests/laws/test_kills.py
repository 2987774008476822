"""The real server is killed while patients send their answers. What they were told is received is there (L9).

`SCREENING_DRILL_KILLS=50` (or `make drill KILLS=50`) kills it more often than the build does.
"""

import json
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from screening.account.invitations import add_user
from screening.app import create_app
from screening.extensions import db
from screening.maintenance.audit_chain import walk
from screening.storage.models import Submission
from tests.conftest import PASSWORD
from tests.support.answering import begin, fill_in, follow
from tests.support.factories import NOTHING, appointment, link
from tests.support.wire import Server, WireClient

pytestmark = pytest.mark.drill

KILLS = int(os.environ.get("SCREENING_DRILL_KILLS", "1"))
PATIENTS_PER_KILL = 6
AT_ONCE = 3
# The server answers with an error while it goes down; whoever asks then tries again.
BROKEN_OFF = (OSError, HTTPException, AssertionError)


@pytest.fixture
def server(tmp_path: Path, database_url: str) -> Iterator[Server]:
    server = Server(tmp_path, database_url)
    yield server
    server.stop()


class Ledger:
    """What patients were told, kept apart from the database."""

    def __init__(self, tokens: list[str]) -> None:
        self._waiting, self._lock = list(tokens), threading.Lock()
        self.told: dict[str, str] = {}
        self.tries = 0

    def next(self) -> str | None:
        with self._lock:
            return self._waiting.pop() if self._waiting else None

    def note(self, token: str, page: Any) -> None:
        with self._lock:
            self.told[token] = page.text


def answer(port: int, ledger: Ledger) -> None:
    """One patient after the other, each trying until told that the answers were received."""
    while (token := ledger.next()) is not None:
        while token not in ledger.told:
            ledger.tries += 1
            try:
                client: Any = WireClient(port)
                page = begin(client, token)
                if page.request.path != "/s/sent":
                    page = follow(
                        client, client.send(fill_in(client, page, NOTHING), button="Send my answers")
                    )
                assert page.status_code == 200
                ledger.note(token, page)
            except BROKEN_OFF:
                time.sleep(0.2)


def stored(server: Server) -> list[str]:
    """The references in the database, read by a process of its own."""
    app = create_app(server.config)
    with app.app_context():
        found = list(db.session.scalars(select(Submission.reference)))
        assert walk(db.session).broken is None
        db.session.rollback()
        db.engine.dispose()
    return found


def invite(server: Server, patients: int) -> list[str]:
    app = create_app(server.config)
    with app.app_context():
        add_user("provider@clinic.example", "Pat Provider", PASSWORD, ["provider"])
        tokens = [link(appointment()) for _ in range(patients)]
        db.engine.dispose()
    return tokens


def test_L9_nothing_acknowledged_is_lost_when_the_server_is_killed(server: Server) -> None:
    chance = random.Random(7)  # noqa: S311  (a drill is repeated, not guessed)
    ledger = Ledger(invite(server, PATIENTS_PER_KILL * (KILLS + 1)))
    server.start()
    people = [threading.Thread(target=answer, args=(server.port, ledger)) for _ in range(AT_ONCE)]
    for person in people:
        person.start()
    for kill in range(KILLS):
        while len(ledger.told) < (kill + 1) * PATIENTS_PER_KILL // 2:
            time.sleep(0.02)
        time.sleep(chance.random() / 2)
        server.kill()
        told = dict(ledger.told)
        found = stored(server)
        for page in told.values():
            assert any(reference in page for reference in found)
        server.start()
    for person in people:
        person.join()
    found = stored(server)
    assert len(ledger.told) == PATIENTS_PER_KILL * (KILLS + 1)
    assert len(found) == len(ledger.told), "a patient's answers were stored twice, or not at all"
    for page in ledger.told.values():
        assert sum(reference in page for reference in found) == 1
    assert ledger.tries > len(ledger.told), "no patient was disturbed: the drill missed its moment"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_worker_that_dies_is_replaced_and_others_go_on(server: Server) -> None:
    (token,) = invite(server, 1)
    server.start()
    server.kill_a_worker()
    with suppress(OSError):
        WireClient(server.port).get("/live")
    server.wait_until_it_says("Unexpected exit from worker")
    server.wait_until_ready()
    ledger = Ledger([token])
    answer(server.port, ledger)
    assert len(stored(server)) == 1
    assert token not in server.log


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_server_starts_without_a_warning_and_logs_json_only(server: Server) -> None:
    invite(server, 1)
    server.start()
    WireClient(server.port).get("/article/?x=canary")
    server.stop()
    lines = [json.loads(line) for line in server.log.splitlines()]
    assert {line["level"] for line in lines} == {"info"}
    assert "canary" not in server.log
    assert [line["route"] for line in lines if line["event"] == "request"][-1] == "/article/"
