"""A patient changes answers that were sent, through the front door, on both databases."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from screening.clock import now
from screening.domain.states import State
from screening.extensions import db
from screening.questionnaire import question_views
from screening.records.answers import draft_of
from screening.records.appointments import cancel_appointment
from screening.records.transaction import writing
from screening.storage.models import Appointment, Draft, SignOffVoid, Submission
from tests.support.acupuncture import APIXABAN, PREGNANT, WARFARIN, device, devices
from tests.support.answering import answer_everything, begin, fields_for, fill_in, follow
from tests.support.events import recorded_events
from tests.support.factories import DESK, NOTHING, anew, appointment, known, link, signed
from tests.support.pages import folded, form_fields, parsed, words


class Sent:
    """A patient who has sent answers for an appointment."""

    def __init__(self, visit: UUID, token: str) -> None:
        self.visit, self.token = visit, token


@pytest.fixture
def sent(app: Flask, client: Any) -> Sent:
    with app.app_context():
        visit = appointment()
        made = Sent(visit.id, link(visit))
    answer_everything(client, made.token, NOTHING | WARFARIN)
    return made


def versions(app: Flask) -> list[Submission]:
    with app.app_context():
        return list(db.session.scalars(select(Submission).order_by(Submission.number)))


def open_change(client: Any) -> Any:
    """From the page that says what was received to the one on which the change is checked."""
    return follow(client, client.send(client.get("/s/sent"), button="Change my answers"))


def change_first_page(client: Any, **changes: Any) -> Any:
    """Changes answers on the first page; gives the page that follows."""
    said = {name.replace("__", "."): value for name, value in changes.items()}
    return follow(client, client.send(client.get("/s/questions"), said, button="Continue"))


def state_of_visit(app: Flask, visit: UUID) -> State:
    with app.app_context():
        found = db.session.get(Appointment, visit)
        assert found is not None
        return known(found).state(now())


def test_L6_a_change_becomes_a_new_version_and_the_old_one_stays(app: Flask, client: Any, sent: Sent) -> None:
    (first,) = versions(app)
    check = open_change(client)
    assert check.request.path == "/s/check"
    check = change_first_page(client, preg__status="might-be")
    assert "What you change" in check.text
    done = follow(client, client.send(check, button="Send my changed answers"))
    old, new = versions(app)
    assert (old.answers, old.received_at, old.reference) == (
        first.answers,
        first.received_at,
        first.reference,
    )
    assert new.answers == first.answers | {"preg.status": "might-be"}
    assert (new.number, new.corrects_id, new.channel) == (2, first.id, "online")
    assert new.reference in done.text
    assert f"replace the ones with reference {first.reference}" in done.text


def test_the_check_page_shows_what_was_before_and_what_is_now(client: Any, sent: Sent) -> None:
    open_change(client)
    text = words(parsed(change_first_page(client, preg__status="might-be").text))
    assert re.search(r"could you be\? Before: No Now: I might be", text)
    assert "Before: Warfarin" not in text


def test_L7_a_change_voids_the_sign_off_and_goes_back_to_the_queue(
    app: Flask, client: Any, sent: Sent
) -> None:
    with app.app_context():
        found = db.session.get(Appointment, sent.visit)
        assert found is not None
        signed(found)
    assert state_of_visit(app, sent.visit) == State.READY
    open_change(client)
    check = change_first_page(client, preg__status="might-be")
    assert state_of_visit(app, sent.visit) == State.READY
    client.send(check, button="Send my changed answers")
    assert state_of_visit(app, sent.visit) == State.NEEDS_REVIEW
    with app.app_context():
        void = db.session.scalars(select(SignOffVoid)).one()
        caused = void.caused_by
        assert caused is not None
        assert (void.why, void.by, caused.number) == ("The patient corrected answers", "Patient", 2)


def test_L2_a_change_begins_with_the_answers_of_this_visit_and_no_other(
    app: Flask, client: Any, sent: Sent
) -> None:
    open_change(client)
    filled = form_fields(next(parsed(client.get("/s/questions").text).iter("form")))
    assert filled["bleed.medicine"] == ["warfarin"]
    with app.app_context():
        other = link(appointment())
    page = begin(app.test_client(), other)
    fresh = form_fields(list(parsed(page.text).iter("form"))[-1])
    assert "bleed.medicine" not in fresh


def test_nothing_changed_is_said_kindly_and_stores_nothing(app: Flask, client: Any, sent: Sent) -> None:
    check = open_change(client)
    assert "Nothing is different from what was sent" in check.text
    assert "Send my changed answers" not in check.text
    fields = form_fields(list(parsed(check.text).iter("form"))[-1])
    again = client.post("/s/check", data=fields)
    assert again.status_code == 200
    assert "Nothing is different from what was sent" in again.text
    assert len(versions(app)) == 1


def test_keeping_the_answers_ends_the_change(app: Flask, client: Any, sent: Sent) -> None:
    open_change(client)
    check = change_first_page(client, preg__status="might-be")
    done = follow(client, client.send(check, button="Keep my answers as they were"))
    assert done.request.path == "/s/sent"
    assert "You began to change" not in done.text
    assert "might be" not in open_change(client).text
    assert len(versions(app)) == 1


def test_a_change_that_was_left_is_found_again_beside_what_counts(
    app: Flask, client: Any, sent: Sent
) -> None:
    open_change(client)
    change_first_page(client, preg__status="might-be")
    other: Any = app.test_client()
    page = begin(other, sent.token)
    assert page.request.path == "/s/sent"
    assert "You began to change your answers" in page.text
    assert versions(app)[0].reference in page.text
    check = other.get("/s/check")
    other.send(check, button="Send my changed answers")
    assert len(versions(app)) == 2


def test_L9_sending_a_change_twice_stores_it_once(app: Flask, client: Any, sent: Sent) -> None:
    open_change(client)
    check = change_first_page(client, preg__status="might-be")
    first = client.send(check, button="Send my changed answers")
    second = client.send(check, button="Send my changed answers")
    assert first.location == second.location == "/s/sent"
    assert len(versions(app)) == 2


def test_answers_are_changed_again_and_again(app: Flask, client: Any, sent: Sent) -> None:
    for status in ("might-be", "no", "might-be"):
        open_change(client)
        check = change_first_page(client, preg__status=status)
        client.send(check, button="Send my changed answers")
    assert [each.answers["preg.status"] for each in versions(app)] == ["no", "might-be", "no", "might-be"]
    assert [each.corrects_id for each in versions(app)[1:]] == [each.id for each in versions(app)[:-1]]


@pytest.mark.parametrize("button", ["Change my answers", "Send my changed answers", "Keep my answers"])
def test_a_page_that_was_open_too_long_changes_nothing_and_loses_nothing(
    app: Flask, client: Any, sent: Sent, button: str
) -> None:
    page = client.get("/s/sent")
    if button != "Change my answers":
        open_change(client)
        page = change_first_page(client, preg__status="might-be")
    answer = client.send(page, {"csrf_token": "stale"}, button=button)
    assert answer.status_code == 422
    assert "open for a long time" in answer.text
    assert len(versions(app)) == 1
    assert client.send(answer, button=button).status_code == 303


def test_a_change_that_opens_a_question_leads_through_it(app: Flask, client: Any, sent: Sent) -> None:
    open_change(client)
    page = change_first_page(client, preg__status="yes")
    assert page.request.path == "/s/more/1"
    assert client.get("/s/check").location == "/s/more/1"
    check = fill_in(client, page, PREGNANT)
    client.send(check, button="Send my changed answers")
    assert versions(app)[1].answers == NOTHING | WARFARIN | PREGNANT


def test_answers_that_fall_away_are_shown_and_the_device_that_is_added_is_sent(
    app: Flask, client: Any, sent: Sent
) -> None:
    open_change(client)
    page = change_first_page(client, bleed__medicine=["none"], imp__any="yes")
    check = fill_in(client, page, devices(device("pacemaker")))
    assert "Answers that we dropped" in check.text
    client.send(check, button="Send my changed answers")
    assert versions(app)[1].answers == NOTHING | devices(device("pacemaker"))


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("started_at", "Your session has begun"),
        ("held_at", "This link has ended"),
        ("cancelled_at", "This appointment was cancelled"),
    ],
)
def test_nothing_is_changed_once_the_session_began_or_was_cancelled(
    app: Flask, client: Any, sent: Sent, end: str, said: str
) -> None:
    open_change(client)
    check = change_first_page(client, preg__status="might-be")
    with app.app_context(), writing():
        visit = db.session.get(Appointment, sent.visit)
        assert visit is not None
        if end == "cancelled_at":
            cancel_appointment(anew(visit), now(), DESK)
        else:
            setattr(visit, end, now())
    answers = [
        client.send(check, button="Send my changed answers"),
        client.post(
            "/s/change", data={"visit": form_fields(list(parsed(check.text).iter("form"))[-1])["visit"]}
        ),
    ]
    for answer in answers:
        assert answer.status_code == 410
        assert said in answer.text
    assert len(versions(app)) == 1


def test_without_a_confirmed_date_of_birth_nothing_is_changed(app: Flask, client: Any, sent: Sent) -> None:
    stranger: Any = app.test_client()
    for path in ("/s/change", "/s/keep"):
        assert stranger.post(path, data={"visit": ""}).status_code == 403
    stranger.send(stranger.get(f"/s/{sent.token}"))
    mark = form_fields(list(parsed(client.get("/s/sent").text).iter("form"))[-1])["visit"]
    for path in ("/s/change", "/s/keep"):
        assert stranger.post(path, data={"visit": mark}).status_code == 403
    with app.app_context():
        assert db.session.scalar(select(Draft.appointment_id)) is None


def test_before_anything_was_sent_there_is_nothing_to_change(app: Flask, client: Any) -> None:
    with app.app_context():
        token = link(appointment())
    page = begin(client, token)
    fields = form_fields(list(parsed(page.text).iter("form"))[-1])
    for path in ("/s/change", "/s/keep"):
        assert client.post(path, data=fields).status_code == 303
    assert not versions(app)
    assert client.get("/s/questions").status_code == 200


def test_two_windows_see_one_change_and_send_what_was_seen(app: Flask, client: Any, sent: Sent) -> None:
    open_change(client)
    check = change_first_page(client, preg__status="might-be")
    other: Any = app.test_client()
    begin(other, sent.token)
    other.send(other.get("/s/questions"), {"preg.status": "no", "also": ["o5"]}, button="Continue")
    answer = client.send(check, button="Send my changed answers")
    assert answer.status_code == 422
    assert "changed in another window" in answer.text
    assert len(versions(app)) == 1
    kept = client.send(check, button="Keep my answers as they were")
    assert kept.status_code == 422
    client.send(answer, button="Send my changed answers")
    assert versions(app)[1].answers["also"] == ["o5"]


def test_a_page_that_was_open_while_others_sent_loses_nothing_that_was_typed(
    app: Flask, client: Any, sent: Sent
) -> None:
    open_change(client)
    page = client.get("/s/questions")
    other: Any = app.test_client()
    begin(other, sent.token)
    other.send(other.get("/s/questions"), {"preg.status": "might-be"}, button="Continue")
    other.send(other.get("/s/check"), button="Send my changed answers")

    again = client.send(page, {"ask.provider": "Keep me"}, button="Continue")
    assert again.status_code == 409
    assert "were sent while this page was open" in folded(again.text)
    assert "I might be (for example my period is late)" in words(parsed(again.text))
    assert "Keep me" in again.text
    assert len(versions(app)) == 2
    assert draft_is_gone(app, sent.visit)

    check = follow(client, client.send(again, button="Continue"))
    assert check.request.path == "/s/check"
    assert "Keep me" in check.text
    client.send(check, button="Send my changed answers")
    assert versions(app)[2].answers["ask.provider"] == "Keep me"
    assert versions(app)[2].corrects_id == versions(app)[1].id


def draft_is_gone(app: Flask, visit: UUID) -> bool:
    with app.app_context():
        found = db.session.get(Appointment, visit)
        assert found is not None
        return draft_of(found) is None


def test_what_was_typed_to_questions_that_are_no_longer_asked_is_shown(
    app: Flask, client: Any, sent: Sent
) -> None:
    open_change(client)
    page = client.get("/s/more/1")
    other: Any = app.test_client()
    begin(other, sent.token)
    other.send(other.get("/s/questions"), {"bleed.medicine": ["none"]}, button="Continue")
    other.send(other.get("/s/check"), button="Send my changed answers")
    answer = client.send(page, {"bleed.inr.value": "3.7"}, button="Continue")
    assert answer.status_code == 409
    assert "3.7" in answer.text
    assert len(versions(app)) == 2


def test_an_old_check_page_shows_what_counts_now(app: Flask, client: Any, sent: Sent) -> None:
    open_change(client)
    check = change_first_page(client, preg__status="might-be")
    other: Any = app.test_client()
    begin(other, sent.token)
    other.send(other.get("/s/questions"), {"also": ["o5"]}, button="Continue")
    other.send(other.get("/s/check"), button="Send my changed answers")
    answer = client.send(check, button="Send my changed answers")
    assert answer.status_code == 409
    assert "Other answers count now" in answer.text
    assert versions(app)[1].reference in answer.text
    assert len(versions(app)) == 2


def test_a_page_that_says_what_was_sent_anyway_just_leads_on(app: Flask, client: Any, sent: Sent) -> None:
    open_change(client)
    page = client.get("/s/questions")
    client.send(client.get("/s/questions"), {"preg.status": "might-be"}, button="Continue")
    client.send(client.get("/s/check"), button="Send my changed answers")
    answer = client.send(page, {"preg.status": "might-be"}, button="Continue")
    assert (answer.status_code, answer.location) == (303, "/s/sent")


def test_L10_no_answer_stands_in_an_address_a_title_or_an_event(app: Flask, client: Any, sent: Sent) -> None:
    seen = [client.get("/s/sent"), open_change(client)]
    page = change_first_page(client, preg__status="yes", bleed__medicine=["apixaban"])
    while page.request.path != "/s/check":
        seen.append(page)
        page = follow(client, client.send(page, fields_for(page, PREGNANT | APIXABAN), button="Continue"))
    seen += [page, follow(client, client.send(page, button="Send my changed answers"))]
    titles = {words(next(parsed(each.text).iter("title"))).partition(" - ")[0] for each in seen}
    assert titles == {
        "We have your answers",
        "Check your answers before you send them",
        "A few more questions",
    }
    assert all(each.request.query_string == b"" for each in seen)
    assert all(re.fullmatch(r"/s/(sent|check|questions|more/\d)", each.request.path) for each in seen)
    with app.app_context():
        told = " ".join(f"{each.act} {each.on}" for each in recorded_events())
    assert not re.search("apixaban|warfarin|preg", told)


def test_L8_on_the_day_itself_what_holds_for_one_visit_is_asked_again(
    app: Flask, client: Any, clock: Any
) -> None:
    with app.app_context():
        visit = appointment(clock() + timedelta(days=2))
        token = link(visit)
    answer_everything(client, token, NOTHING | WARFARIN)
    clock.pass_time(days=2)
    begin(client, token)
    page = open_change(client)
    assert page.request.path == "/s/questions"
    filled = form_fields(next(parsed(page.text).iter("form")))
    assert not {"preg.status", "also"} & filled.keys()
    assert filled["bleed.medicine"] == ["warfarin"]
    check = follow(client, client.send(page, {"preg.status": "no", "also": ["none"]}, button="Continue"))
    assert "The answers are the same as before" in check.text
    client.send(check, button="Send my changed answers")
    first, second = versions(app)
    assert second.answers == first.answers
    assert second.fresh_until == first.fresh_until
    assert set(second.kept or {}) == set(first.answers) - {"preg.status", "also"}


def test_beginning_twice_opens_one_change(app: Flask, client: Any, sent: Sent) -> None:
    page = client.get("/s/sent")
    client.send(page, button="Change my answers")
    change_first_page(client, preg__status="might-be")
    again = follow(client, client.send(page, button="Change my answers"))
    assert "might be" in again.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Draft)) == 1


def test_L9_a_late_second_press_is_led_to_what_counts_now(app: Flask, client: Any) -> None:
    with app.app_context():
        token = link(appointment())
    first = fill_in(client, begin(client, token), NOTHING)
    client.send(first, button="Send my answers")
    open_change(client)
    client.send(change_first_page(client, preg__status="might-be"), button="Send my changed answers")
    late = client.send(first, button="Send my answers")
    assert (late.status_code, late.location) == (303, "/s/sent")
    assert len(versions(app)) == 2


def test_the_same_answers_from_another_change_are_not_taken_for_sent(
    app: Flask, client: Any, sent: Sent
) -> None:
    """Back to the first answers, in a window that others overtook: what counts now must be looked at."""
    open_change(client)
    client.send(change_first_page(client, preg__status="might-be"), button="Send my changed answers")
    open_change(client)
    back = change_first_page(client, preg__status="no")
    other: Any = app.test_client()
    begin(other, sent.token)
    other.send(other.get("/s/questions"), {"preg.status": "not-sure"}, button="Continue")
    other.send(other.get("/s/check"), button="Send my changed answers")
    late = client.send(back, button="Send my changed answers")
    assert late.status_code == 409
    assert "Other answers count now" in late.text


def test_what_others_send_at_the_very_moment_of_saving_is_not_overwritten(
    app: Flask, client: Any, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and writing another window sends: only what is seen under the lock counts."""
    open_change(client)
    page = client.get("/s/questions")
    other: Any = app.test_client()
    begin(other, sent.token)
    other.send(other.get("/s/questions"), {"preg.status": "might-be"}, button="Continue")
    check = other.get("/s/check")

    @contextmanager
    def after_others() -> Iterator[Any]:
        monkeypatch.undo()
        assert other.send(check, button="Send my changed answers").status_code == 303
        with writing() as session:
            yield session

    monkeypatch.setattr(question_views, "writing", after_others)
    late = client.send(page, {"ask.provider": "Keep me"}, button="Continue")
    assert late.status_code == 409
    assert "Keep me" in late.text
    assert draft_is_gone(app, sent.visit)
