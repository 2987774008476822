"""The clinic's own tablet: staff start it for one appointment with a code that works once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from screening.extensions import db
from screening.records.actors import PATIENT, Actor
from screening.records.acts import Act
from screening.records.appointments import must_not_have_begun
from screening.records.audit import record
from screening.records.links import hash_of_token, link_ends
from screening.records.locked_visit import LockedVisit, under_lock
from screening.storage.models import Draft, Link

# No letters or digits that are mistaken for one another when they are read and typed.
LETTERS = "23456789CDFGHJKMNPQRTVWX"
_CODE_LENGTH = 8
CODE_HOLDS = timedelta(minutes=10)


@under_lock
def issue_code(visit: LockedVisit, at: datetime, by: Actor) -> str:
    """A code to type on the tablet within ten minutes, shown this once; the patient's own link stays as it is."""
    must_not_have_begun(visit)
    code = "".join(secrets.choice(LETTERS) for _ in range(_CODE_LENGTH))
    link = Link(
        appointment_id=visit.id,
        token_hash=hash_of_token(code),
        created_at=at,
        expires_at=link_ends(visit.appointment),
        birth_date_failures=0,
        is_for_tablet=True,
    )
    db.session.add(link)
    db.session.flush()
    record(db.session, Act.TABLET_CODE_ISSUED, by, at, appointment=visit.id, link=link.id)
    return code


def open_by_code(typed: str, at: datetime) -> Link | None:
    """The link of a code that is not spent. The form begins empty: a draft from elsewhere is not shown here."""
    code = "".join(letter for letter in typed.upper() if letter.isalnum())
    query = select(Link).where(
        Link.token_hash == hash_of_token(code),
        Link.is_for_tablet,
        Link.opened_at.is_(None),
        Link.revoked_at.is_(None),
        Link.created_at > at - CODE_HOLDS,
    )
    link = db.session.scalars(query).one_or_none()
    if link is None:
        return None
    link.opened_at = at
    db.session.execute(delete(Draft).where(Draft.appointment_id == link.appointment_id))
    record(db.session, Act.TABLET_OPENED, PATIENT, at, appointment=link.appointment_id, link=link.id)
    return link


def close_tablet(link: Link, at: datetime) -> None:
    """The patient gave the tablet back, or left it: nobody goes on from there."""
    if link.is_for_tablet and link.revoked_at is None:
        link.revoked_at = at
        record(db.session, Act.TABLET_CLOSED, PATIENT, at, appointment=link.appointment_id, link=link.id)
