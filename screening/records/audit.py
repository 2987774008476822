"""Who did what, in the same transaction as the act itself. Events hold ids, never answers, names or links."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address

from flask import g, has_request_context, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from screening.records.actors import Actor
from screening.records.acts import Act
from screening.storage.models import Event

FIRST = "0" * 64
"""What the first event follows on."""
_HEAD = "audit head"
_LONGEST = 200
_log = logging.getLogger("screening.audit")


def record(session: Session, act: Act, by: Actor, at: datetime, /, **on: object) -> Event:
    """Adds an event after the last one; the caller holds the writing lock."""
    last = session.execute(
        select(Event.number, Event.hash).order_by(Event.number.desc()).limit(1)
    ).one_or_none()
    number, previous = (last.number + 1, last.hash) if last else (1, FIRST)
    plain = {name: _plain(str(value)) for name, value in (*on.items(), *_where())}
    digest = _hash(number, at, act.value, by.kind, by.user_id, plain, previous)
    event = Event(
        number=number,
        at=at,
        act=act.value,
        actor_kind=by.kind,
        actor_id=by.user_id,
        on=plain,
        previous=previous,
        hash=digest,
    )
    session.add(event)
    session.flush()
    session.info[_HEAD] = (number, digest)
    return event


def tell_head(session: Session) -> None:
    """After a commit: the newest event's number and hash go to the log, so that they are kept elsewhere too."""
    number, digest = session.info.pop(_HEAD, (0, ""))
    if number:
        fields = {"event": "audit head", "number": number, "hash": digest}
        _log.info(json.dumps(fields), extra={"fields": fields})


def forget_head(session: Session) -> None:
    """What was rolled back never happened."""
    session.info.pop(_HEAD, None)


def _where() -> Iterator[tuple[str, str]]:
    """The address that the request came from, and its id; nothing on the command line."""
    if not has_request_context():
        return
    try:
        yield "from", str(ip_address(request.remote_addr or ""))
    except ValueError:
        yield "from", "unknown"
    request_id = g.get("request_id") or request.environ.get("screening.request_id")
    if request_id:
        yield "request", str(request_id)


def _plain(value: str) -> str:
    """Events hold ids and short marks; what could forge a line or a screen is written as its code."""
    return (value if value.isprintable() else ascii(value)[1:-1])[:_LONGEST]


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
