"""Who is signed in: `current_user`, the same for views and templates, read with the session in one statement."""

from __future__ import annotations

from werkzeug.local import LocalProxy

from screening.extensions import db
from screening.records.accounts.staff_sessions import Member
from screening.storage.models import User
from screening.web.sessions import current_session

current_user: Member = LocalProxy(lambda: current_session().member)  # type: ignore[assignment]
"""Nobody, where nobody is; see `is_authenticated`."""


def own_account() -> User:
    """The row of who is signed in, for what changes it."""
    return db.session.get_one(User, current_user.id)
