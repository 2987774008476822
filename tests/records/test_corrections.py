"""A correction is a new version beside the old one; who answered and who typed stay on record."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from screening.clock import now
from screening.domain.states import State
from screening.extensions import db
from screening.records.actors import PATIENT
from screening.records.answers import latest_submission, submit
from screening.records.appointments import cancel_appointment
from screening.records.corrections import given_when, still_holds
from screening.records.errors import Conflict
from screening.records.protocol_versions import current_protocol
from screening.records.respondents import PHONE, Respondent
from screening.records.transaction import writing
from screening.storage.models import Appointment, Event, SignOffVoid, Submission
from tests.support.acupuncture import PREGNANT, WARFARIN
from tests.support.factories import DESK, NOTHING, anew, answered, appointment, known, signed

MARIA = Respondent(PHONE, "Maria Lopez", "daughter", DESK.user_id)


@pytest.fixture(autouse=True)
def in_app(app: Flask) -> Any:
    with app.app_context():
        yield


def correct(visit: Appointment, before: Submission, answers: dict[str, Any], **more: Any) -> Submission:
    facts: dict[str, Any] = {
        "by": PATIENT,
        "protocol": current_protocol(),
        "planned": [],
        "corrects": before,
    } | more
    with writing():
        return submit(visit, NOTHING | answers, uuid4(), now(), **facts)


def row_of(submission: Submission) -> dict[str, Any]:
    db.session.expire_all()
    names = [column.key for column in inspect(Submission).column_attrs]
    return {name: getattr(submission, name) for name in names}


def test_L6_a_correction_never_changes_the_old_row() -> None:
    visit = appointment()
    first = answered(visit, WARFARIN)
    before = row_of(first)
    second = correct(visit, first, {})
    assert row_of(first) == before
    assert (second.number, second.corrects_id) == (2, first.id)
    assert second.reference != first.reference


def test_L7_a_correction_voids_the_sign_off_by_whom_when_why_and_through_which_answers() -> None:
    visit = appointment()
    first = answered(visit)
    signed(visit)
    second = correct(visit, first, WARFARIN)
    void = db.session.scalars(select(SignOffVoid)).one()
    assert (void.by, void.voided_at, void.caused_by_id) == ("Patient", now(), second.id)
    assert void.why == "The patient corrected answers"
    db.session.expire_all()
    assert known(visit).state(now()) == State.NEEDS_REVIEW


def test_a_correction_by_phone_keeps_who_answered_and_who_typed() -> None:
    visit = appointment()
    first = answered(visit)
    signed(visit)
    second = correct(visit, first, WARFARIN, by=DESK, respondent=MARIA)
    assert (second.channel, second.entered_by_id) == ("phone", DESK.user_id)
    assert second.answered_by == {"name": "Maria Lopez", "relation": "daughter"}
    void = db.session.scalars(select(SignOffVoid)).one()
    assert (void.by, void.why) == ("Dana Desk", "Answers were corrected by phone")
    event = db.session.scalars(select(Event).where(Event.act == "answers corrected")).one()
    assert (event.actor_kind, event.actor_id) == ("front-desk", DESK.user_id)
    assert event.on["corrects"] == str(first.id)


def test_only_the_answers_that_count_now_can_be_corrected() -> None:
    visit = appointment()
    first = answered(visit)
    correct(visit, first, WARFARIN)
    with pytest.raises(Conflict, match="meanwhile"):
        correct(visit, first, {"also": ["o5"]})


@pytest.mark.parametrize("end", ["started_at", "held_at", "cancelled_at"])
def test_nothing_is_corrected_once_the_session_began_or_was_cancelled(end: str) -> None:
    visit = appointment()
    first = answered(visit)
    with writing():
        if end == "cancelled_at":
            cancel_appointment(anew(visit), now(), DESK)
        else:
            setattr(visit, end, now())
    with pytest.raises(Conflict, match="closed"):
        correct(visit, first, WARFARIN)
    latest = latest_submission(visit.id)
    assert latest is not None
    assert latest.id == first.id


def test_L8_a_correction_makes_only_what_changed_younger(clock: Any) -> None:
    visit = appointment(clock() + timedelta(days=20))
    first = answered(visit, WARFARIN)
    sent_at = clock()
    clock.pass_time(days=15)
    kept = {name: moment.isoformat() for name, moment in given_when(first).items() if name != "preg.status"}
    second = correct(visit, first, WARFARIN | {"preg.status": "might-be"}, kept=kept)
    assert second.fresh_until == first.fresh_until
    assert given_when(second)["bleed.medicine"] == sent_at
    assert given_when(second)["preg.status"] == clock()


def test_L8_what_no_longer_holds_is_asked_again_when_answers_are_corrected(clock: Any) -> None:
    visit = appointment(clock() + timedelta(days=3))
    first = answered(visit, PREGNANT | WARFARIN)

    def holds(name: str) -> bool:
        return still_holds(current_protocol(), first, name, clock())

    assert holds("preg.status")
    assert holds("bleed.medicine")
    clock.pass_time(days=3)
    assert not holds("preg.status")
    assert holds("bleed.medicine")
    with writing():
        visit.starts_at = clock() + timedelta(days=60)
    assert not holds("bleed.medicine")
    assert not holds("no.such.question")


@pytest.mark.parametrize(
    "wrong",
    [
        {"channel": "phone"},
        {"entered_by_id": 1},
        {"name": "Maria Lopez"},
        {"relation": "daughter"},
    ],
)
def test_who_answered_is_told_whole_or_not_at_all(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="answer"):
        Respondent(**wrong)
    assert asdict(Respondent())["channel"] == "online"


def test_two_corrections_at_once_store_one_and_refuse_the_other(app: Flask) -> None:
    visit = appointment()
    first = answered(visit)
    visit_id, first_id = visit.id, first.id
    db.session.rollback()

    def correct_it(status: str) -> str:
        with app.app_context():
            again, before = db.session.get(Appointment, visit_id), db.session.get(Submission, first_id)
            assert again is not None
            assert before is not None
            try:
                return correct(again, before, {"preg.status": status}).reference
            except Conflict:
                return "refused"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(correct_it, ["might-be", "not-sure"]))
    assert outcomes.count("refused") == 1
    latest = latest_submission(visit_id)
    assert latest is not None
    assert latest.number == 2
