"""Corrections: a new version of answers that were sent. The old one stays as it was (L6)."""

from __future__ import annotations

from datetime import datetime

from screening.clock import local, zone
from screening.domain.protocol.freshness import Given, fresh_until
from screening.domain.protocol.model import Protocol
from screening.domain.states import must_be_asked_again
from screening.extensions import db
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.records.respondents import PHONE
from screening.storage.models import Appointment, Draft, Submission

CLOSED = "This appointment is closed, so its answers stay as they are."
OVERTAKEN = "Other answers came in meanwhile, so nothing was stored."


def must_correct_what_counts(corrects: Submission, latest: Submission | None) -> None:
    """Only the version that counts now is corrected, and only until the session begins."""
    if latest is None or latest.id != corrects.id:
        raise Conflict(OVERTAKEN)
    if not can_be_corrected(corrects.appointment):
        raise Conflict(CLOSED)


def can_be_corrected(appointment: Appointment) -> bool:
    return not (appointment.cancelled_at or appointment.started_at or appointment.held_at)


def given_when(submission: Submission) -> dict[str, datetime]:
    """When each answer was given: a correction makes only what it changed younger (L8)."""
    kept = {name: datetime.fromisoformat(moment) for name, moment in (submission.kept or {}).items()}
    return {name: kept.get(name, submission.received_at) for name in submission.answers}


def still_holds(protocol: Protocol, submission: Submission, name: str, at: datetime) -> bool:
    """Whether an answer needs no asking again when its version is corrected (L8)."""
    question = protocol.questions.get(name)
    if question is None or name not in submission.answers:
        return False
    given, starts_at = given_when(submission)[name], submission.appointment.starts_at
    end = fresh_until(protocol, {name: submission.answers[name]}, Given(given, {}), zone())
    if end is not None:
        return end > starts_at
    # What holds for one visit only is asked again on the day itself.
    is_the_day = local(at).date() >= local(starts_at).date()
    return question.optional or not (is_the_day and must_be_asked_again(given, starts_at, zone()))


def why_voided(submission: Submission) -> str:
    """Why sign-offs on the answers before these no longer count."""
    if submission.corrects_id is None:
        return "New answers were received"
    by_phone = submission.channel == PHONE
    return "Answers were corrected by phone" if by_phone else "The patient corrected answers"


def record_phone_call(appointment: Appointment, at: datetime, by: Actor) -> None:
    """Staff confirmed who is on the phone, and read and type answers from here on (L10)."""
    record(db.session, Act.ANSWERS_BY_PHONE_BEGUN, by, at, appointment=appointment.id)


def refuse_birth_date(appointment: Appointment, at: datetime, by: Actor) -> None:
    """The date that the caller said is not the patient's."""
    record(db.session, Act.BIRTH_DATE_REFUSED, by, at, appointment=appointment.id)


def end_draft(appointment: Appointment, at: datetime, by: Actor) -> None:
    """The answers stay as they were sent: what was typed to correct them is gone."""
    draft = db.session.get(Draft, appointment.id)
    if draft is not None:
        db.session.delete(draft)
        record(db.session, Act.CORRECTION_ENDED, by, at, appointment=appointment.id)
