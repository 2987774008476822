"""Signatures that no longer count: they stay on record, and a row beside each says why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from screening.extensions import db
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.storage.models import SignOff, SignOffVoid, Submission


def not_voided() -> ColumnElement[bool]:
    """Of sign-offs: those that nothing has ended. Whether one still holds, its digest says."""
    return ~exists().where(SignOffVoid.sign_off_id == SignOff.id)


def void_sign_offs(
    appointment_id: UUID, at: datetime, by: Actor, why: str, caused_by: Submission | None = None
) -> None:
    """Ends every sign-off on the appointment that was not ended before (L7). `caused_by`: the answers that did."""
    query = (
        select(SignOff)
        .join(Submission, SignOff.submission_id == Submission.id)
        .where(Submission.appointment_id == appointment_id, not_voided())
        .order_by(SignOff.signed_at, SignOff.id)
    )
    cause = caused_by.id if caused_by else None
    for signed in db.session.scalars(query).all():
        void = SignOffVoid(sign_off_id=signed.id, voided_at=at, by=by.name, why=why, caused_by_id=cause)
        db.session.add(void)
        about = cause or signed.submission_id
        record(db.session, Act.SIGN_OFF_VOIDED, by, at, sign_off=signed.id, submission=about)
