"""Which version of the protocol is in use: the one that a clinical lead signed last, or the one of the product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import current_app, g
from sqlalchemy import Row, select

from screening.domain.protocol.loading import parse_kept
from screening.domain.protocol.model import Protocol
from screening.extensions import db
from screening.storage.models import ProtocolVersion, Publication


@dataclass(frozen=True)
class Signature:
    """A clinical lead's name under a version, and since when."""

    digest: str
    by_name: str
    published_at: datetime


def current_protocol() -> Protocol:
    """The version on which new answers are given."""
    if "signed_digest" not in g:
        remember_current(db.session.execute(select(*in_use())).one())
    return shipped_protocol() if g.signed_digest is None else protocol_version(g.signed_digest)


def signature_under(protocol: Protocol) -> Signature | None:
    """The latest signature under this version; None while it is a draft."""
    current_protocol()
    if g.signed_digest is None:
        # Nobody has signed any version yet.
        return None
    return next((each for each in _signatures() if each.digest == protocol.digest), None)


def _signatures() -> tuple[Signature, ...]:
    """Newest first; read once a request."""
    if "signatures" not in g:
        query = select(Publication.digest, Publication.by_name, Publication.published_at)
        rows = db.session.execute(query.order_by(Publication.published_at.desc()))
        g.signatures = tuple(Signature(row.digest, row.by_name, row.published_at) for row in rows)
    found: tuple[Signature, ...] = g.signatures
    return found


def in_use() -> tuple[Any, ...]:
    """Columns that tell which version is in use, for who reads something else in the same statement."""
    newest = select(Publication.digest).order_by(Publication.published_at.desc()).limit(1)
    is_shipped = ProtocolVersion.digest == shipped_protocol().digest
    kept = select(ProtocolVersion.digest).where(is_shipped)
    return newest.scalar_subquery().label("signed_digest"), kept.scalar_subquery().label("shipped_kept")


def remember_current(row: Row[Any]) -> None:
    """What `in_use` gave holds until somebody writes."""
    g.signed_digest, g.shipped_kept = row.signed_digest, row.shipped_kept


def forget_current() -> None:
    """Who writes looks again: another version may have been signed since this request began."""
    g.pop("signed_digest", None)
    g.pop("shipped_kept", None)
    g.pop("signatures", None)


def is_known_as_kept(protocol: Protocol) -> bool:
    """Whether the last look at which version is in use showed that this one is on record."""
    return protocol.digest in (g.get("signed_digest"), g.get("shipped_kept"))


def protocol_version(digest: str) -> Protocol:
    """Any version that was ever kept. Raises LookupError for another digest."""
    if shipped_protocol().digest == digest:
        return shipped_protocol()
    text = _text_of(digest)
    if text is None:
        raise LookupError(f"no protocol version has the digest {digest}")
    return _parsed(text)


@dataclass(frozen=True)
class Known:
    """A version that can be read, tried and signed."""

    digest: str
    version: str
    kept_at: datetime | None
    """None where it came with the product and was not used yet."""


def known_versions() -> list[Known]:
    """Every version on record and the one of the product, newest first."""
    query = select(ProtocolVersion.digest, ProtocolVersion.version, ProtocolVersion.kept_at)
    rows = db.session.execute(query.order_by(ProtocolVersion.kept_at.desc(), ProtocolVersion.digest))
    kept = [Known(row.digest, row.version, row.kept_at) for row in rows]
    shipped = shipped_protocol()
    is_kept = any(each.digest == shipped.digest for each in kept)
    return kept if is_kept else [*kept, Known(shipped.digest, shipped.version, None)]


def shipped_protocol() -> Protocol:
    """The version that came with the product; in use until a clinical lead signs one."""
    protocol: Protocol = current_app.extensions["protocol"]
    return protocol


def _text_of(digest: str) -> str | None:
    # A kept version never changes, so its text is read once per process.
    known: dict[str, str] = current_app.extensions.setdefault("protocol_texts", {})
    if digest not in known:
        text = db.session.scalar(select(ProtocolVersion.text).where(ProtocolVersion.digest == digest))
        if text is None:
            return None
        known[digest] = text
    return known[digest]


@lru_cache(maxsize=20)
def _parsed(text: str) -> Protocol:
    return parse_kept(text)
