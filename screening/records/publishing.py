"""Protocol versions: kept the first time that they are looked at or used, and signed by a clinical lead."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from screening.audit import Actor, record
from screening.extensions import db
from screening.models import ProtocolVersion, Publication
from screening.protocol import Protocol
from screening.versions import forget_current


def keep_version(protocol: Protocol, at: datetime) -> None:
    if db.session.get(ProtocolVersion, protocol.digest) is None:
        db.session.add(
            ProtocolVersion(digest=protocol.digest, version=protocol.version, text=protocol.text, kept_at=at)
        )
        db.session.flush()


def publish(protocol: Protocol, note: str, at: datetime, by: Actor) -> Publication:
    """A clinical lead signs a version by name; from now on it is the one in use (L1 says what that changes)."""
    if by.user_id is None or by.kind != "clinical-lead":
        raise ValueError("only a clinical lead signs a protocol")
    keep_version(protocol, at)
    signed = Publication(
        digest=protocol.digest, published_at=at, by_id=by.user_id, by_name=by.name, note=note
    )
    db.session.add(signed)
    db.session.flush()
    record(db.session, "protocol signed", by, at, digest=protocol.digest, version=protocol.version)
    forget_current()
    return signed


def publications() -> list[Publication]:
    """Every signature, newest first."""
    return list(db.session.scalars(select(Publication).order_by(Publication.published_at.desc())))
