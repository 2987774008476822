"""Links that let a member of staff in once: to a new account, or back into one. Only their hashes are kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update

from screening.extensions import db
from screening.records.accounts.accounts import tell
from screening.records.actors import Actor, staff_actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.storage.models import Invitation, User

HOLDS_FOR = timedelta(hours=48)
ACCOUNT, PASSWORD, SECOND_FACTOR = "account", "password", "second-factor"
_TOKEN_BYTES = 32
_TOLD = {
    PASSWORD: "{name} made a link with which you can set a new password.",
    SECOND_FACTOR: "{name} made a link with which you can set up a new second step.",
}


def invite(user: User, purpose: str, at: datetime, by: Actor) -> str:
    """A fresh link's token, shown this once. Earlier ones of the person end with it."""
    if not user.active:
        raise Conflict(f"The account of {user.name} is closed. Open it again first.")
    unused = (Invitation.user_id == user.id, Invitation.used_at.is_(None), Invitation.expires_at > at)
    db.session.execute(update(Invitation).where(*unused).values(expires_at=at))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    made = Invitation(
        user_id=user.id,
        purpose=purpose,
        token_hash=_hash(token),
        created_at=at,
        created_by_id=by.user_id,
        expires_at=at + HOLDS_FOR,
    )
    db.session.add(made)
    db.session.flush()
    record(db.session, Act.INVITATION_MADE, by, at, user=user.id, purpose=purpose, invitation=made.id)
    if purpose in _TOLD:
        tell(user, _TOLD[purpose].format(name=by.name), at)
    return token


def find_invitation(token: str, at: datetime) -> Invitation | None:
    """None for one that is unknown, used, replaced, or too old, and where the account is closed."""
    return _still_holds(select(Invitation).where(Invitation.token_hash == _hash(token)), at)


def invitation_by_id(id_: UUID, at: datetime) -> Invitation | None:
    return _still_holds(select(Invitation).where(Invitation.id == id_), at)


def use_invitation(invitation: Invitation, at: datetime) -> None:
    if invitation.used_at is not None or invitation.expires_at <= at:
        raise Conflict("This link was used already.")
    invitation.used_at = at
    user = invitation.user
    record(
        db.session,
        Act.INVITATION_USED,
        staff_actor(user),
        at,
        user=user.id,
        purpose=invitation.purpose,
        invitation=invitation.id,
    )


def _still_holds(query: object, at: datetime) -> Invitation | None:
    found: Invitation | None = db.session.scalars(query).one_or_none()  # type: ignore[call-overload]
    if found is None or found.used_at is not None or found.expires_at <= at or not found.user.active:
        return None
    return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
