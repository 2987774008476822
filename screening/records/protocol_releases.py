"""Protocol versions: kept the first time that they are looked at or used, and signed by a clinical lead."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from screening.domain.protocol.model import Protocol
from screening.extensions import db
from screening.records.actors import LEAD, Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.records.protocol_versions import (
    current_protocol,
    forget_current,
    is_known_as_kept,
    known_versions,
)
from screening.storage.models import ProtocolVersion, Publication


def keep_version(protocol: Protocol, at: datetime) -> None:
    if not is_known_as_kept(protocol) and db.session.get(ProtocolVersion, protocol.digest) is None:
        db.session.add(
            ProtocolVersion(digest=protocol.digest, version=protocol.version, text=protocol.text, kept_at=at)
        )
        db.session.flush()


def load_version(protocol: Protocol, at: datetime, by: Actor) -> None:
    """Keeps a version that a clinical lead brought, to be looked at. Raises Conflict where it cannot be told apart."""
    if protocol.name != current_protocol().name:
        raise Conflict(
            f"This file is of the protocol “{protocol.name}”. Here it is “{current_protocol().name}”: "
            "correct the line `protocol:`."
        )
    known = known_versions()
    if any(each.version == protocol.version and each.digest != protocol.digest for each in known):
        raise Conflict(
            f"There is another version {protocol.version} with other content. "
            "Give this one a number of its own in the line `version:`."
        )
    if all(each.digest != protocol.digest or each.kept_at is None for each in known):
        keep_version(protocol, at)
        record(db.session, Act.PROTOCOL_LOADED, by, at, digest=protocol.digest, version=protocol.version)


def publish(
    protocol: Protocol, note: str, at: datetime, by: Actor, instead_of: str | None = None
) -> Publication:
    """A clinical lead signs a version by name; from now on it is the one in use (L1 says what that changes).

    `instead_of` is the version that was in use when the page was read. Raises Conflict where another is now.
    """
    if by.user_id is None or by.kind != LEAD:
        raise ValueError("only a clinical lead signs a protocol")
    if instead_of is not None and current_protocol().digest != instead_of:
        raise Conflict(
            f"Version {current_protocol().version} was signed in the meantime, so nothing was signed. "
            "The page now compares with that version: please read it again."
        )
    keep_version(protocol, at)
    signed = Publication(
        digest=protocol.digest, published_at=at, by_id=by.user_id, by_name=by.name, note=note
    )
    db.session.add(signed)
    db.session.flush()
    record(
        db.session,
        Act.PROTOCOL_SIGNED,
        by,
        at,
        publication=signed.id,
        digest=protocol.digest,
        version=protocol.version,
    )
    forget_current()
    return signed


def publications() -> list[Publication]:
    """Every signature, newest first."""
    return list(db.session.scalars(select(Publication).order_by(Publication.published_at.desc())))
