"""Two people at the desk: the later one sees what is there now beside what they typed."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from screening.account.invitations import add_user
from screening.clock import now
from screening.extensions import db
from screening.records.appointments import cancel_appointment
from screening.records.transaction import writing
from screening.storage.models import Appointment, ArrivalCheck, Call
from tests.conftest import PASSWORD, still_here
from tests.support.acupuncture import WARFARIN
from tests.support.factories import DESK, anew, answered, appointment


@pytest.fixture
def visit(app: Flask) -> UUID:
    with app.app_context():
        return appointment().id


@pytest.fixture
def other_client(app: Flask, signed_in: Any) -> Any:
    with app.app_context():
        add_user("helper@clinic.example", "Hanna Helper", PASSWORD, ["front-desk"])
    return signed_in("helper")


def address(visit: UUID, more: str = "") -> str:
    return f"/desk/appointments/{visit}{more}"


def test_two_who_move_an_appointment_at_once(
    app: Flask, desk_client: Any, other_client: Any, visit: UUID
) -> None:
    old = desk_client.get(address(visit, "/change"))
    other_client.send(other_client.get(address(visit, "/change")), {"time": "14:15", "planned": ["MA", "EA"]})
    late = desk_client.send(old, {"time": "17:30", "contact": "020 7946 0999"})
    assert late.status_code == 409
    assert "Somebody else changed this appointment after you opened this page" in late.text
    table = late.text.partition('class="list changes"')[2].partition("</table>")[0]
    for words in ("14:15", "17:30", "020 7946 0999", "Electroacupuncture, Manual acupuncture", "the same"):
        assert words in table
    with app.app_context():
        assert db.session.get_one(Appointment, visit).planned == ["MA", "EA"]
    assert desk_client.send(late).status_code == 303
    with app.app_context():
        made = db.session.get_one(Appointment, visit)
        assert made.patient.contact == "020 7946 0999"
        assert made.planned == ["MA"]


def test_a_change_of_a_cancelled_appointment_shows_what_was_typed(
    app: Flask, desk_client: Any, visit: UUID
) -> None:
    old = desk_client.get(address(visit, "/change"))
    with app.app_context(), writing():
        cancel_appointment(anew(visit), now(), DESK)
    late = desk_client.send(old, {"time": "17:30"})
    assert late.status_code == 409
    assert "cancelled in the meantime" in late.text
    assert "17:30" in late.text
    assert "Save the change" not in late.text


def test_nobody_cancels_an_appointment_that_was_moved_meanwhile_unseen(
    app: Flask, desk_client: Any, other_client: Any, visit: UUID
) -> None:
    old = desk_client.get(address(visit, "/cancel"))
    other_client.send(other_client.get(address(visit, "/change")), {"time": "14:15"})
    late = desk_client.send(old)
    assert late.status_code == 409
    assert "14:15" in late.text
    assert desk_client.send(late).status_code == 303
    assert desk_client.send(late).status_code == 409


def test_a_page_without_a_mark_saves_nothing(desk_client: Any, visit: UUID) -> None:
    old = desk_client.get(address(visit, "/change"))
    assert desk_client.send(old, {"seen": None}).status_code == 409


def test_the_same_call_is_noted_once_and_the_second_note_stays(
    app: Flask, desk_client: Any, other_client: Any, visit: UUID
) -> None:
    with app.app_context():
        answered(db.session.get_one(Appointment, visit), WARFARIN)
    desk_client.send(desk_client.get(address(visit)), {"about": "The INR"}, button="Put the call on the list")
    old = desk_client.get(address(visit))
    other_client.send(other_client.get(address(visit)), {"what_was_said": "INR 2.4"}, button="Save the note")
    late = desk_client.send(old, {"what_was_said": "Nobody answered"}, button="Save the note")
    assert late.status_code == 409
    assert "Hanna Helper noted this call at 09:00" in late.text
    assert "Nobody answered" in late.text
    assert "INR 2.4" in late.text


def test_a_note_never_lands_on_another_call(
    app: Flask, desk_client: Any, other_client: Any, visit: UUID
) -> None:
    desk_client.send(desk_client.get(address(visit)), {"about": "The INR"}, button="Put the call on the list")
    old = desk_client.get(address(visit))
    other_client.send(other_client.get(address(visit)), {"what_was_said": "INR 2.4"}, button="Save the note")
    other_client.send(
        other_client.get(address(visit)), {"about": "The card"}, button="Put the call on the list"
    )
    late = desk_client.send(old, {"what_was_said": "INR 2.5"}, button="Save the note")
    assert late.status_code == 409
    assert "INR 2.5" in late.text
    with app.app_context():
        assert db.session.scalars(select(Call.about).where(Call.closed_at.is_(None))).all() == ["The card"]


def test_two_who_ask_for_a_call_at_once(app: Flask, desk_client: Any, other_client: Any, visit: UUID) -> None:
    old = desk_client.get(address(visit))
    other_client.send(
        other_client.get(address(visit)), {"about": "The INR"}, button="Put the call on the list"
    )
    late = desk_client.send(old, {"about": "The device card"}, button="Put the call on the list")
    assert late.status_code == 409
    assert "Hanna Helper asked for a call after you opened this page" in late.text
    assert "The INR" in late.text
    assert "The device card" in late.text
    assert desk_client.send(late, button="Add this to the call").status_code == 303
    with app.app_context():
        open_calls = db.session.scalars(select(Call.about).where(Call.closed_at.is_(None))).all()
        assert open_calls == ["The INR\nThe device card"]


def test_a_call_for_a_cancelled_appointment_is_refused_and_its_words_stay(
    app: Flask, desk_client: Any, visit: UUID
) -> None:
    old = desk_client.get(address(visit))
    with app.app_context(), writing():
        cancel_appointment(anew(visit), now(), DESK)
    late = desk_client.send(old, {"about": "The device card"}, button="Put the call on the list")
    assert late.status_code == 409
    assert "The device card" in late.text


@pytest.fixture
def arriving(app: Flask, clock: Any) -> UUID:
    with app.app_context():
        made = appointment(clock() + timedelta(days=1))
        answered(made)
        clock.pass_time(days=1)
        still_here(app, clock)
        return made.id


def test_L8_the_question_on_arrival_is_noted_once(
    app: Flask, desk_client: Any, other_client: Any, arriving: UUID
) -> None:
    old = desk_client.get(address(arriving))
    other_client.send(other_client.get(address(arriving)), button="Asked again")
    late = desk_client.send(old, button="Asked again")
    assert late.status_code == 409
    assert "Hanna Helper noted this at 09:00 already" in late.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ArrivalCheck)) == 1


def test_L8_nothing_has_changed_is_never_said_of_answers_that_nobody_saw(
    app: Flask, desk_client: Any, arriving: UUID, clock: Any
) -> None:
    old = desk_client.get(address(arriving))
    with app.app_context():
        answered(db.session.get_one(Appointment, arriving), WARFARIN, clock() - timedelta(days=1))
    late = desk_client.send(old, button="Asked again")
    assert late.status_code == 409
    assert "New answers came in meanwhile" in late.text
    with app.app_context():
        assert db.session.scalar(select(ArrivalCheck.id)) is None


def test_a_page_with_mistakes_still_knows_what_was_seen(
    app: Flask, desk_client: Any, other_client: Any, visit: UUID
) -> None:
    old = desk_client.get(address(visit, "/change"))
    other_client.send(other_client.get(address(visit, "/change")), {"time": "14:15"})
    wrong = desk_client.send(old, {"time": "25:00"})
    assert wrong.status_code == 422
    assert desk_client.send(wrong, {"time": "17:30"}).status_code == 409


def test_a_change_with_a_mistake_of_a_cancelled_appointment_says_that_it_is_closed(
    app: Flask, desk_client: Any, visit: UUID
) -> None:
    old = desk_client.get(address(visit, "/change"))
    with app.app_context(), writing():
        cancel_appointment(anew(visit), now(), DESK)
    late = desk_client.send(old, {"day": "2026-02-30"})
    assert late.status_code == 409
    assert "was cancelled or its session has begun" in late.text
