"""Counters that slow guessing down, in the database: they hold on every worker and after a restart."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete

from screening.extensions import current_config, db
from screening.storage.models import Tries


def tries(name: str, at: datetime) -> int:
    """How often this was tried in the time that still counts."""
    row = db.session.get(Tries, _hidden(name))
    return row.count if row is not None and row.ends_at > at else 0


def count_try(name: str, at: datetime, within: timedelta) -> int:
    """One more; the time that counts begins with the first. Call it inside `with writing():`."""
    row = db.session.get(Tries, _hidden(name))
    if row is None:
        row = Tries(name=_hidden(name), count=0, ends_at=at + within)
        db.session.add(row)
    elif row.ends_at <= at:
        row.count, row.ends_at = 0, at + within
    row.count += 1
    db.session.flush()
    return row.count


def forget_tries(name: str) -> None:
    """It succeeded, so what went wrong before no longer counts."""
    db.session.execute(delete(Tries).where(Tries.name == _hidden(name)))


def _hidden(name: str) -> str:
    """Nobody who reads the database learns who tried, or from where."""
    return hmac.new(current_config().password_salt.encode(), name.encode(), hashlib.sha256).hexdigest()
