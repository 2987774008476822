"""Records and events tell the same story; what was taken from one of them shows by the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from screening.clock import now
from screening.commands.main import main
from screening.domain.decisions import Decision
from screening.extensions import db
from screening.maintenance.audit_chain import walk
from screening.maintenance.reconciliation import mismatches
from screening.records.access_log import note_refusal
from screening.records.actors import Actor
from screening.records.calls import ask_for_call
from screening.records.protocol_releases import publish
from screening.records.protocol_versions import current_protocol
from screening.records.sessions import confirm_on_arrival, start_session
from screening.records.transaction import writing
from screening.records.verified_answers import verify_answer
from tests.support.acupuncture import WARFARIN
from tests.support.factories import DESK, anew, answered, appointment, corrected, link, provider_actor, signed
from tests.support.tampering import with_database_rights

LEAD = Actor("clinical-lead", 5, "Lee Lead")


@pytest.fixture(autouse=True)
def context(app: Flask, clock: Any) -> Iterator[None]:
    """Two patients with a record of every kind."""
    with app.app_context():
        for _ in range(2):
            _whole_visit(clock)
        with writing():
            publish(current_protocol(), "As discussed", now(), LEAD)
        yield


def _whole_visit(clock: Any) -> None:
    visit = appointment()
    link(visit)
    with writing():
        ask_for_call(anew(visit), "the card", now(), provider_actor())
    first = answered(visit, WARFARIN)
    signed(visit, Decision.ADAPT)
    corrected(visit, first, WARFARIN | {"also": ["o8"]})
    with writing():
        found = anew(visit)
        assert found.submission is not None
        verify_answer(
            found, found.submission.id, "bleed.inr", None, "in-range", "card", now(), provider_actor()
        )
        confirm_on_arrival(found, found.submission.id, now(), DESK)
    with writing():
        start_session(anew(visit), now(), provider_actor(), "Severe pain")


def told() -> list[str]:
    db.session.rollback()
    return [str(each) for each in mismatches(db.session)]


def test_every_kind_of_record_has_its_events() -> None:
    assert told() == []


GONE = [
    ("DELETE FROM verified_answer", "verified answer"),
    ("DELETE FROM sign_off_void", "voided sign-off"),
    ("DELETE FROM override", "override"),
    ("DELETE FROM link", "link"),
    ("DELETE FROM call", "call"),
    ("DELETE FROM arrival_check", "arrival check"),
    ("DELETE FROM publication", "signature under a protocol"),
    ("DELETE FROM flag WHERE severity = (SELECT max(severity) FROM flag)", "flags of submission"),
    ("DELETE FROM disposition", "decisions of sign-off"),
    ("UPDATE sign_off SET outcome = 'ready'", "sign-off"),
    ("UPDATE submission SET corrects_id = NULL", "correction"),
    (
        "UPDATE verified_answer SET submission_id = "
        "(SELECT s.id FROM submission s WHERE s.id <> verified_answer.submission_id LIMIT 1)",
        "verified answer",
    ),
    (
        "UPDATE appointment SET patient_id = (SELECT p.id FROM patient p WHERE p.id <> appointment.patient_id)",
        "patient of appointment",
    ),
]


@pytest.mark.parametrize(("statement", "what"), GONE)
def test_a_record_that_was_taken_away_or_moved_is_named(statement: str, what: str) -> None:
    with_database_rights(statement)
    found = told()
    assert found
    assert all(each.startswith(f"{what} ") for each in found)
    answer = CliRunner().invoke(main, ["audit", "verify"])
    assert answer.exit_code == 1
    assert found[0] in answer.output


def test_answers_that_were_taken_away_with_all_that_hangs_on_them_are_named() -> None:
    tables = (
        "verified_answer",
        "arrival_check",
        "disposition",
        "flag",
        "sign_off_void",
        "sign_off",
        "override",
    )
    whole = [f"DELETE FROM {table}" for table in (*tables, "submission")]  # noqa: S608
    with_database_rights("UPDATE submission SET corrects_id = NULL", *whole)
    assert any(each.startswith("submission ") and "no such record" in each for each in told())


def test_a_record_that_was_put_in_without_an_event_is_named() -> None:
    with_database_rights(
        "INSERT INTO arrival_check (id, submission_id, asked_at, asked_by_id) "
        "SELECT a.appointment_id, s.id, a.asked_at, a.asked_by_id FROM "
        "(SELECT x.id AS appointment_id, x.asked_at, x.asked_by_id FROM call x LIMIT 1) a, "
        "(SELECT y.id FROM submission y WHERE y.corrects_id IS NULL LIMIT 1) s"
    )
    (found,) = told()
    assert found.startswith("arrival check ")
    assert "there is no event for this record" in found


def test_a_chain_written_anew_without_an_event_does_not_hide_the_record() -> None:
    """Somebody cuts the end off, and the chain holds by itself: the records still tell."""
    with_database_rights("DELETE FROM event WHERE number > 20")
    assert walk(db.session).broken is None
    assert any("there is no event for this record" in each for each in told())


def test_an_earlier_event_without_details_is_not_held_against_anybody() -> None:
    """Before details were kept, events named ids only."""
    bare = "json_remove(\"on\", '$.patient')"
    if db.engine.dialect.name == "postgresql":
        bare = "(cast(\"on\" AS jsonb) - 'patient')::json"
    with_database_rights(f"UPDATE event SET \"on\" = {bare} WHERE act = 'appointment added'")  # noqa: S608
    assert told() == []


def test_events_that_belong_to_no_record_are_left_alone() -> None:
    with writing():
        note_refusal("lead.home", now(), DESK)
    assert told() == []
