"""Sessions live in the database: a cookie is an id, and ending a session works at once, for every copy of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from screening.extensions import db
from screening.storage.models import PatientSession, StaffSession, User
from screening.storage.models.people import new_mark
from screening.web.sessions import PATIENTS, STAFF
from tests.conftest import PASSWORD, Clock
from tests.support.factories import appointment, link


def rows(app: Flask, table: Any = StaffSession) -> int:
    with app.app_context():
        return int(db.session.scalar(select(func.count()).select_from(table)) or 0)


def copied(app: Flask, client: Any, name: str = "staff") -> Any:
    """A thief with a copy of the cookie."""
    thief = app.test_client()
    thief.set_cookie(name, client.get_cookie(name).value)
    return thief


def a_patient(app: Flask, client: Any) -> Any:
    with app.app_context():
        token = link(appointment())
    born = {"born-day": "27", "born-month": "3", "born-year": "1980"}
    page = client.send(client.get(f"/s/{token}"), {}).location
    assert client.send(client.get(page), born).status_code == 303
    return client


def test_a_cookie_is_a_random_id_and_nothing_else(app: Flask, desk_client: Any, client: Any) -> None:
    a_patient(app, client)
    for cookie in (desk_client.get_cookie("staff").value, client.get_cookie("patient").value):
        assert re.fullmatch(r"[\w-]{43}", cookie)
        with app.app_context():
            stored = [
                *db.session.scalars(select(StaffSession.id_hash)),
                *db.session.scalars(select(PatientSession.id_hash)),
            ]
        assert cookie not in stored


def test_looking_at_a_form_stores_nothing(app: Flask, client: Any) -> None:
    client.get("/staff/sign-in")
    client.get("/article/")
    assert (rows(app), rows(app, PatientSession)) == (0, 0)


def test_patients_and_staff_have_tables_of_their_own(app: Flask, desk_client: Any, client: Any) -> None:
    assert desk_client.get("/desk/").status_code == 200
    assert (rows(app), rows(app, PatientSession)) == (1, 0)
    a_patient(app, client)
    assert (rows(app), rows(app, PatientSession)) == (1, 1)


def test_signing_in_gives_a_new_id_and_the_old_one_is_dead(app: Flask, client: Any) -> None:
    page = client.get("/staff/sign-in")
    planted = copied(app, client)
    before = client.get_cookie("staff").value
    client.send(page, {"email": "desk@clinic.example", "password": PASSWORD})
    assert client.get_cookie("staff").value != before
    assert client.get("/desk/").status_code == 200
    assert planted.get("/desk/").status_code == 302


def test_starting_a_form_gives_a_new_id(app: Flask, client: Any) -> None:
    a_patient(app, client)
    planted = copied(app, client, "patient")
    with app.app_context():
        token = link(appointment())
    client.send(client.get(f"/s/{token}"), {})
    assert planted.get("/s/birth-date").status_code == 403
    assert client.get("/s/birth-date").status_code == 200


def test_a_copied_cookie_is_dead_after_signing_out(app: Flask, desk_client: Any) -> None:
    page = desk_client.get("/desk/")
    thief = copied(app, desk_client)
    assert thief.get("/desk/").status_code == 200
    desk_client.send(page, button="Sign out")
    assert thief.get("/desk/").status_code == 302
    assert rows(app) == 0


@pytest.mark.parametrize("change", ["password", "disabled", "role"])
def test_a_change_of_the_account_ends_what_it_must_at_once(app: Flask, desk_client: Any, change: str) -> None:
    assert desk_client.get("/desk/").status_code == 200
    with app.app_context():
        user = db.session.scalars(select(User).where(User.email == "desk@clinic.example")).one()
        if change == "password":
            user.fs_uniquifier = new_mark()
        elif change == "disabled":
            user.active = False
        else:
            user.roles = []
        db.session.commit()
    assert desk_client.get("/desk/").status_code in (302, 403)


def test_fifteen_idle_minutes_end_a_session_of_the_staff(app: Flask, desk_client: Any, clock: Clock) -> None:
    for _ in range(3):
        clock.pass_time(minutes=14)
        assert desk_client.get("/desk/").status_code == 200
    thief = copied(app, desk_client)
    clock.pass_time(minutes=15)
    assert desk_client.get("/desk/").status_code == 302
    assert thief.get("/desk/").status_code == 302
    assert rows(app) == 0


def test_a_page_that_looks_for_news_by_itself_does_not_keep_a_session_open(
    desk_client: Any, clock: Clock
) -> None:
    for _ in range(14):
        clock.pass_time(minutes=1)
        assert desk_client.get("/desk/", headers={"X-Background": "yes"}).status_code == 200
    clock.pass_time(minutes=1)
    assert desk_client.get("/desk/", headers={"X-Background": "yes"}).status_code == 302


def test_nobody_is_signed_in_longer_than_a_working_day(desk_client: Any, clock: Clock) -> None:
    for _ in range(71):
        clock.pass_time(minutes=10)
        assert desk_client.get("/desk/").status_code == 200
    clock.pass_time(minutes=10)
    assert desk_client.get("/desk/").status_code == 302


def test_being_here_is_noted_once_a_minute_at_most(app: Flask, desk_client: Any, clock: Clock) -> None:
    def seen() -> Any:
        with app.app_context():
            return db.session.scalar(select(StaffSession.seen_at))

    first = seen()
    clock.pass_time(seconds=50)
    desk_client.get("/desk/")
    assert seen() == first
    clock.pass_time(seconds=20)
    desk_client.get("/desk/")
    assert seen() == clock.now


def test_a_patients_session_ends_too_and_the_draft_stays(app: Flask, client: Any, clock: Clock) -> None:
    a_patient(app, client)
    assert client.get("/s/questions").status_code == 200
    clock.pass_time(hours=24)
    page = client.get("/s/questions")
    assert page.status_code == 403
    assert "Please open your link again" in page.text


def test_the_limits_are_those_of_the_field() -> None:
    assert (STAFF.idle, STAFF.at_most, STAFF.same_site) == (
        timedelta(minutes=15),
        timedelta(hours=12),
        "Strict",
    )
    assert PATIENTS.idle >= timedelta(hours=12)
    assert PATIENTS.at_most <= timedelta(days=3)
