"""What patients answer: drafts page by page, then one submission with its flags, which never changes."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, delete, func, insert, or_, select
from sqlalchemy.orm import aliased

from screening.clock import local, zone
from screening.domain.assessment import Assessment, Flag, assess
from screening.domain.protocol.freshness import fresh_until, given_at
from screening.domain.protocol.model import Protocol
from screening.extensions import db
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.corrections import must_correct_what_counts, why_voided
from screening.records.errors import Conflict
from screening.records.locked_visit import must_hold_the_lock
from screening.records.protocol_releases import keep_version
from screening.records.respondents import THE_PATIENT, Respondent
from screening.records.tablet import LETTERS
from screening.records.voiding import void_sign_offs
from screening.storage.models import Appointment, Draft, FlagRow, Submission


def draft_of(appointment: Appointment) -> Draft | None:
    return db.session.get(Draft, appointment.id)


def save_draft(appointment: Appointment, answers: dict[str, Any], at: datetime) -> None:
    draft = draft_of(appointment)
    if draft is None:
        db.session.add(Draft(appointment_id=appointment.id, answers=answers, updated_at=at))
    else:
        draft.answers, draft.updated_at = answers, at


def submit(
    appointment: Appointment,
    answers: Mapping[str, Any],
    key: UUID,
    at: datetime,
    *,
    by: Actor,
    protocol: Protocol,
    planned: Sequence[str],
    respondent: Respondent = THE_PATIENT,
    corrects: Submission | None = None,
    kept: Mapping[str, str] | None = None,
) -> Submission:
    """Stores the answers with their flags. The same key again gives the same submission (L9).

    It reads under the lock by itself what it decides on, in one statement. `corrects` is the version that these
    answers replace; `kept` says which answers were given before, and when.
    """
    must_hold_the_lock()
    reference, there = _there(appointment.id, key)
    sent = next((each for each in there if each.idempotency_key == key), None)
    if sent is not None:
        if sent.appointment_id != appointment.id:
            raise Conflict("These answers belong to another appointment.")
        return sent
    if appointment.cancelled_at or appointment.held_at:
        raise Conflict("This appointment is closed.")
    latest = there[0] if there else None
    if corrects is not None:
        must_correct_what_counts(corrects, latest)
    day = local(appointment.starts_at).date()
    assessment = assess(protocol, answers, planned, day)
    facts = {
        "reference": reference,
        "number": latest.number + 1 if latest else 1,
        "severity": int(assessment.severity),
        "assessed_for": day,
        "fresh_until": fresh_until(protocol, answers, given_at(at, kept), zone()),
        "kept": dict(kept) if kept else None,
        "channel": respondent.channel,
        "answered_by": respondent.answered_by,
        "entered_by_id": respondent.entered_by_id,
        "corrects_id": corrects.id if corrects else None,
    }
    submission = _stored(appointment, answers, key, at, protocol, facts)
    _store_flags(submission, assessment)
    if latest is not None:
        void_sign_offs(appointment.id, at, by, why_voided(submission), caused_by=submission)
    db.session.execute(delete(Draft).where(Draft.appointment_id == appointment.id))
    _record_receipt(submission, len(assessment.flags), at, by)
    return submission


def _stored(
    appointment: Appointment,
    answers: Mapping[str, Any],
    key: UUID,
    at: datetime,
    protocol: Protocol,
    facts: Mapping[str, Any],
) -> Submission:
    keep_version(protocol, at)
    submission = Submission(
        appointment_id=appointment.id,
        received_at=at,
        answers=dict(answers),
        answers_digest=digest_of(answers),
        protocol_digest=protocol.digest,
        idempotency_key=key,
        **facts,
    )
    db.session.add(submission)
    db.session.flush()
    return submission


def _store_flags(submission: Submission, assessment: Assessment) -> None:
    rows = [
        {
            "id": uuid4(),
            "submission_id": submission.id,
            "position": position,
            "severity": int(flag.severity),
            "flag": flag.as_json(),
        }
        for position, flag in enumerate(assessment.flags)
    ]
    if rows:
        db.session.execute(insert(FlagRow), rows)


def _record_receipt(submission: Submission, flags: int, at: datetime, by: Actor) -> None:
    """With how many flags there are, so that a missing one shows."""
    on: dict[str, Any] = {
        "appointment": submission.appointment_id,
        "submission": submission.id,
        "flags": flags,
    }
    if submission.corrects_id:
        on["corrects"] = submission.corrects_id
    record(
        db.session, Act.ANSWERS_CORRECTED if submission.corrects_id else Act.ANSWERS_RECEIVED, by, at, **on
    )


def digest_of(answers: Mapping[str, Any]) -> str:
    plain = json.dumps(answers, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _there(appointment_id: UUID, key: UUID) -> tuple[str, list[Submission]]:
    """A reference that nobody has, and what is there: the latest answers, or those that this key stored."""
    every = aliased(Submission)
    newest = select(func.max(every.number)).where(every.appointment_id == appointment_id).scalar_subquery()
    is_latest = and_(Submission.appointment_id == appointment_id, Submission.number == newest)
    while True:
        reference = _reference()
        is_taken = Submission.reference == reference
        found = select(Submission).where(or_(Submission.idempotency_key == key, is_latest, is_taken))
        there = list(db.session.scalars(found))
        if all(each.reference != reference for each in there):
            return reference, there


def _reference() -> str:
    letters = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def latest_submission(appointment_id: UUID) -> Submission | None:
    return next(iter(submissions_of(appointment_id, limit=1)), None)


def submissions_of(appointment_id: UUID, limit: int | None = None) -> list[Submission]:
    """Newest first."""
    query = select(Submission).where(Submission.appointment_id == appointment_id)
    return list(db.session.scalars(query.order_by(Submission.number.desc()).limit(limit)))


def flags_of(submission: Submission) -> list[tuple[FlagRow, Flag]]:
    """The flags as they were raised, worst first."""
    query = select(FlagRow).where(FlagRow.submission_id == submission.id).order_by(FlagRow.position)
    return [(row, Flag.from_json(row.flag)) for row in db.session.scalars(query)]


def record_reading(submission: Submission, at: datetime, by: Actor) -> None:
    """Looking at a patient's answers is itself recorded (L10)."""
    record(
        db.session,
        Act.ANSWERS_OPENED,
        by,
        at,
        appointment=submission.appointment_id,
        submission=submission.id,
    )
