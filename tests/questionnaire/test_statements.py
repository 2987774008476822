"""How often a patient's page asks the database, and how often it works out its pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from screening.clock import now
from screening.extensions import db
from screening.questionnaire import routing
from screening.questionnaire.routing import Journey
from screening.records.transaction import writing
from tests.support.acupuncture import WARFARIN
from tests.support.answering import begin, fields_for, fill_in, follow
from tests.support.factories import NOTHING, add_appointments, another, answered, appointment, link, signed

ANSWERS = NOTHING | WARFARIN
MOST = {"start": 4, "questions": 5, "page": 10, "page again": 10, "check": 5, "send": 14, "sent": 6}
"""Each statement, also those that begin a transaction or wait for the lock."""


@contextmanager
def counted(app: Flask, counts: dict[str, int], name: str) -> Iterator[None]:
    with app.app_context():
        engine = db.engine

    def note(*_statement: Any) -> None:
        counts[name] = counts.get(name, 0) + 1

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", note)


def walk(app: Flask, token: str) -> dict[str, int]:
    """A patient from the link to the page that says that all was received."""
    counts: dict[str, int] = {}
    client: Any = app.test_client()
    page = begin(client, token)
    for name, address in (("start", f"/s/{token}"), ("questions", "/s/questions")):
        with counted(app, counts, name):
            assert client.get(address).status_code == 200
    for name in ("page", "page again"):
        with counted(app, counts, name):
            answer = client.send(page, fields_for(page, ANSWERS), button="Continue")
    check = fill_in(client, follow(client, answer), ANSWERS)
    with counted(app, counts, "check"):
        assert client.get(check.request.path).status_code == 200
    with counted(app, counts, "send"):
        answer = client.send(check, button="Send my answers")
    with counted(app, counts, "sent"):
        assert "We have your answers" in client.get(answer.location).text
    return counts


def test_a_patients_pages_are_held_to_a_number_of_statements_however_full_the_clinic_is(app: Flask) -> None:
    with app.app_context():
        answered(appointment())
        token = link(appointment())
    few = walk(app, token)
    assert {name: count for name, count in few.items() if count > MOST[name]} == {}
    with app.app_context():
        for _ in range(10):
            answered(appointment(), ANSWERS)
        add_appointments(10_000)
        token = link(appointment())
    assert walk(app, token) == few


def returning(app: Flask) -> str:
    """A link for somebody whose answers were signed a while ago, several times over."""
    with app.app_context():
        visit = appointment(now() - timedelta(days=3))
        for _ in range(5):
            answered(visit, ANSWERS)
        signed(visit)
        return link(another(visit))


def test_who_returns_costs_no_statement_more(app: Flask) -> None:
    counts: dict[str, int] = {}
    client: Any = app.test_client()
    page = begin(client, returning(app))
    assert "Has anything changed since" in page.text
    with counted(app, counts, "questions"):
        client.get(page.request.path)
    with counted(app, counts, "page"):
        answer = client.send(page, {"unchanged:preg.status": "same"}, button="Continue")
    assert answer.status_code in (303, 422)
    assert {name: count for name, count in counts.items() if count > MOST[name]} == {}


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[Journey]:
    """Every journey whose pages were worked out, in order."""
    seen: list[Journey] = []
    original: Callable[[Journey], Any] = routing.worked_out

    def noted(journey: Journey) -> Any:
        seen.append(journey)
        return original(journey)

    monkeypatch.setattr(routing, "worked_out", noted)
    return seen


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_pages_are_worked_out_once_in_a_request(app: Flask, worked_out: list[Journey]) -> None:
    client: Any = app.test_client()
    with app.app_context():
        page = begin(client, link(appointment()))
    worked_out.clear()
    client.get(page.request.path)
    assert len(worked_out) == 1
    worked_out.clear()
    answer = client.send(page, fields_for(page, ANSWERS), button="Continue")
    before, after = worked_out
    assert (before.answers, dict(after.answers).keys() >= NOTHING.keys()) == ({}, True)
    check = fill_in(client, follow(client, answer), ANSWERS)
    worked_out.clear()
    client.get(check.request.path)
    assert len(worked_out) == 1
    worked_out.clear()
    client.send(check, button="Send my answers")
    assert len(worked_out) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_returns_has_the_old_answers_worked_out_once_too(app: Flask, worked_out: list[Journey]) -> None:
    client: Any = app.test_client()
    page = begin(client, returning(app))
    worked_out.clear()
    client.get(page.request.path)
    own, earlier = worked_out
    assert own.answers == {}
    assert len(earlier.answers) > 1


def test_a_lock_is_held_for_nobody_without_a_link(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    entered: Counter[str] = Counter()
    monkeypatch.setattr("screening.questionnaire.question_views.writing", lambda: entered.update(["lock"]))
    assert client.post("/s/questions", data={"page": "core"}).status_code == 403
    assert not entered


def test_what_is_posted_is_read_only_under_the_lock(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the answers that was read before may decide what is stored."""
    client: Any = app.test_client()
    with app.app_context():
        page = begin(client, link(appointment()))
    seen: list[str] = []

    @contextmanager
    def noted() -> Iterator[Any]:
        with writing() as session:
            seen.append("LOCKED")
            yield session
        seen.append("DONE")

    monkeypatch.setattr("screening.questionnaire.question_views.writing", noted)

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    client.send(page, fields_for(page, ANSWERS), button="Continue")
    event.remove(engine, "before_cursor_execute", note)
    outside = seen[: seen.index("LOCKED")] + seen[seen.index("DONE") :]
    assert not [each for each in outside if any(name in each for name in ("draft", "submission", "link"))]
