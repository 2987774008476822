"""Where a member of staff is signed in: each place is shown, and ended by its owner alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from screening.extensions import db
from screening.storage.models import StaffSession
from tests.conftest import Clock
from tests.support.signing_in import acts, last_event

ACCOUNT = "/staff/account"
ELSEWHERE = "In another browser"


def places(page: Any) -> list[str]:
    section = page.text.partition('id="signed-in"')[2].partition("</ul>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in section.split("<li>")[1:]]


@pytest.fixture
def both(signed_in: Any, clock: Clock) -> tuple[Any, Any]:
    """Two browsers of one person; the second was signed in ten minutes later."""
    first = signed_in("desk")
    clock.pass_time(minutes=10)
    return first, signed_in("desk")


def test_every_place_is_shown_with_its_times(both: tuple[Any, Any], signed_in: Any, clock: Clock) -> None:
    first, second = both
    signed_in("provider")
    clock.pass_time(minutes=3)
    assert places(second.get(ACCOUNT)) == [
        "Here , since 09:10 , last used at 09:10",
        "In another browser, since 09:00 , last used at 09:00 Sign out there , signed in since 09:00",
    ]
    assert first.get("/desk/").status_code == 200
    assert "last used at 09:13" in places(second.get(ACCOUNT))[1]


def test_what_has_ended_by_itself_is_not_shown(both: tuple[Any, Any], clock: Clock) -> None:
    _, second = both
    clock.pass_time(minutes=6)
    assert not any(ELSEWHERE in place for place in places(second.get(ACCOUNT)))


def test_one_place_ends_at_once_and_the_others_go_on(app: Flask, both: tuple[Any, Any]) -> None:
    first, second = both
    answer = second.send(second.get(ACCOUNT), button="Sign out there, signed in since 09:00")
    assert answer.location == ACCOUNT
    assert first.get("/desk/").status_code == 302
    page = second.get(ACCOUNT)
    assert "You are signed out there." in page.text
    assert not any(ELSEWHERE in place for place in places(page))
    assert last_event(app, "session ended").actor_kind == "staff"


def test_it_is_said_when_a_place_had_ended_already(app: Flask, both: tuple[Any, Any]) -> None:
    first, second = both
    page = second.get(ACCOUNT)
    first.send(first.get("/desk/"), button="Sign out")
    answer = second.send(page, button="Sign out there, signed in since 09:00")
    assert answer.status_code == 409
    assert "This had ended already." in answer.text
    assert "session ended" not in acts(app)


def test_nobody_ends_the_session_of_somebody_else(app: Flask, both: tuple[Any, Any], signed_in: Any) -> None:
    first, second = both
    page = second.get(ACCOUNT)
    with app.app_context():
        mine = set(db.session.scalars(select(StaffSession.id_hash)))
    other = signed_in("provider")
    with app.app_context():
        (theirs,) = set(db.session.scalars(select(StaffSession.id_hash))) - mine
    for id_hash in (theirs, "x" * 64, ""):
        answer = second.send(page, {"session": id_hash}, button="Sign out there, signed in since 09:00")
        assert answer.status_code == 409
    assert (first.get("/desk/").status_code, other.get("/provider/").status_code) == (200, 200)
