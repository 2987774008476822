"""The front desk's pages through the front door."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from screening.clock import now
from screening.domain.decisions import Decision
from screening.domain.protocol.loading import parse
from screening.domain.states import State
from screening.extensions import db
from screening.records.appointments import cancel_appointment
from screening.records.calls import ask_for_call
from screening.records.protocol_versions import current_protocol
from screening.records.queue import day_rows
from screening.records.sessions import hold_session
from screening.records.transaction import writing
from screening.storage.models import Appointment, Link
from tests.conftest import still_here
from tests.support.acupuncture import PREGNANT, WARFARIN, device, devices
from tests.support.answering import answer_everything
from tests.support.databases import one_database
from tests.support.events import recorded_events
from tests.support.factories import (
    DESK,
    NOTHING,
    anew,
    answered,
    appointment,
    link,
    provider,
    provider_actor,
    signed,
)

NEW = {
    "name": "Joan Newcomer",
    "born": "1971-06-30",
    "contact": "joan@mail.example",
    "day": "2026-11-23",
    "time": "15:30",
    "planned": ["MA", "EA"],
}


@pytest.fixture
def visit(app: Flask) -> Any:
    with app.app_context():
        return appointment().id


def new_for(app: Flask, **changes: Any) -> dict[str, Any]:
    with app.app_context():
        return NEW | {"provider": str(provider().id)} | changes


def states_today(app: Flask) -> dict[str, State]:
    with app.test_request_context():
        return {row.patient: row.state for row in day_rows(now().date())}


def every_state(at: datetime) -> None:
    """One appointment in each state, called by its name."""

    def add(state: State, answers: dict[str, Any] | None = None, earlier: int = 0) -> Appointment:
        made = appointment(at + timedelta(hours=1), name=state.label)
        if answers is not None:
            answered(made, answers, at - timedelta(days=earlier))
        return made

    add(State.NOT_SENT)
    link(add(State.WAITING))
    called = add(State.CALL, WARFARIN)
    with writing():
        ask_for_call(anew(called), "Which medicine?", at, provider_actor())
    add(State.OUT_OF_DATE, WARFARIN, earlier=40)
    add(State.NEEDS_REVIEW, WARFARIN)
    signed(add(State.DO_NOT_TREAT, WARFARIN), Decision.REFER)
    signed(add(State.POSTPONED, WARFARIN), Decision.POSTPONE, (at + timedelta(days=5)).date())
    signed(add(State.READY_WITH_CHANGES, WARFARIN), Decision.ADAPT)
    signed(add(State.READY, {}))
    done = add(State.DONE, {})
    signed(done)
    with writing():
        hold_session(anew(done), at, provider_actor())
    cancelled = add(State.CANCELLED)
    with writing():
        cancel_appointment(anew(cancelled), at, DESK)


def test_the_queue_shows_every_state_with_its_count(app: Flask, desk_client: Any) -> None:
    with app.app_context():
        every_state(now())
    assert states_today(app) == {state.label: state for state in State}
    page = desk_client.get("/desk/").text
    for state in State:
        assert f"<strong>1</strong> <span>{state.label}</span>" in page


def test_a_filter_shows_one_state_and_leaves_the_counts_alone(app: Flask, desk_client: Any) -> None:
    with app.app_context():
        every_state(now())
    for state in State:
        page = desk_client.get(f"/desk/?state={state.code}").text
        shown = re.findall(r'class="whole-row"[^>]*>([^<]+)<', page)
        assert shown == [state.label]
        assert page.count("<strong>1</strong>") == len(State), state


def test_a_name_is_found_whatever_its_case(app: Flask, desk_client: Any) -> None:
    with app.app_context():
        appointment(name="Zoë Östlund")
        appointment(name="Robin Example")
    page = desk_client.get("/desk/?q=östl").text
    assert "Zoë Östlund" in page
    assert "Robin Example" not in page


@pytest.mark.parametrize(
    "query",
    [
        "day=yesterday",
        "day=2026-02-30",
        "day=0001-01-01",
        "day=9999-12-31",
        "state=unknown",
        "days=99",
        "q=%00%27--",
    ],
)
def test_an_odd_filter_is_said_and_never_fails(desk_client: Any, query: str) -> None:
    assert desk_client.get(f"/desk/?{query}").status_code == 200


def test_a_day_without_appointments_says_what_to_do(desk_client: Any) -> None:
    assert "Add the first one" in desk_client.get("/desk/").text


def test_a_filter_without_a_match_says_what_to_do(desk_client: Any, visit: Any) -> None:
    assert "Show all of them" in desk_client.get("/desk/?q=nobody").text


def test_a_day_is_the_clinic_s_day(app: Flask, desk_client: Any) -> None:
    with app.app_context():
        # Half past midnight in a London summer is still yesterday in UTC.
        appointment(datetime(2026, 6, 22, 23, 30, tzinfo=UTC), name="Night Owl")
    assert "Night Owl" in desk_client.get("/desk/?day=2026-06-23").text
    assert "Night Owl" not in desk_client.get("/desk/?day=2026-06-22").text


def test_an_appointment_is_added_and_then_asks_for_a_link(app: Flask, desk_client: Any) -> None:
    page = desk_client.get("/desk/new?day=2026-11-23")
    answer = desk_client.send(page, new_for(app))
    assert answer.status_code == 303
    shown = desk_client.get(answer.location).text
    assert "Joan Newcomer" in shown
    assert "30 June 1971" in shown
    assert "15:30" in shown
    assert "Electroacupuncture" in shown
    assert "Make a link" in shown


BAD: list[tuple[str, Any, str]] = [
    ("name", "", "full name"),
    ("name", "x" * 121, "at most 120"),
    ("name", "a\x00b", "cannot be stored"),
    ("name", ["one", "two"], "Give one answer only"),
    ("born", "", "real day"),
    ("born", "1971-02-30", "real day"),
    ("born", "2031-01-01", "not in the future"),
    ("born", "٢٠٢٠-01-01", "real day"),
    ("contact", "", "phone number"),
    ("day", "23/11/2026", "real day"),
    ("day", "99999-01-01", "real day"),
    ("time", "25:00", "between 00:00"),
    ("time", "9.30", "between 00:00"),
    ("time", "", "between 00:00"),
    ("provider", "", "Choose one"),
    ("provider", "999", "Choose one"),
    ("provider", "0x1", "Choose one"),
    ("planned", ["XX"], "Choose only"),
    ("planned", ["MA", "MA"], "Choose only"),
]


@one_database
@pytest.mark.parametrize(("field", "value", "message"), BAD)
def test_a_bad_appointment_gets_a_clear_message_and_keeps_the_rest(
    app: Flask, desk_client: Any, field: str, value: Any, message: str
) -> None:
    answer = desk_client.send(desk_client.get("/desk/new"), new_for(app, **{field: value}))
    assert answer.status_code == 422
    assert message in answer.text
    if field != "contact":
        assert "joan@mail.example" in answer.text
    with app.app_context():
        assert db.session.scalar(select(Appointment.id)) is None


def test_an_hour_that_the_clocks_skip_is_refused(app: Flask, desk_client: Any) -> None:
    answer = desk_client.send(desk_client.get("/desk/new"), new_for(app, day="2026-03-29", time="01:30"))
    assert answer.status_code == 422
    assert "does not exist" in answer.text


def test_a_page_that_was_open_too_long_keeps_what_was_typed(app: Flask, desk_client: Any) -> None:
    answer = desk_client.send(desk_client.get("/desk/new"), new_for(app, csrf_token="stale"))
    assert answer.status_code == 422
    assert "open for a long time" in answer.text
    assert "Joan Newcomer" in answer.text
    assert desk_client.send(answer).status_code == 303


def test_a_link_is_shown_once_and_opens_the_form(
    app: Flask, desk_client: Any, client: Any, visit: Any
) -> None:
    address = f"/desk/appointments/{visit}"
    page = desk_client.send(desk_client.get(address), button="Make a link")
    token = re.findall(r"http://localhost/s/([\w-]+)", page.text)[0]
    assert token not in desk_client.get(address).text
    answer_everything(client, token, NOTHING)
    assert "Needs review" in desk_client.get(address).text
    with app.app_context():
        assert token not in str(db.session.scalars(select(Link.token_hash)).all())


def test_a_second_link_ends_the_first(app: Flask, desk_client: Any, visit: Any) -> None:
    address = f"/desk/appointments/{visit}"
    desk_client.send(desk_client.get(address), button="Make a link")
    desk_client.send(desk_client.get(address), button="Make a new link")
    with app.app_context():
        assert sorted(link.revoked_at is None for link in db.session.scalars(select(Link))) == [False, True]


def test_the_desk_sees_tasks_and_no_answer_until_it_opens_them(
    app: Flask, desk_client: Any, visit: Any
) -> None:
    said = PREGNANT | WARFARIN | devices(device("pacemaker")) | {"ask.provider": "A secret wish"}
    with app.app_context():
        answered(db.session.get(Appointment, visit), said)  # type: ignore[arg-type]
    address = f"/desk/appointments/{visit}"
    for page in (desk_client.get("/desk/"), desk_client.get("/desk/day-sheet"), desk_client.get(address)):
        for answer in ("Warfarin", "Pacemaker", "13-27 weeks", "A secret wish", "Yes, I am"):
            assert answer not in page.text
    shown = desk_client.get(address)
    assert "device clinic" in shown.text
    assert "#safety-implants" in shown.text
    opened = desk_client.send(shown, button="Open the answers").text
    for answer in ("Warfarin", "Pacemaker", "13-27 weeks", "A secret wish", "Yes, I am"):
        assert answer in opened
    with app.app_context():
        assert [each.act for each in recorded_events()].count("answers opened") == 1


def test_an_administrator_never_opens_answers(app: Flask, signed_in: Any, visit: Any) -> None:
    with app.app_context():
        answered(db.session.get(Appointment, visit))  # type: ignore[arg-type]
    admin = signed_in("admin")
    assert "Open the answers" not in admin.get(f"/desk/appointments/{visit}").text
    assert admin.post(f"/desk/appointments/{visit}/answers").status_code == 403


def test_moving_an_appointment_makes_old_answers_out_of_date(
    app: Flask, desk_client: Any, visit: Any
) -> None:
    with app.app_context():
        answered(db.session.get(Appointment, visit), {"bleed.medicine": ["aspirin"], "bleed.why": "other"})  # type: ignore[arg-type]
    page = desk_client.get(f"/desk/appointments/{visit}/change")
    assert desk_client.send(page, {"day": "2027-01-25"}).status_code == 303
    assert "Out of date" in desk_client.get(f"/desk/appointments/{visit}").text


def test_cancelling_takes_a_page_of_its_own_and_ends_everything(
    app: Flask, desk_client: Any, visit: Any
) -> None:
    page = desk_client.get(f"/desk/appointments/{visit}/cancel")
    assert desk_client.send(page).status_code == 303
    assert "Cancelled" in desk_client.get(f"/desk/appointments/{visit}").text
    assert desk_client.send(page).status_code == 409


def test_a_call_is_asked_for_and_noted(app: Flask, desk_client: Any, visit: Any) -> None:
    with app.app_context():
        answered(db.session.get(Appointment, visit), WARFARIN)  # type: ignore[arg-type]
    address = f"/desk/appointments/{visit}"
    empty = desk_client.send(desk_client.get(address), button="Put the call on the list")
    assert empty.status_code == 422
    desk_client.send(
        desk_client.get(address), {"about": "Ask for the INR"}, button="Put the call on the list"
    )
    page = desk_client.get(address)
    assert "Waiting for our call" in page.text
    desk_client.send(page, {"what_was_said": "INR 2.4 on Monday"}, button="Save the note")
    page = desk_client.get(address)
    assert "Needs review" in page.text
    assert "INR 2.4 on Monday" in page.text


def test_L8_who_answered_before_the_day_is_asked_again_on_arrival(
    app: Flask, desk_client: Any, clock: Any
) -> None:
    with app.app_context():
        visit = appointment(clock() + timedelta(days=1))
        answered(visit)
        address = f"/desk/appointments/{visit.id}"
    assert "You can note this on the day" in desk_client.get(address).text
    clock.pass_time(days=1)
    still_here(app, clock)
    assert "Ask again on arrival" in desk_client.get("/desk/").text
    desk_client.send(desk_client.get(address), button="Asked again")
    assert "Ask again on arrival" not in desk_client.get("/desk/").text
    assert "nothing changed" in desk_client.get(address).text


def test_an_appointment_that_does_not_exist_says_so(desk_client: Any) -> None:
    for path in ("", "/change", "/cancel"):
        assert desk_client.get(f"/desk/appointments/{uuid4()}{path}").status_code == 404
    assert desk_client.get("/desk/appointments/1").status_code == 404


def test_staff_pages_say_that_the_protocol_is_a_draft(desk_client: Any, visit: Any) -> None:
    for path in ("/desk/", "/desk/new", "/desk/day-sheet", f"/desk/appointments/{visit}"):
        assert "not yet signed by a clinical lead" in desk_client.get(path).text


def test_the_day_sheet_says_when_it_was_printed(desk_client: Any, visit: Any) -> None:
    page = desk_client.get("/desk/day-sheet").text
    assert "Printed Monday 23 November 2026 at 09:00" in page
    assert "Robin Example" in page


def test_a_filter_survives_opening_an_appointment_and_acting_on_it(app: Flask, desk_client: Any) -> None:
    with app.app_context():
        appointment()
    page = desk_client.get("/desk/?day=2026-11-23&state=not-sent&q=robin")
    (address,) = re.findall(r'class="whole-row" href="([^"]+)"', page.text)
    opened = desk_client.get(address.replace("&amp;", "&"))
    list_address = "/desk/?day=2026-11-23&amp;state=not-sent&amp;q=robin"
    assert list_address in opened.text
    asked = desk_client.send(opened, {"about": "The date"}, button="Put the call on the list")
    assert list_address in desk_client.get(asked.location).text


def test_a_patient_returns_and_is_asked_everything_anew(app: Flask, desk_client: Any, visit: Any) -> None:
    with app.app_context():
        answered(db.session.get(Appointment, visit), WARFARIN)  # type: ignore[arg-type]
    page = desk_client.get(f"/desk/appointments/{visit}/another")
    assert desk_client.send(page).status_code == 422
    answer = desk_client.send(page, {"day": "2026-11-30", "time": "10:00"})
    assert answer.status_code == 303
    shown = desk_client.get(answer.location).text
    assert "Robin Example" in shown
    assert "Not sent" in shown
    with app.app_context():
        assert len({each.patient_id for each in db.session.scalars(select(Appointment))}) == 1


def test_problems_are_listed_in_the_order_of_the_page(desk_client: Any) -> None:
    answer = desk_client.send(desk_client.get("/desk/new"))
    summary = answer.text.partition('class="error-summary"')[2].partition("</div>")[0]
    assert re.findall(r'href="#(\w+)"', summary) == ["name", "born", "contact", "day", "time", "provider"]


@pytest.fixture
def called(app: Flask, visit: Any) -> str:
    """The address of an appointment for which a call is open."""
    with app.app_context():
        made = db.session.get(Appointment, visit)
        assert made is not None
        answered(made, WARFARIN)
        with writing():
            ask_for_call(anew(made), "Which medicine?", now(), provider_actor())
    return f"/desk/appointments/{visit}"


def test_a_note_about_a_call_that_somebody_else_noted_is_not_lost(desk_client: Any, called: str) -> None:
    page = desk_client.get(called)
    desk_client.send(page, {"what_was_said": "Nobody answered"}, button="Save the note")
    answer = desk_client.send(page, {"what_was_said": "It is apixaban"}, button="Save the note")
    assert answer.status_code == 409
    assert "Your note was not saved" in answer.text
    assert "It is apixaban" in answer.text


def test_a_note_never_closes_a_question_that_its_writer_has_not_seen(
    app: Flask, desk_client: Any, called: str, visit: Any
) -> None:
    page = desk_client.get(called)
    with app.app_context(), writing():
        made = db.session.get(Appointment, visit)
        assert made is not None
        ask_for_call(anew(made), "And which hospital?", now(), provider_actor())
    answer = desk_client.send(page, {"what_was_said": "It is apixaban"}, button="Save the note")
    assert answer.status_code == 409
    assert "And which hospital?" in answer.text
    assert "It is apixaban" in answer.text
    assert "Waiting for our call" in desk_client.get("/desk/").text
    assert desk_client.send(answer, button="Save the note").status_code == 303


@pytest.mark.parametrize("typed", ["Ask for the dose", ""])
def test_a_call_that_somebody_else_asked_for_hides_nothing_typed(
    app: Flask, desk_client: Any, visit: Any, typed: str
) -> None:
    address = f"/desk/appointments/{visit}"
    page = desk_client.get(address)
    desk_client.send(page, {"about": "The date"}, button="Put the call on the list")
    answer = desk_client.send(
        page, {"about": typed, "csrf_token": "stale"}, button="Put the call on the list"
    )
    assert answer.status_code == 422
    assert typed in answer.text
    with app.app_context(), writing():
        made = db.session.get(Appointment, visit)
        assert made is not None
        cancel_appointment(anew(made), now(), DESK)
    answer = desk_client.send(
        page, {"about": typed, "csrf_token": "stale"}, button="Put the call on the list"
    )
    assert answer.status_code == 422
    assert typed in answer.text


def test_flags_keep_the_words_of_the_version_that_they_were_raised_under(
    app: Flask, desk_client: Any, visit: Any
) -> None:
    with app.app_context():
        answered(db.session.get(Appointment, visit), WARFARIN)  # type: ignore[arg-type]
        before = current_protocol()
        text_of = before.text.replace('version: "1"', 'version: "2"', 1)
        title = before.topics["bleeding"].title
        assert f"title: {title}" in text_of
        app.extensions["protocol"] = parse(text_of.replace(f"title: {title}", "title: Renamed topic", 1))
    page = desk_client.get(f"/desk/appointments/{visit}").text
    assert f"<h3>{title}</h3>" in page
    assert "Renamed topic" not in page


@pytest.mark.parametrize("path", ["/cancel", "/change", "/another"])
def test_a_filter_survives_a_page_and_its_way_back(
    app: Flask, desk_client: Any, visit: Any, path: str
) -> None:
    query = "day=2026-11-23&days=7&state=not-sent&q=robin"
    page = desk_client.get(f"/desk/appointments/{visit}{path}?{query}")
    assert f"/desk/appointments/{visit}?{query}".replace("&", "&amp;") in page.text
    answer = desk_client.send(page, {} if path == "/cancel" else {"day": "2026-11-23", "time": "18:00"})
    assert answer.status_code == 303
    assert answer.location.endswith(query)


@pytest.mark.parametrize("path", ["/desk/new", "/desk/day-sheet"])
def test_a_filter_survives_what_is_opened_above_the_list(desk_client: Any, path: str) -> None:
    query = "?day=2026-11-23&amp;days=7&amp;state=not-sent&amp;q=robin"
    page = desk_client.get("/desk/" + query.replace("&amp;", "&"))
    assert f"{path}{query}" in page.text
    assert f"/desk/{query}" in desk_client.get(path + query.replace("&amp;", "&")).text


def test_the_day_sheet_asks_for_the_same_as_the_queue(app: Flask, desk_client: Any) -> None:
    with app.app_context():
        every_state(now())
    for path in ("/desk/", "/desk/day-sheet"):
        page = desk_client.get(path).text
        for task, count in (
            ("Give the patient a link", 1),
            ("Remind the patient", 1),
            ("Ask the patient to answer again", 1),
            ("Tell the patient and rebook", 2),
            ("The provider reviews the answers", 1),
        ):
            assert page.count(task) == count, (path, task)


def test_a_paper_has_no_box_for_nothing(app: Flask, desk_client: Any) -> None:
    with app.app_context():
        visit = appointment()
        answered(visit, {"bleed.medicine": ["aspirin"], "bleed.why": "other"})
        signed(visit)
    page = desk_client.get("/desk/day-sheet").text
    assert "Nothing before the visit" in page
    assert "☐ Nothing" not in page
