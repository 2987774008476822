"""What turned out when staff asked again: kept beside what was reported, never instead of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from screening.extensions import db
from screening.records.actors import PROVIDER, Actor
from screening.records.acts import Act
from screening.records.answers import latest_submission
from screening.records.appointments import must_be_open
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.storage.models import Submission, VerifiedAnswer

SOURCES = {
    "said": "The patient said it",
    "card": "It is on the device card",
    "packet": "It is on the medicine packet",
    "result": "It is in a test result",
    "doctor": "Another doctor said it",
}


def verify_answer(
    submission: Submission,
    question: str,
    device: int | None,
    answer: Any,
    source: str,
    at: datetime,
    by: Actor,
) -> VerifiedAnswer:
    """Clears nothing and changes no flag: those stay those of what the patient reported (L6).

    The event says that something was noted, and neither what nor about which question (L10).
    """
    if by.user_id is None or by.kind != PROVIDER:
        raise ValueError("only a provider verifies an answer")
    if source not in SOURCES:
        raise ValueError(f"{source} is no way to know an answer")
    must_be_open(submission.appointment)
    latest = latest_submission(submission.appointment_id)
    if latest is None or latest.id != submission.id:
        raise Conflict("New answers came in after you opened this page, so nothing was noted.")
    verified = VerifiedAnswer(
        submission_id=submission.id,
        question=question,
        device=device,
        answer=answer,
        source=source,
        at=at,
        by_id=by.user_id,
        by_name=by.name,
    )
    db.session.add(verified)
    db.session.flush()
    record(
        db.session,
        Act.ANSWER_VERIFIED,
        by,
        at,
        appointment=submission.appointment_id,
        submission=submission.id,
        verified=verified.id,
    )
    return verified


def verified_of(submission: Submission) -> list[VerifiedAnswer]:
    """Newest first; earlier ones stay."""
    query = select(VerifiedAnswer).where(VerifiedAnswer.submission_id == submission.id)
    return list(db.session.scalars(query.order_by(VerifiedAnswer.at.desc(), VerifiedAnswer.id)))
