"""Who did what, in the same transaction as the act itself. Events hold ids, never answers, names or links."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.models import Event

_FIRST = "0" * 64


@dataclass(frozen=True)
class Actor:
    """Who acts: a patient, a member of staff, or the system."""

    kind: str
    user_id: int | None
    name: str


def record(session: Session, act: str, by: Actor, at: datetime, **on: object) -> Event:
    """Adds an event after the last one; the caller holds the writing lock."""
    last = session.execute(
        select(Event.number, Event.hash).order_by(Event.number.desc()).limit(1)
    ).one_or_none()
    number, previous = (last.number + 1, last.hash) if last else (1, _FIRST)
    plain = {name: str(value) for name, value in on.items()}
    digest = _hash(number, at, act, by.kind, by.user_id, plain, previous)
    event = Event(
        number=number,
        at=at,
        act=act,
        actor_kind=by.kind,
        actor_id=by.user_id,
        on=plain,
        previous=previous,
        hash=digest,
    )
    session.add(event)
    session.flush()
    return event


def first_broken(events: Iterable[Event]) -> int | None:
    """The number of the first event that was changed, removed or moved; None where the chain is whole."""
    previous = _FIRST
    for expected, event in enumerate(events, start=1):
        fits = event.number == expected and event.previous == previous and event.hash == hash_of(event)
        if not fits:
            return expected
        previous = event.hash
    return None


def hash_of(event: Event) -> str:
    return _hash(
        event.number, event.at, event.act, event.actor_kind, event.actor_id, event.on, event.previous
    )


def _hash(
    number: int, at: datetime, act: str, kind: str, user_id: int | None, on: Mapping[str, str], previous: str
) -> str:
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    plain = json.dumps([number, moment, act, kind, user_id, dict(sorted(on.items())), previous])
    return hashlib.sha256(plain.encode()).hexdigest()
