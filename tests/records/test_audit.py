"""Who did what, on what, when and from where: one event for every act, in its own transaction, or no act at all."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any

import pytest
from flask import Flask, g, request_started
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from screening.clock import now
from screening.extensions import db
from screening.lead import verification_report
from screening.maintenance.audit_chain import head_of, walk
from screening.maintenance.reconciliation import mismatches
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.links import issue_link
from screening.records.transaction import writing
from screening.storage.models import Appointment, Base, Event
from tests.support.acupuncture import WARFARIN
from tests.support.events import recorded_events
from tests.support.factories import DESK, anew, answered, appointment, link
from tests.support.journey_steps import journey

# Who is here now is no record: it may change without an event.
_NO_RECORDS = ("event", "patient_session", "staff_session", "tries")


@pytest.fixture(autouse=True)
def proved_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof itself is tested elsewhere, and takes seconds."""
    monkeypatch.setattr(
        verification_report, "_checked", lambda _protocol: verification_report.CheckResult((), "")
    )


def events(app: Flask) -> list[Event]:
    with app.app_context():
        return recorded_events()


def stored(app: Flask) -> dict[str, list[Any]]:
    with app.app_context(), db.engine.connect() as connection:
        return {
            table.name: sorted(map(str, connection.execute(text(f'SELECT * FROM "{table.name}"'))))  # noqa: S608
            for table in Base.metadata.sorted_tables
            if table.name not in _NO_RECORDS
        }


def test_every_act_leaves_its_event_once(app: Flask, signed_in: Callable[[str], Any]) -> None:
    step, seen = "", 0
    for step, press, leaves in journey(app, signed_in):
        before = len(events(app))
        press()
        left = events(app)[before:]
        assert tuple(each.act for each in left) == leaves, step
        _says_who_when_and_where(left, step)
        seen += 1
    assert seen > 20
    with app.app_context():
        assert walk(db.session).broken is None
        assert list(mismatches(db.session)) == []


def _says_who_when_and_where(left: list[Event], step: str) -> None:
    for each in left:
        assert each.at.tzinfo == UTC, step
        assert each.actor_kind, step
        assert (each.actor_id is None) == (each.actor_kind in ("patient", "system")), step
        is_command = each.act in ("user added", "invitation made", "retention run")
        assert each.on.get("from") == (None if is_command else "127.0.0.1"), step


@contextmanager
def blocked(app: Flask) -> Iterator[None]:
    """Nothing more can be written among the events."""
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
    make = (
        "CREATE TRIGGER blocked BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'blocked'); END"
        if is_sqlite
        else "CREATE TRIGGER blocked BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    _execute(app, make)
    try:
        yield
    finally:
        _execute(app, "DROP TRIGGER blocked" if is_sqlite else "DROP TRIGGER blocked ON event")


def _execute(app: Flask, statement: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(statement))


def test_no_event_no_act(app: Flask, signed_in: Callable[[str], Any]) -> None:
    for step, press, leaves in journey(app, signed_in):
        before, number = stored(app), len(events(app))
        with blocked(app), pytest.raises(DBAPIError):
            press()
        assert stored(app) == before, step
        assert len(events(app)) == number, step
        press()
        assert tuple(each.act for each in events(app)[number:]) == leaves, step


def test_an_event_says_the_request_that_it_belongs_to(app: Flask, desk_client: Any) -> None:
    def number(_app: Flask) -> None:
        g.request_id = "0123abcd"

    with request_started.connected_to(number, app):
        desk_client.get("/provider/")
    (event,) = [each for each in events(app) if each.act == "access refused"]
    assert event.on == {"page": "provider.my_day", "from": "127.0.0.1", "request": "0123abcd"}


def test_a_refusal_tells_nothing_about_a_patient(app: Flask, desk_client: Any) -> None:
    with app.app_context():
        visit = appointment(name="Robin Example").id
    desk_client.get(f"/provider/appointments/{visit}?x=Robin")
    (event,) = [each for each in events(app) if each.act == "access refused"]
    assert event.on == {"page": "provider.appointment", "from": "127.0.0.1", "request": event.on["request"]}
    assert event.actor_id is not None


@pytest.mark.parametrize("address", ["not an address", "10.0.0.1\r\nforged", "\x1b[2J", "", None])
def test_an_address_that_is_none_is_unknown(app: Flask, address: str | None) -> None:
    with app.test_request_context(environ_overrides={"REMOTE_ADDR": address}), writing() as session:
        event = record(session, Act.LINK_ISSUED, DESK, now())
        assert event.on["from"] == "unknown"


FORGED = "Robin\r\n2026-11-23 signed off \x1b[31mstop\x1b[0m\u2028\u202e"


def test_U3_nothing_that_is_typed_can_forge_an_event_or_a_line(app: Flask, caplog: Any) -> None:
    """Names never get there; what else is passed along is written as codes."""
    with app.app_context(), caplog.at_level(logging.INFO):
        by = Actor("front-desk", 1, FORGED)
        with writing() as session:
            event = record(session, Act.PLAN_CHANGED, by, now(), version=FORGED, long="x" * 1_000)
            held = dict(event.on)
        assert held["version"].startswith("Robin\\r\\n2026")
        assert all(value.isprintable() and len(value) <= 200 for value in held.values())
        assert walk(db.session).broken is None
    assert all("\n" not in each.getMessage() and "Robin" not in each.getMessage() for each in caplog.records)


def test_U3_events_hold_no_answers_names_or_tokens(app: Flask) -> None:
    with app.app_context():
        visit = appointment(name="Marguerite Canary")
        token = link(visit)
        answered(visit, WARFARIN | {"ask.provider": "canary-words"})
        told = json.dumps([each.on for each in recorded_events()])
    for canary in ("Canary", "Marguerite", token, "warfarin", "canary-words", "robin@mail.example", "1980"):
        assert canary not in told


def test_after_each_commit_the_head_goes_to_the_log(app: Flask, caplog: Any) -> None:
    with app.app_context(), caplog.at_level(logging.INFO, logger="screening.audit"):
        visit = appointment()
        caplog.clear()
        link(visit)
        (line,) = [each.getMessage() for each in caplog.records if each.name == "screening.audit"]
        head = head_of(db.session)
        assert json.loads(line) == {"event": "audit head", "number": head.number, "hash": head.hash}


def test_what_was_rolled_back_is_not_told(app: Flask, caplog: Any) -> None:
    with app.app_context(), caplog.at_level(logging.INFO, logger="screening.audit"):
        visit = appointment()
        caplog.clear()
        with pytest.raises(RuntimeError):
            _begun_and_failed(visit)
        with writing():
            pass
        assert [each for each in caplog.records if each.name == "screening.audit"] == []


def _begun_and_failed(visit: Appointment) -> None:
    with writing():
        issue_link(anew(visit), now(), DESK)
        raise RuntimeError
