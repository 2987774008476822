"""Proves that no event was changed, removed, added or moved. Reads in slices, so memory does not grow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.records.audit import FIRST, hash_of
from screening.storage.models import Event

_AT_ONCE = 1_000


@dataclass(frozen=True)
class Head:
    """The newest event. Who keeps it elsewhere notices when the end of the chain is cut or written anew."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True)
class Broken:
    number: int
    """The first event that is not as it was written, or is not there."""
    why: str


@dataclass(frozen=True)
class Walked:
    """What a walk along the chain found."""

    head: Head
    """The last event that fits."""
    broken: Broken | None


def head_from(text: str) -> Head:
    """Reads `number:hash`. Raises ValueError."""
    found = re.fullmatch(r"([0-9]{1,18}):([0-9a-f]{64})", text.strip())
    if found is None:
        raise ValueError(
            "a head is a number, a colon and 64 letters and digits, as `screening audit head` prints it"
        )
    return Head(int(found[1]), found[2])


def head_of(session: Session) -> Head:
    query = select(Event.number, Event.hash).order_by(Event.number.desc()).limit(1)
    row = session.execute(query).one_or_none()
    return Head(row.number, row.hash) if row else Head(0, FIRST)


def walk(session: Session, known: Head | None = None) -> Walked:
    """From the first event on record to the last. `known` is an earlier head, which must still be there."""
    return walk_along(_events(session), known)


def walk_along(events: Iterable[Any], known: Head | None = None) -> Walked:
    """The same for all events, in the order of their numbers, wherever they are."""
    at = Head(0, FIRST)
    for event in events:
        why = _wrong(event, at)
        if why:
            return Walked(at, Broken(at.number + 1, why))
        at = Head(event.number, event.hash)
        if known and event.number == known.number and event.hash != known.hash:
            return Walked(at, Broken(event.number, "it is not the event that the given head names"))
    if known and at.number < known.number:
        return Walked(at, Broken(at.number + 1, "the chain was cut: the given head lies after its end"))
    return Walked(at, None)


def _events(session: Session) -> Iterator[Any]:
    last = -1
    while True:
        query = select(*Event.__table__.columns).where(Event.number > last)
        found = session.execute(query.order_by(Event.number).limit(_AT_ONCE)).all()
        yield from found
        if len(found) < _AT_ONCE:
            return
        last = found[-1].number


def _wrong(event: Any, before: Head) -> str:
    if event.number > before.number + 1:
        return f"it is missing: the next event is number {event.number}"
    if event.number != before.number + 1:
        return f"number {event.number} stands where number {before.number + 1} belongs"
    if event.hash != hash_of(event):
        return "it was changed: its hash is not the one of what it says"
    if event.previous != before.hash:
        return "it does not follow on from the event before it"
    return ""


def first_wrong(session: Session, events: Sequence[Event]) -> int | None:
    """Of some events, the number of the first that was changed or does not follow on from the one before it."""
    numbers = [event.number - 1 for event in events]
    rows = session.execute(select(Event.number, Event.hash).where(Event.number.in_(numbers)))
    hashes = {row.number: row.hash for row in rows} | {0: FIRST}
    for event in sorted(events, key=lambda each: each.number):
        before = Head(event.number - 1, hashes.get(event.number - 1, ""))
        if _wrong(event, before):
            return event.number
    return None
