"""The links through which patients answer: long random tokens, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import joinedload

from screening.extensions import db
from screening.records.actors import PATIENT, Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.records.link_limits import (
    HOLDS_AFTER_START,
    WRONG_BIRTH_DATES,
    WRONG_FROM_ONE_PLACE,
    WRONG_FROM_ONE_PLACE_WITHIN,
)
from screening.records.locked_visit import LockedVisit, under_lock
from screening.records.rate_counters import count_try, tries
from screening.storage.models import Appointment, Link

# 32 bytes of randomness: nobody guesses a link (OWASP ASVS asks for 16).
_TOKEN_BYTES = 32


@under_lock
def issue_link(visit: LockedVisit, at: datetime, by: Actor) -> str:
    """A fresh link's token, shown this once. Earlier links of the appointment end with it."""
    appointment = visit.appointment
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
        token_hash=hash_of_token(token),
        created_at=at,
        expires_at=link_ends(appointment),
        birth_date_failures=0,
    )
    db.session.add(link)
    db.session.flush()
    record(db.session, Act.LINK_ISSUED, by, at, appointment=appointment.id, link=link.id)
    return token


def link_ends(appointment: Appointment) -> datetime:
    return appointment.starts_at + HOLDS_AFTER_START


def find_link(token: str) -> Link | None:
    """The link of this token; a code for the tablet opens nothing here."""
    return _found(Link.token_hash == hash_of_token(token), Link.is_for_tablet.is_(False))


def find_by_id(link_id: UUID) -> Link | None:
    return _found(Link.id == link_id)


def _found(*conditions: ColumnElement[bool]) -> Link | None:
    """With its appointment, whose state decides whether the link can be used."""
    query = select(Link).where(*conditions).options(joinedload(Link.appointment))
    return db.session.scalars(query).one_or_none()


def link_problem(link: Link, now: datetime) -> str | None:
    """Why a link cannot be used: cancelled, closed, replaced, given back, begun or expired; None while it can."""
    if link.appointment.cancelled_at:
        return "cancelled"
    if link.birth_date_failures >= WRONG_BIRTH_DATES:
        return "closed"
    if link.revoked_at:
        return "given-back" if link.is_for_tablet else "replaced"
    # An appointment that moved takes its links along.
    ends = max(link.expires_at, link_ends(link.appointment))
    if now >= ends or link.appointment.held_at:
        return "expired"
    return "begun" if link.appointment.started_at else None


def confirm_birth_date(link: Link, day: date, at: datetime, address: str = "") -> bool:
    """Counts what does not match: for the link, which closes, and for the address, which a whole clinic may share."""
    if link.appointment.patient.birth_date == day:
        return True
    link.birth_date_failures += 1
    count_try(f"birth dates from {address}", at, WRONG_FROM_ONE_PLACE_WITHIN)
    record(db.session, Act.BIRTH_DATE_REFUSED, PATIENT, at, appointment=link.appointment_id, link=link.id)
    return False


def has_guessed_too_often(address: str, at: datetime) -> bool:
    return tries(f"birth dates from {address}", at) >= WRONG_FROM_ONE_PLACE


def hash_of_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
