"""The links through which patients answer: long random tokens, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import select, update

from screening.audit import Actor, record
from screening.extensions import db
from screening.models import Appointment, Link
from screening.records.problems import Conflict

# 32 bytes of randomness: nobody guesses a link (OWASP ASVS asks for 16).
_TOKEN_BYTES = 32
# A link holds until the end of the visit; a late patient may still answer at the desk.
HOLDS_AFTER_START = timedelta(hours=12)
WRONG_BIRTH_DATES = 5
_PATIENT = Actor("patient", None, "Patient")


def issue_link(appointment: Appointment, at: datetime, by: Actor) -> str:
    """A fresh link's token, shown this once. Earlier links of the appointment end with it."""
    if appointment.cancelled_at or appointment.held_at:
        raise Conflict("This appointment is closed, so it needs no link.")
    db.session.execute(
        update(Link)
        .where(Link.appointment_id == appointment.id, Link.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    link = Link(
        appointment_id=appointment.id,
        token_hash=_hash(token),
        created_at=at,
        expires_at=appointment.starts_at + HOLDS_AFTER_START,
        birth_date_failures=0,
    )
    db.session.add(link)
    db.session.flush()
    record(db.session, "link issued", by, at, appointment=appointment.id, link=link.id)
    return token


def find_link(token: str) -> Link | None:
    return db.session.scalars(select(Link).where(Link.token_hash == _hash(token))).one_or_none()


def link_problem(link: Link, now: datetime) -> str | None:
    """Why a link cannot be used: cancelled, closed, replaced, begun or expired; None while it can."""
    if link.appointment.cancelled_at:
        return "cancelled"
    if link.birth_date_failures >= WRONG_BIRTH_DATES:
        return "closed"
    if link.revoked_at:
        return "replaced"
    # An appointment that moved takes its links along.
    ends = max(link.expires_at, link.appointment.starts_at + HOLDS_AFTER_START)
    if now >= ends or link.appointment.held_at:
        return "expired"
    return "begun" if link.appointment.started_at else None


def confirm_birth_date(link: Link, day: date, at: datetime) -> bool:
    if link.appointment.patient.birth_date == day:
        return True
    link.birth_date_failures += 1
    record(db.session, "birth date refused", _PATIENT, at, appointment=link.appointment_id, link=link.id)
    return False


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
