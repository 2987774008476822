"""What is written, what is never changed, and what two people at once cannot break."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from screening.clock import now
from screening.domain.protocol.loading import parse
from screening.domain.protocol.model import Protocol
from screening.domain.states import State
from screening.extensions import db
from screening.maintenance.audit_chain import walk_along
from screening.records.actors import PATIENT
from screening.records.answers import draft_of, latest_submission, save_draft, submit
from screening.records.errors import Conflict
from screening.records.protocol_versions import current_protocol
from screening.records.review import sign_off as sign
from screening.records.transaction import writing
from screening.storage.models import APPEND_ONLY, Appointment, Event, FlagRow, SignOff, Submission
from tests.support.acupuncture import PREGNANT, WARFARIN
from tests.support.events import recorded_acts, recorded_events
from tests.support.factories import NOTHING, anew, answered, appointment, known, provider_actor, signed


@pytest.fixture(autouse=True)
def in_app(app: Flask) -> Any:
    with app.app_context():
        yield


def state(visit: Appointment) -> State:
    db.session.expire_all()
    return known(visit).state(now())


def send(visit: Appointment, key: Any) -> Submission:
    with writing():
        return submit(visit, NOTHING, key, now(), by=PATIENT, protocol=current_protocol(), planned=[])


def test_L9_the_same_key_gives_the_same_submission() -> None:
    visit, key = appointment(), uuid4()
    assert send(visit, key).id == send(visit, key).id
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 1


def test_L9_many_at_once_store_once(app: Flask) -> None:
    visit_id, key = appointment().id, uuid4()
    db.session.rollback()

    def post(_number: int) -> str:
        with app.app_context():
            visit = db.session.get(Appointment, visit_id)
            assert visit is not None
            return send(visit, key).reference

    with ThreadPoolExecutor(8) as pool:
        references = set(pool.map(post, range(24)))
    assert len(references) == 1
    assert db.session.scalar(select(func.count()).select_from(Submission)) == 1


def test_a_key_of_another_appointment_is_refused() -> None:
    key = uuid4()
    send(appointment(), key)
    with pytest.raises(Conflict):
        send(appointment(), key)


def test_sending_ends_the_draft() -> None:
    visit = appointment()
    with writing():
        save_draft(visit, {"answers": {}}, now())
    answered(visit)
    assert draft_of(visit) is None


def _submit_and_fail(visit: Appointment) -> None:
    submit(visit, NOTHING, uuid4(), now(), by=PATIENT, protocol=current_protocol(), planned=[])
    raise KeyError


def test_what_fails_half_way_leaves_nothing() -> None:
    visit = appointment()
    with pytest.raises(KeyError), writing():
        _submit_and_fail(visit)
    assert latest_submission(visit.id) is None
    assert "answers received" not in recorded_acts()


def test_writing_needs_a_clean_start() -> None:
    visit = appointment()
    visit.planned = ["EA"]
    with pytest.raises(RuntimeError), writing():
        pass
    db.session.rollback()


@pytest.mark.parametrize("model", [Submission, FlagRow, SignOff, Event])
def test_L6_what_is_append_only_is_not_changed_by_a_slip(model: Any) -> None:
    visit = appointment()
    answered(visit, WARFARIN)
    signed(visit)
    row = db.session.scalars(select(model)).first()
    column = {Submission: "severity", FlagRow: "severity", SignOff: "outcome", Event: "act"}[model]
    setattr(row, column, 0 if column == "severity" else "x")
    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()
    db.session.rollback()
    db.session.delete(db.session.scalars(select(model)).first())
    with pytest.raises(RuntimeError, match="append-only"):
        db.session.flush()
    db.session.rollback()


@pytest.mark.parametrize("model", [Submission, FlagRow, SignOff, Event])
def test_L6_the_database_refuses_what_goes_around_the_models(model: Any) -> None:
    visit = appointment()
    answered(visit, WARFARIN)
    signed(visit)
    column = {Submission: "severity", FlagRow: "severity", SignOff: "outcome", Event: "act"}[model]
    value: Any = 0 if column == "severity" else "x"
    with pytest.raises(Exception, match="append-only"):
        db.session.execute(update(model).values({column: value}))
    db.session.rollback()


def test_L6_every_table_of_the_record_is_append_only() -> None:
    assert {model.__tablename__ for model in APPEND_ONLY} >= {
        "submission",
        "flag",
        "disposition",
        "sign_off",
        "sign_off_void",
        "event",
    }


def test_L7_a_changed_answer_takes_readiness_away() -> None:
    visit = appointment()
    answered(visit)
    signed(visit)
    assert state(visit) == State.READY
    answered(visit)
    assert state(visit) == State.NEEDS_REVIEW
    found = known(visit)
    assert found.submission is not None
    assert found.unvoided is None
    assert found.signed is None


def test_a_sign_off_is_bound_to_its_appointment_answers_and_protocol() -> None:
    first, second = appointment(), appointment()
    digests = set()
    for visit in (first, second):
        for said in ({}, WARFARIN):
            answered(visit, said)
            digests.add(known(visit).signing_digest)
    assert len(digests) == 4


def test_only_a_provider_can_sign() -> None:
    submission = answered(appointment())
    by, digest = replace(provider_actor(), kind="front-desk"), known(submission.appointment_id).signing_digest
    with pytest.raises(ValueError, match="only a provider"), writing():
        sign(anew(submission.appointment_id), submission.id, {}, digest, now(), by)


def newer(change: str, into: str) -> Protocol:
    text_of = current_protocol().text.replace('version: "1"', 'version: "2"', 1)
    assert change in text_of
    return parse(text_of.replace(change, into, 1))


def test_L1_a_newer_protocol_that_changes_nothing_keeps_readiness(app: Flask) -> None:
    visit = appointment()
    answered(visit, WARFARIN)
    signed(visit)
    app.extensions["protocol"] = newer("title: Pregnancy", "title: When pregnant")
    assert state(visit) == State.READY


def test_L1_a_newer_protocol_that_changes_an_effect_takes_readiness_away(app: Flask) -> None:
    visit, other = appointment(), appointment()
    answered(visit, {"also": ["o5"]})
    answered(other)
    signed(visit)
    signed(other)
    text_of = current_protocol().text
    start = text_of.index("- id: O5\n")
    effects = text_of[
        text_of.index("effects:", start) : text_of.index("\n", text_of.index("effects:", start))
    ]
    stricter = effects.replace("MA: ok", "MA: modify")
    changed = text_of[:start] + text_of[start:].replace(effects, stricter, 1)
    app.extensions["protocol"] = parse(changed)
    assert state(visit) == State.OUT_OF_DATE
    assert state(other) == State.READY


def test_L8_medicine_holds_thirty_days_and_pregnancy_one_visit(clock: Any) -> None:
    soon = appointment(clock() + timedelta(days=30))
    late = appointment(clock() + timedelta(days=31))
    for visit in (soon, late):
        answered(visit, PREGNANT | WARFARIN)
    assert state(soon) == State.NEEDS_REVIEW
    assert state(late) == State.OUT_OF_DATE
    assert known(soon).must_be_asked_again


def test_every_act_leaves_an_event_in_an_unbroken_chain() -> None:
    visit = appointment()
    answered(visit, WARFARIN)
    signed(visit)
    answered(visit)
    events = recorded_events()
    acts = [event.act for event in events if event.act != "user added"]
    assert acts == [
        "appointment added",
        "answers received",
        "signed off",
        "sign-off voided",
        "answers received",
    ]
    assert walk_along(events).broken is None
    for cut, missing in ((events[1:], 1), ([*events[:2], *events[3:]], 3)):
        broken = walk_along(cut).broken
        assert broken is not None
        assert broken.number == missing


def test_L10_events_hold_no_answer_and_no_name() -> None:
    visit = appointment(name="Canary Person")
    answered(visit, PREGNANT | WARFARIN | {"ask.provider": "canary question"})
    signed(visit)
    stored = " ".join(str(each.on) + each.act for each in recorded_events())
    for word in ("Canary", "canary", "warfarin", "13-27", "27 March"):
        assert word not in stored


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_sqlite_is_durable_by_setting(app: Flask) -> None:
    found = {}
    with db.engine.connect() as connection:
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete"):
            found[name] = connection.scalar(text(f"PRAGMA {name}"))
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_writer_waits_for_the_one_before(app: Flask) -> None:
    visit = appointment()
    db.session.rollback()
    path = db.engine.url.database
    assert path is not None
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as pool:

        def write() -> str:
            with app.app_context():
                again = db.session.get(Appointment, visit_id)
                assert again is not None
                return send(again, uuid4()).reference

        visit_id = visit.id
        waiting = pool.submit(write)
        other.execute("COMMIT")
        other.close()
        assert waiting.result(timeout=15)
