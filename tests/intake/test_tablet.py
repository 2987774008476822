"""The clinic's own tablet: started by a code that works once, and it forgets who used it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from screening.domain.states import State
from screening.extensions import db
from screening.records.tablet import issue_code
from screening.records.transaction import writing
from screening.storage.models import Appointment, Draft, Link, PatientSession, Submission
from tests.conftest import Clock, still_here
from tests.support.acupuncture import WARFARIN
from tests.support.answering import begin, fields_for, fill_in, follow
from tests.support.events import recorded_acts, recorded_events
from tests.support.factories import DESK, NOTHING, anew, appointment, link
from tests.support.pages import parsed, words

BORN = {"born-day": "27", "born-month": "3", "born-year": "1980"}


@pytest.fixture
def visit(app: Flask) -> UUID:
    with app.app_context():
        return appointment().id


@pytest.fixture
def code(app: Flask, desk_client: Any, visit: UUID) -> str:
    return code_of(desk_client, visit)


def code_of(desk_client: Any, visit: UUID) -> str:
    page = desk_client.send(
        desk_client.get(f"/desk/appointments/{visit}"), button="Make a code for the tablet"
    )
    assert page.status_code == 200
    found = re.search(r'class="reference">(\w{4}) (\w{4})<', page.text)
    assert found
    return found[1] + found[2]


def typed(tablet: Any, code: str) -> Any:
    return tablet.send(tablet.get("/s/tablet"), {"code": code})


def started(tablet: Any, code: str) -> Any:
    page = follow(tablet, typed(tablet, code))
    return follow(tablet, tablet.send(page, BORN, form=0))


def test_a_patient_answers_on_the_tablet_and_gives_it_back(app: Flask, client: Any, code: str) -> None:
    page = started(client, code)
    check = follow(client, client.send(page, fields_for(page, NOTHING), button="Continue"))
    sent = follow(client, client.send(check, button="Send my answers"))
    assert "We have your answers" in sent.text
    gone = client.send(sent, button="Give the tablet back")
    assert gone.location == "/s/tablet"
    assert gone.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    for path in ("/s/sent", "/s/questions", "/s/check", "/s/birth-date"):
        assert client.get(path).status_code == 403
    with app.app_context():
        assert db.session.scalars(select(Submission)).one().answers == NOTHING
        assert db.session.scalars(select(PatientSession)).all() == []


def test_the_code_works_once(client: Any, app: Flask, code: str) -> None:
    started(client, code)
    again = typed(app.test_client(), code)
    assert again.status_code == 422
    assert "does not open a form" in again.text


@pytest.mark.parametrize("change", [str.lower, lambda code: f" {code[:4]} - {code[4:]} "])
def test_the_code_may_be_typed_as_people_type(client: Any, code: str, change: Any) -> None:
    assert typed(client, change(code)).status_code == 303


def test_the_code_ends_after_ten_minutes(client: Any, code: str, clock: Clock) -> None:
    clock.pass_time(minutes=10)
    assert typed(client, code).status_code == 422


def test_the_code_is_no_link(client: Any, code: str) -> None:
    assert client.get(f"/s/{code}").status_code == 404


def test_a_link_is_no_code(app: Flask, client: Any, visit: UUID) -> None:
    with app.app_context():
        token = link(appointment())
    assert typed(client, token).status_code == 422


@pytest.mark.parametrize("wrong", ["", "AAAA2222", "\x00", "x" * 10_000, "' OR 1=1"])
def test_a_code_that_does_not_fit_says_what_to_do(client: Any, code: str, wrong: str) -> None:
    page = typed(client, wrong)
    assert page.status_code == 422
    assert "ask the front desk for a new one" in page.text


def test_guessing_codes_ends_soon(client: Any, app: Flask, code: str, clock: Clock) -> None:
    for number in range(20):
        assert "does not open" in typed(client, f"WRNG{number:04}").text
    assert "Too many codes" in typed(app.test_client(), code).text
    clock.pass_time(minutes=15)
    assert typed(client, code).status_code == 422


def test_the_tablet_begins_empty_and_drops_what_was_begun_elsewhere(
    app: Flask, client: Any, desk_client: Any, visit: UUID
) -> None:
    phone = app.test_client()
    with app.app_context():
        token = link(db.session.get_one(Appointment, visit))
    fill_in(phone, begin(phone, token), NOTHING | WARFARIN)
    assert (
        "what was begun elsewhere and not sent is dropped"
        in desk_client.get(f"/desk/appointments/{visit}").text
    )
    page = started(client, code_of(desk_client, visit))
    assert "checked" not in page.text
    with app.app_context():
        assert db.session.get(Draft, visit) is None


def test_each_page_on_the_tablet_has_the_way_out_and_no_other_page_has(
    app: Flask, client: Any, code: str
) -> None:
    page = started(client, code)
    assert "Give the tablet back" in page.text
    assert "tablet.js" in page.text
    with app.app_context():
        token = link(appointment())
    other = begin(app.test_client(), token)
    assert "Give the tablet back" not in other.text
    assert "tablet.js" not in other.text


def test_who_leaves_the_tablet_is_forgotten_even_without_a_script(
    client: Any, code: str, clock: Clock
) -> None:
    page = started(client, code)
    assert 'content="600; url=/s/tablet"' in page.text
    clock.pass_time(minutes=10)
    assert client.get("/s/questions").status_code == 403
    again = client.send(page, NOTHING, button="Continue")
    assert again.status_code == 403
    assert "Send this page again" not in again.text


def test_the_start_page_of_the_tablet_forgets_the_last_person(client: Any, code: str) -> None:
    started(client, code)
    page = client.get("/s/tablet")
    assert page.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'


def test_leaving_the_tablet_takes_our_own_button(client: Any, code: str) -> None:
    started(client, code)
    client.post("/s/tablet/give-back", data={"visit": "x"})
    assert client.get("/s/questions").status_code == 200


def test_wrong_dates_of_birth_close_the_tablet_too(client: Any, code: str) -> None:
    page = follow(client, typed(client, code))
    for _ in range(4):
        page = client.send(page, BORN | {"born-day": "1"}, form=0)
        assert page.status_code == 422
    assert client.send(page, BORN | {"born-day": "1"}, form=0).status_code == 410


def test_the_patients_own_link_stays_and_the_state_too(
    app: Flask, desk_client: Any, visit: UUID, client: Any
) -> None:
    with app.app_context():
        made = db.session.get_one(Appointment, visit)
        token = link(made)
        with writing():
            issue_code(anew(made), made.created_at, DESK)
    assert begin(client, token).status_code == 200
    assert client.get("/s/questions").status_code == 200


def test_a_code_alone_asks_nobody_anything(app: Flask, desk_client: Any, visit: UUID, code: str) -> None:
    assert State.NOT_SENT.label in words(parsed(desk_client.get(f"/desk/appointments/{visit}").text))
    assert State.NOT_SENT.label in words(parsed(desk_client.get("/desk/").text))


def test_the_code_and_each_step_are_recorded_and_the_code_is_kept_nowhere(
    app: Flask, client: Any, code: str
) -> None:
    page = started(client, code)
    client.send(page, button="Give the tablet back")
    with app.app_context():
        acts = recorded_acts()
        assert [act for act in acts if "tablet" in act] == [
            "tablet code issued",
            "tablet opened",
            "tablet closed",
        ]
        assert code not in str([event.on for event in recorded_events()])
        assert code not in str(db.session.scalars(select(Link.token_hash)).all())


def test_no_code_is_made_for_a_session_that_began(
    app: Flask, provider_client: Any, desk_client: Any, visit: UUID, clock: Clock
) -> None:
    page = desk_client.get(f"/desk/appointments/{visit}")
    with app.app_context(), writing() as session:
        session.get_one(Appointment, visit).started_at = clock.now
    still_here(app, clock)
    assert desk_client.send(page, button="Make a code for the tablet").status_code == 409
