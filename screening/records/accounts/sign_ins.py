"""What happens at the door of staff, as events: who came in and how, who did not, and who left."""

from __future__ import annotations

from datetime import datetime

from screening.extensions import db
from screening.records.accounts.login_throttle import Trying, one_more_try
from screening.records.actors import STRANGER, Named, staff_actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.storage.models import User


def count_sign_in_try(attempt: Trying, at: datetime) -> bool:
    """Whether it may be made. That it may not is noted once, not at each further try: nobody fills the record by
    knocking."""
    over = one_more_try(attempt, at)
    if over == 1:
        record(db.session, Act(f"{attempt.what} slowed down"), STRANGER, at, address=attempt.address)
    return over == 0


def note_refused_try(what: str, user: User | None, address: str, at: datetime) -> None:
    """Whose account was tried; the page does not tell whether there is one."""
    on = {"user": user.id} if user else {}
    record(db.session, Act(f"{what} refused"), STRANGER, at, address=address, **on)


def note_refused_passkey(attempt: Trying, at: datetime) -> None:
    """Nobody guesses a key, so there is no limit; but nobody fills the record by knocking, either."""
    if one_more_try(attempt, at) <= 1:
        record(db.session, Act.PASSKEY_REFUSED, STRANGER, at, address=attempt.address)


def note_signed_in(user: User, how: str, address: str, at: datetime) -> None:
    record(db.session, Act.SIGNED_IN, staff_actor(user), at, how=how, address=address)


def note_signed_out(who: Named, at: datetime) -> None:
    record(db.session, Act.SIGNED_OUT, staff_actor(who), at)


def note_proved_again(user: User, how: str, at: datetime) -> None:
    """Before something that cannot be taken back."""
    record(db.session, Act.PROVED_AGAIN, staff_actor(user), at, how=how)
