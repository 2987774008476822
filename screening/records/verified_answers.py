"""What turned out when staff asked again: kept beside what was reported, never instead of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from screening.extensions import db
from screening.records.actors import PROVIDER, Actor
from screening.records.acts import Act
from screening.records.appointments import must_be_open
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.records.locked_visit import LockedVisit, under_lock
from screening.storage.models import VerifiedAnswer

SOURCES = {
    "said": "The patient said it",
    "card": "It is on the device card",
    "packet": "It is on the medicine packet",
    "result": "It is in a test result",
    "doctor": "Another doctor said it",
}


@under_lock
def verify_answer(
    visit: LockedVisit,
    made_of: UUID,
    question: str,
    device: int | None,
    answer: Any,
    source: str,
    at: datetime,
    by: Actor,
) -> VerifiedAnswer:
    """Clears nothing and changes no flag: those stay those of what the patient reported (L6).

    `made_of` are the answers that the page showed.
    The event says that something was noted, and neither what nor about which question (L10).
    """
    if by.user_id is None or by.kind != PROVIDER:
        raise ValueError("only a provider verifies an answer")
    if source not in SOURCES:
        raise ValueError(f"{source} is no way to know an answer")
    must_be_open(visit)
    if visit.submission is None or visit.submission.id != made_of:
        raise Conflict("New answers came in after you opened this page, so nothing was noted.")
    verified = VerifiedAnswer(
        submission_id=made_of,
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
        appointment=visit.id,
        submission=made_of,
        verified=verified.id,
    )
    return verified
