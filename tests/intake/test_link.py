"""The patient's link: looked at by machines before people, guessed by strangers, and it ends when it must."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from screening.extensions import db
from screening.records.appointments import cancel_appointment
from screening.records.links import issue_link
from screening.records.transaction import writing
from screening.storage.models import Appointment, Draft, Link, PatientSession
from tests.conftest import Clock
from tests.support.acupuncture import WARFARIN
from tests.support.answering import begin, fields_for, follow
from tests.support.events import recorded_events
from tests.support.factories import DESK, NOTHING, anew, appointment, link

CORE = NOTHING | {"bleed.medicine": ["warfarin"]}


@pytest.fixture
def token(app: Flask) -> str:
    with app.app_context():
        return link(appointment(name="Robin Example"))


def test_links_share_no_half_and_come_from_no_id(app: Flask) -> None:
    with app.app_context():
        visit = appointment()
        with writing():
            tokens = [issue_link(anew(visit), visit.created_at, DESK) for _ in range(200)]
        visit_id = visit.id.hex
    # The rest is the same call that makes a token: its size is what matters.
    assert {len(token) for token in tokens} == {43}
    halves = {half for token in tokens for half in (token[:21], token[22:])}
    assert len(halves) == 2 * len(tokens)
    assert not any(visit_id[:12] in token for token in tokens)


def test_no_string_of_the_database_opens_a_form(app: Flask, client: Any, token: str) -> None:
    strings: set[str] = set()
    with app.app_context(), db.engine.connect() as connection:
        for table in inspect(db.engine).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608
                strings |= {str(value) for value in row if value is not None}
    assert token not in strings
    assert hashlib.sha256(token.encode()).hexdigest() in strings
    for string in strings:
        if re.fullmatch(r"[\w.-]{20,200}", string):
            assert client.get(f"/s/{string}").status_code == 404


def test_looking_at_a_link_spends_and_stores_and_tells_nothing(app: Flask, client: Any, token: str) -> None:
    def stored() -> Any:
        with app.app_context():
            link_row = db.session.scalars(select(Link)).one()
            return (
                link_row.opened_at,
                link_row.birth_date_failures,
                [event.number for event in recorded_events()],
                db.session.scalars(select(PatientSession.id_hash)).all(),
            )

    before = stored()
    for number in range(100):
        page = client.get(f"/s/{token}") if number % 2 else client.head(f"/s/{token}")
        assert page.status_code == 200
        assert "Set-Cookie" not in page.headers
        for private in ("Robin", "Example", "1980", "Pat Provider"):
            assert private not in page.text
    assert stored() == before
    assert begin(client, token).status_code == 200


def test_after_start_no_address_or_referrer_holds_the_link(client: Any, token: str) -> None:
    start = client.get(f"/s/{token}")
    assert start.headers["Referrer-Policy"] == "no-referrer"
    addresses = re.findall(r'(?:href|src)="([^"]+)"', start.text)
    assert addresses
    assert not [address for address in addresses if token in address]
    answer = client.send(start)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page = follow(client, answer)
    assert token not in page.request.url
    assert token not in page.text


def test_unknown_malformed_and_foreign_links_get_one_and_the_same_page(client: Any, token: str) -> None:
    tries = [
        "x",
        "A" * 43,
        token[:-1],
        token + "x",
        token.swapcase(),
        "%00",
        "..%2f",
        "0" * 5000,
        "ü",
        hashlib.sha256(token.encode()).hexdigest(),
    ]
    pages = [client.get(f"/s/{wrong}") for wrong in tries]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text for page in pages}) == 1
    assert len({str(page.headers) for page in pages}) == 1


def test_the_sixth_wrong_date_is_refused_everywhere_and_the_desk_gets_a_task(
    app: Flask, client: Any, desk_client: Any, token: str
) -> None:
    wrong = {"born-day": "1", "born-month": "1", "born-year": "1970"}
    page = follow(client, client.send(client.get(f"/s/{token}")))
    for _ in range(4):
        assert client.send(page, wrong).status_code == 422
    assert "link was closed" not in desk_client.get("/desk/").text
    assert client.send(page, wrong).status_code == 410
    right = {"born-day": "27", "born-month": "3", "born-year": "1980"}
    assert client.send(page, right).status_code == 410
    assert app.test_client().get(f"/s/{token}").status_code == 410
    with app.app_context():
        visit = db.session.scalars(select(Appointment.id)).one()
    page = desk_client.get(f"/desk/appointments/{visit}")
    assert "The link was closed after five wrong dates of birth" in page.text
    desk_client.send(page, button="Make a new link")
    assert "wrong dates of birth" not in desk_client.get(f"/desk/appointments/{visit}").text


@pytest.mark.drill
def test_a_hundred_phones_behind_one_address_are_served(app: Flask) -> None:
    with app.app_context():
        tokens = [link(appointment()) for _ in range(100)]
    for number, token in enumerate(tokens):
        phone: Any = app.test_client()
        page = follow(phone, phone.send(phone.get(f"/s/{token}")))
        if number % 4 == 0:
            page = phone.send(page, {"born-day": "1", "born-month": "1", "born-year": "1970"})
            assert page.status_code == 422
        right = {"born-day": "27", "born-month": "3", "born-year": "1980"}
        assert phone.send(page, right).status_code == 303


def test_who_guesses_over_many_links_has_to_wait_and_others_do_not(
    app: Flask, client: Any, clock: Clock
) -> None:
    wrong = {"born-day": "1", "born-month": "1", "born-year": "1970"}
    for _ in range(25):
        with app.app_context():
            token = link(appointment())
        page = follow(client, client.send(client.get(f"/s/{token}")))
        for _ in range(4):
            client.send(page, wrong)
    with app.app_context():
        token = link(appointment())
    page = client.send(client.get(f"/s/{token}"))
    assert client.get(page.location).status_code == 429
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert begin(elsewhere, token).status_code == 200
    clock.pass_time(hours=1)
    assert client.get(page.location).status_code == 200


ENDINGS: dict[str, Callable[[Appointment], object]] = {
    "cancelled": lambda visit: cancel_appointment(anew(visit), visit.created_at, DESK),
    "replaced": lambda visit: issue_link(anew(visit), visit.created_at, DESK),
}


@pytest.mark.parametrize("ending", [*ENDINGS, "expired"])
def test_a_link_that_ended_refuses_kindly_and_the_draft_stays(
    app: Flask, client: Any, token: str, clock: Clock, ending: str
) -> None:
    page = begin(client, token)
    page = follow(client, client.send(page, CORE, button="Continue"))
    if ending == "expired":
        clock.pass_time(hours=15)
    else:
        with app.app_context(), writing() as session:
            ENDINGS[ending](session.scalars(select(Appointment)).one())
    late = client.send(page, fields_for(page, WARFARIN), button="Continue")
    assert late.status_code == 410
    assert "Call us on" in late.text
    with app.app_context():
        assert db.session.scalars(select(Draft)).one().answers["answers"]["bleed.medicine"] == ["warfarin"]


def test_a_page_that_was_left_open_too_long_is_not_lost(app: Flask, client: Any, clock: Clock) -> None:
    with app.app_context():
        from datetime import timedelta

        token = link(appointment(clock.now + timedelta(days=5)))
    page = begin(client, token)
    clock.pass_time(days=4)
    late = client.send(page, NOTHING | {"bleed.medicine": ["warfarin"]}, button="Continue")
    assert late.status_code == 403
    assert "is not lost" in late.text
    begin(client, token)
    again = client.send(late, button="Send this page again")
    assert again.status_code == 422
    assert "Your answers are still here" in again.text
    assert follow(client, client.send(again, button="Continue")).request.path == "/s/more/1"
