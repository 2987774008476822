"""Answers by phone, through the front door, on both databases."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from screening.clock import now
from screening.domain.states import State
from screening.extensions import db
from screening.records.answers import submissions_of
from screening.records.appointments import cancel_appointment
from screening.records.transaction import writing
from screening.storage.models import Appointment, SignOffVoid, Submission
from tests.conftest import still_here
from tests.support.acupuncture import PREGNANT, WARFARIN
from tests.support.answering import answer_everything, begin, fields_for, fill_in, follow
from tests.support.databases import one_database
from tests.support.events import recorded_events
from tests.support.factories import DESK, NOTHING, anew, answered, appointment, known, link, signed
from tests.support.pages import find, folded, form_fields, parsed, words

CALLER = {"said_name": "y", "born": "1980-03-27", "who": "patient"}
DAUGHTER = CALLER | {"who": "other", "name": "Maria Lopez", "relation": "daughter"}


@pytest.fixture
def visit(app: Flask) -> UUID:
    with app.app_context():
        return appointment().id


def found(visit: UUID) -> Appointment:
    row = db.session.get(Appointment, visit)
    assert row is not None
    return row


def address(visit: UUID, path: str = "") -> str:
    return f"/desk/appointments/{visit}{path}"


def call(client: Any, visit: UUID, caller: dict[str, Any] | None = None) -> Any:
    """Begins a call from the appointment's page; gives the page that it leads to."""
    assert "Take the answers by phone" in client.get(address(visit)).text
    start = client.get(address(visit, "/phone"))
    return follow(client, client.send(start, caller or CALLER, button="Begin the questions"))


def versions(app: Flask, visit: UUID) -> list[Submission]:
    """Oldest first, with what their words need."""
    with app.app_context():
        rows = submissions_of(visit)[::-1]
        for row in rows:
            assert row.corrects is None or row.corrects.number
        return rows


def state_of_visit(app: Flask, visit: UUID) -> State:
    with app.app_context():
        return known(visit).state(now())


def acts(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        return [(each.act, each.actor_kind) for each in recorded_events()]


def test_the_desk_takes_the_first_answers(app: Flask, desk_client: Any, visit: UUID) -> None:
    answers = NOTHING | PREGNANT | WARFARIN
    page = call(desk_client, visit)
    assert "Read each question aloud as it is written" in page.text
    assert "Robin Example" in page.text
    check = fill_in(desk_client, page, answers)
    sent = follow(desk_client, desk_client.send(check, button="Send the answers"))
    (stored,) = versions(app, visit)
    assert stored.answers == answers
    assert (stored.channel, stored.answered_by, stored.entered_by_id) == ("phone", None, 1)
    assert stored.reference in sent.text
    assert state_of_visit(app, visit) == State.NEEDS_REVIEW
    assert ("answers received", "front-desk") in acts(app)
    assert ("answers by phone begun", "front-desk") in acts(app)


def test_who_answers_for_the_patient_is_kept_and_shown(
    app: Flask, desk_client: Any, provider_client: Any, visit: UUID
) -> None:
    check = fill_in(desk_client, call(desk_client, visit, DAUGHTER), NOTHING)
    assert "Maria Lopez (daughter) answers" in check.text
    desk_client.send(check, button="Send the answers")
    (stored,) = versions(app, visit)
    assert stored.answered_by == {"name": "Maria Lopez", "relation": "daughter"}
    how = "by phone, answered by Maria Lopez (daughter), typed by Dana Desk"
    assert desk_client.get(address(visit)).text.count(how) == 2
    assert provider_client.get(f"/provider/appointments/{visit}").text.count(how) == 2


def test_L2_nothing_is_chosen_when_a_call_for_a_new_visit_begins(app: Flask, desk_client: Any) -> None:
    with app.app_context():
        earlier = appointment()
        answered(earlier, PREGNANT)
        visit = appointment().id
    start = desk_client.get(address(visit, "/phone"))
    chosen = form_fields(list(parsed(start.text).iter("form"))[-1])
    assert {name for name, values in chosen.items() if any(values)} == {"csrf_token"}
    page = call(desk_client, visit)
    sent = form_fields(list(parsed(page.text).iter("form"))[-1])
    assert {name for name, values in sent.items() if any(values)} == {"csrf_token", "page", "draft"}


def test_L2_a_blank_page_is_not_taken_by_phone_either(app: Flask, desk_client: Any, visit: UUID) -> None:
    again = desk_client.send(call(desk_client, visit), button="Continue")
    assert again.status_code == 422
    assert again.text.count('class="field-error"') == 5
    assert not versions(app, visit)


MISSING = [
    ({"said_name": None}, "Ask the caller for the full name"),
    ({"born": ""}, "Enter a real day"),
    ({"born": "27 3 1980"}, "Enter a real day"),
    ({"who": None}, "Choose who answers"),
    ({"who": "nobody"}, "Choose who answers"),
    ({"who": "other", "relation": "daughter"}, "Write the name of the person"),
    ({"who": "other", "name": "Maria Lopez"}, "Write the relation"),
    ({"who": "patient", "name": "Maria Lopez"}, "Leave this empty"),
    ({"csrf_token": "stale"}, "open for a long time"),
    ({"name": ["Maria", "Lopez"]}, "Give one answer only"),
]


@one_database
@pytest.mark.parametrize(("wrong", "message"), MISSING)
def test_nothing_opens_before_it_is_known_who_answers(
    app: Flask, desk_client: Any, visit: UUID, wrong: dict[str, Any], message: str
) -> None:
    answer = desk_client.send(desk_client.get(address(visit, "/phone")), CALLER | wrong)
    assert answer.status_code == 422
    assert message in answer.text
    for path in ("/phone/questions", "/phone/more/1", "/phone/check"):
        assert desk_client.get(address(visit, path)).location == address(visit, "/phone")
    assert ("answers by phone begun", "front-desk") not in acts(app)


def test_the_start_page_does_not_show_the_date_of_birth(desk_client: Any, visit: UUID) -> None:
    page = desk_client.get(address(visit, "/phone"))
    assert "1980" not in page.text
    assert "27 March" not in page.text


def test_a_wrong_date_of_birth_is_counted_and_then_ends_it(
    app: Flask, desk_client: Any, visit: UUID, clock: Any
) -> None:
    start = desk_client.get(address(visit, "/phone"))
    for _ in range(4):
        answer = desk_client.send(start, CALLER | {"born": "1980-03-28"})
        assert answer.status_code == 422
        assert "not the date that the clinic has" in answer.text
    assert desk_client.send(start, CALLER | {"born": "1980-03-28"}).status_code == 409
    assert desk_client.send(start, CALLER).status_code == 409
    assert acts(app).count(("birth date refused", "front-desk")) == 5
    assert "no answers are taken by phone for an hour" in desk_client.get(address(visit, "/phone")).text
    assert state_of_visit(app, visit) == State.NOT_SENT
    clock.pass_time(hours=1)
    still_here(app, clock)
    assert desk_client.send(start, CALLER).status_code == 303


@pytest.mark.parametrize("who", ["admin", "provider", "lead"])
def test_only_the_front_desk_takes_answers(app: Flask, signed_in: Any, visit: UUID, who: str) -> None:
    client = signed_in(who)
    for path in ("", "/questions", "/more/1", "/check", "/sent"):
        assert client.get(address(visit, f"/phone{path}")).status_code == 403
    if who == "admin":
        assert "Take the answers by phone" not in client.get(address(visit)).text


def test_an_appointment_that_nobody_made_takes_no_call(desk_client: Any) -> None:
    for path in ("", "/questions", "/more/1", "/check", "/sent"):
        assert desk_client.get(address(uuid4(), f"/phone{path}")).status_code == 404


def test_what_a_patient_began_is_finished_by_phone(
    app: Flask, desk_client: Any, client: Any, visit: UUID
) -> None:
    with app.app_context():
        token = link(found(visit))
    client.send(begin(client, token), NOTHING | {"bleed.medicine": ["warfarin"]}, button="Continue")
    page = call(desk_client, visit)
    assert page.request.path == address(visit, "/phone/more/1")
    check = fill_in(desk_client, page, WARFARIN)
    desk_client.send(check, button="Send the answers")
    (stored,) = versions(app, visit)
    assert (stored.answers, stored.channel) == (NOTHING | WARFARIN, "phone")
    assert "We took them by phone" in follow(client, client.get("/s/questions")).text


def test_what_the_desk_began_is_finished_by_the_patient(
    app: Flask, desk_client: Any, client: Any, visit: UUID
) -> None:
    with app.app_context():
        token = link(found(visit))
    desk_client.send(
        call(desk_client, visit, DAUGHTER), NOTHING | {"bleed.medicine": ["warfarin"]}, button="Continue"
    )
    begin(client, token)
    check = fill_in(client, client.get("/s/more/1"), WARFARIN)
    client.send(check, button="Send my answers")
    (stored,) = versions(app, visit)
    assert (stored.channel, stored.answered_by, stored.entered_by_id) == ("online", None, None)


def test_L6_L7_a_correction_by_phone_is_a_new_version_and_ends_the_signature(
    app: Flask, desk_client: Any, provider_client: Any, visit: UUID
) -> None:
    with app.app_context():
        first = answered(found(visit), WARFARIN)
        before = (first.id, dict(first.answers), first.reference, first.received_at)
        signed(found(visit))
    check = call(desk_client, visit, DAUGHTER)
    assert check.request.path == address(visit, "/phone/check")
    page = desk_client.get(address(visit, "/phone/questions"))
    check = follow(desk_client, desk_client.send(page, {"preg.status": "might-be"}, button="Continue"))
    assert re.search(r"Before: No Now: I might be", words(parsed(check.text)))
    desk_client.send(check, button="Send the changed answers")

    old, new = versions(app, visit)
    assert (old.id, old.answers, old.reference, old.received_at) == before
    assert (new.corrects_id, new.channel, new.entered_by_id) == (old.id, "phone", 1)
    assert state_of_visit(app, visit) == State.NEEDS_REVIEW
    with app.app_context():
        void = db.session.scalars(select(SignOffVoid)).one()
        assert (void.by, void.caused_by_id) == ("Dana Desk", new.id)
    shown = folded(provider_client.get(f"/provider/appointments/{visit}").text)
    assert "number 2, which corrects number 1" in shown
    assert "What changed since the last signed answers" in shown
    assert "What answers 2 changed" not in shown
    assert re.search(r"<del>Signed by Pat Provider.*</del>", shown)
    assert (
        "Answers were corrected by phone, by Dana Desk: answers 2, by phone, answered by Maria Lopez" in shown
    )
    for page in (shown, desk_client.get(address(visit)).text):
        assert "Answers 2 received, which correct answers 1" in page


def test_opening_answers_to_correct_them_is_recorded(app: Flask, desk_client: Any, visit: UUID) -> None:
    with app.app_context():
        answered(found(visit), WARFARIN)
    desk_client.get(address(visit, "/phone"))
    assert ("answers opened", "front-desk") not in acts(app)
    call(desk_client, visit)
    assert ("answers opened", "front-desk") in acts(app)


def test_keeping_the_answers_ends_a_correction_by_phone(app: Flask, desk_client: Any, visit: UUID) -> None:
    with app.app_context():
        answered(found(visit), WARFARIN)
    check = call(desk_client, visit)
    assert "Nothing is different" in check.text
    kept = follow(desk_client, desk_client.send(check, button="Keep the answers as they were"))
    assert kept.location == address(visit)
    assert len(versions(app, visit)) == 1
    assert "was begun" not in desk_client.get(address(visit)).text


def test_L9_sending_twice_by_phone_stores_once(app: Flask, desk_client: Any, visit: UUID) -> None:
    check = fill_in(desk_client, call(desk_client, visit), NOTHING)
    first = desk_client.send(check, button="Send the answers")
    second = desk_client.send(check, button="Send the answers")
    assert first.location == second.location == address(visit, "/phone/sent")
    assert len(versions(app, visit)) == 1


def test_a_page_of_a_call_that_was_open_too_long_loses_nothing(
    app: Flask, desk_client: Any, visit: UUID
) -> None:
    page = call(desk_client, visit)
    again = desk_client.send(page, NOTHING | {"csrf_token": "stale"}, button="Continue")
    assert again.status_code == 422
    check = follow(desk_client, desk_client.send(again, button="Continue"))
    stale = desk_client.send(check, {"csrf_token": "stale"}, button="Send the answers")
    assert stale.status_code == 422
    assert not versions(app, visit)
    assert desk_client.send(stale, button="Send the answers").status_code == 303


def test_after_a_long_time_the_caller_is_confirmed_again_and_nothing_is_lost(
    app: Flask, desk_client: Any, visit: UUID, clock: Any
) -> None:
    page = call(desk_client, visit)
    clock.pass_time(hours=3)
    still_here(app, clock)
    again = follow(desk_client, desk_client.send(page, NOTHING, button="Continue"))
    assert again.location == address(visit, "/phone")
    check = call(desk_client, visit)
    assert check.request.path == address(visit, "/phone/check")
    desk_client.send(check, button="Send the answers")
    assert versions(app, visit)[0].answers == NOTHING


def test_another_member_of_staff_confirms_the_caller_again(
    app: Flask, desk_client: Any, signed_in: Any, visit: UUID
) -> None:
    from screening.account.invitations import add_user
    from tests.conftest import PASSWORD

    with app.app_context():
        add_user("second-desk@clinic.example", "Dora Desk", PASSWORD, ["front-desk"])
    fill_in(desk_client, call(desk_client, visit, DAUGHTER), NOTHING)
    other = signed_in("second-desk")
    assert other.get(address(visit, "/phone/check")).location == address(visit, "/phone")
    other.send(call(other, visit), button="Send the answers")
    (stored,) = versions(app, visit)
    assert stored.answered_by is None
    assert "typed by Dora Desk" in desk_client.get(address(visit)).text
    assert desk_client.get(address(visit, "/phone/sent")).location == address(visit)


@pytest.mark.parametrize("end", ["started_at", "held_at", "cancelled_at"])
def test_no_answers_are_taken_once_the_session_began_or_was_cancelled(
    app: Flask, desk_client: Any, visit: UUID, end: str
) -> None:
    check = fill_in(desk_client, call(desk_client, visit), NOTHING)
    with app.app_context(), writing():
        if end == "cancelled_at":
            cancel_appointment(anew(found(visit)), now(), DESK)
        else:
            setattr(found(visit), end, now())
    answer = desk_client.send(check, button="Send the answers")
    assert answer.status_code == 409
    assert "Answers can no longer be taken" in answer.text
    assert desk_client.get(address(visit, "/phone")).status_code == 409
    assert 'href="' + address(visit, "/phone") not in desk_client.get(address(visit)).text
    assert not versions(app, visit)


URGENT = NOTHING | {"also": ["bleed-recent"], "bleed.recent": ["black-poo"]}


def test_urgent_words_are_there_to_be_read_out(app: Flask, desk_client: Any, visit: UUID) -> None:
    check = fill_in(desk_client, call(desk_client, visit), URGENT)
    sent = follow(desk_client, desk_client.send(check, button="Send the answers"))
    for line in ("get emergency help now", "needs to talk with you", "999"):
        assert line in sent.text
    assert find(parsed(sent.text), "a", href="/article/#safety-bleeding") or "/article/#" in sent.text


def test_L10_no_answer_stands_in_an_address_a_title_or_an_event_of_a_call(
    app: Flask, desk_client: Any, visit: UUID
) -> None:
    answers = NOTHING | PREGNANT | WARFARIN
    page = call(desk_client, visit, DAUGHTER)
    seen = []
    while not page.request.path.endswith("/check"):
        seen.append(page)
        page = follow(desk_client, desk_client.send(page, fields_for(page, answers), button="Continue"))
    seen += [page, follow(desk_client, desk_client.send(page, button="Send the answers"))]
    titles = {words(next(parsed(each.text).iter("title"))).partition(" - ")[0] for each in seen}
    assert titles == {
        "Safety questions by phone",
        "A few more questions by phone",
        "Read the answers back before you send them",
        "The answers are sent",
    }
    assert all(re.fullmatch(r".*/phone/(questions|more/\d|check|sent)", each.request.path) for each in seen)
    with app.app_context():
        told = " ".join(f"{each.act} {each.on}" for each in recorded_events())
    assert not re.search("warfarin|preg|Maria|daughter", told)


def test_the_desk_sees_no_answer_of_a_correction_until_it_opens_them(
    app: Flask, desk_client: Any, visit: UUID
) -> None:
    with app.app_context():
        answered(found(visit), WARFARIN)
    page = follow(desk_client, desk_client.get(address(visit, "/phone/questions")))
    call(desk_client, visit)
    page = desk_client.get(address(visit, "/phone/questions"))
    check = follow(desk_client, desk_client.send(page, {"preg.status": "might-be"}, button="Continue"))
    desk_client.send(check, button="Send the changed answers")
    shown = desk_client.get(address(visit))
    assert "I might be" not in shown.text
    opened = desk_client.send(shown, button="Open the answers").text
    assert "What number 2 changed" in opened
    assert "I might be" in opened


class AtOnce:
    """A patient and the desk, who both correct the same answers."""

    def __init__(self, app: Flask, client: Any, desk_client: Any, visit: UUID) -> None:
        with app.app_context():
            token = link(found(visit))
        answer_everything(client, token, NOTHING)
        client.send(client.get("/s/sent"), button="Change my answers")
        self.client, self.desk_client = client, desk_client
        self.patient_page = client.get("/s/questions")
        call(desk_client, visit)
        self.desk_page = desk_client.get(address(visit, "/phone/questions"))


@pytest.fixture
def at_once(app: Flask, client: Any, desk_client: Any, visit: UUID) -> AtOnce:
    return AtOnce(app, client, desk_client, visit)


def test_the_desk_corrects_while_the_patient_types(app: Flask, at_once: AtOnce, visit: UUID) -> None:
    desk, patient = at_once.desk_client, at_once.client
    check = follow(desk, desk.send(at_once.desk_page, {"preg.status": "might-be"}, button="Continue"))
    desk.send(check, button="Send the changed answers")
    later = patient.send(at_once.patient_page, {"ask.provider": "Keep me"}, button="Continue")
    assert later.status_code == 409
    assert "were sent by phone while this page was open" in folded(later.text)
    assert "Keep me" in later.text
    assert len(versions(app, visit)) == 2
    check = follow(patient, patient.send(later, {"preg.status": "might-be"}, button="Continue"))
    patient.send(check, button="Send my changed answers")
    third = versions(app, visit)[2]
    assert (third.answers["ask.provider"], third.answers["preg.status"]) == ("Keep me", "might-be")
    assert third.channel == "online"


def test_the_patient_corrects_while_the_desk_types(app: Flask, at_once: AtOnce, visit: UUID) -> None:
    desk, patient = at_once.desk_client, at_once.client
    check = follow(
        patient, patient.send(at_once.patient_page, {"preg.status": "might-be"}, button="Continue")
    )
    patient.send(check, button="Send my changed answers")
    opened = acts(app).count(("answers opened", "front-desk"))
    later = desk.send(at_once.desk_page, {"ask.provider": "Keep me"}, button="Continue")
    assert later.status_code == 409
    assert "I might be" in words(parsed(later.text))
    assert "Keep me" in later.text
    assert acts(app).count(("answers opened", "front-desk")) == opened + 1
    start = follow(desk, desk.send(later, {"preg.status": "might-be"}, button="Continue"))
    assert start.location == address(visit, "/phone")
    check = call(desk, visit)
    assert "Keep me" in check.text
    desk.send(check, button="Send the changed answers")
    third = versions(app, visit)[2]
    assert (third.answers["ask.provider"], third.channel) == ("Keep me", "phone")


def test_a_filter_survives_a_call(app: Flask, desk_client: Any, visit: UUID) -> None:
    start = desk_client.get(address(visit, "/phone?day=2026-11-23&state=not-sent"))
    answer = desk_client.post(
        address(visit, "/phone?day=2026-11-23&state=not-sent"),
        data=CALLER | {"csrf_token": form_fields(list(parsed(start.text).iter("form"))[-1])["csrf_token"][0]},
    )
    assert answer.location == address(visit, "/phone/questions?day=2026-11-23&state=not-sent")


def test_L8_an_answer_that_expired_is_asked_again_on_the_phone(
    app: Flask, desk_client: Any, clock: Any
) -> None:
    with app.app_context():
        visit = appointment(clock() + timedelta(days=40)).id
        answered(found(visit), WARFARIN)
    assert state_of_visit(app, visit) == State.OUT_OF_DATE
    clock.pass_time(days=35)
    still_here(app, clock)
    page = call(desk_client, visit)
    assert page.request.path == address(visit, "/phone/questions")
    assert "bleed.medicine" not in form_fields(next(parsed(page.text).iter("form")))
    check = fill_in(desk_client, page, NOTHING | WARFARIN)
    desk_client.send(check, button="Send the changed answers")
    assert state_of_visit(app, visit) == State.NEEDS_REVIEW
