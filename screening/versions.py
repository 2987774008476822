"""Which version of the protocol is in use: the one that a clinical lead signed last, or the one of the product."""

from __future__ import annotations

from functools import lru_cache

from flask import current_app, g
from sqlalchemy import select

from screening.extensions import db
from screening.models import ProtocolVersion, Publication
from screening.protocol import Protocol, parse


def current_protocol() -> Protocol:
    """The version on which new answers are given."""
    if "signed_digest" not in g:
        newest = select(Publication.digest).order_by(Publication.published_at.desc()).limit(1)
        g.signed_digest = db.session.scalar(newest)
    return _shipped() if g.signed_digest is None else protocol_version(g.signed_digest)


def forget_current() -> None:
    """Who writes looks again: another version may have been signed since this request began."""
    g.pop("signed_digest", None)


def protocol_version(digest: str) -> Protocol:
    """Any version that was ever kept. Raises LookupError for another digest."""
    if _shipped().digest == digest:
        return _shipped()
    text = _text_of(digest)
    if text is None:
        raise LookupError(f"no protocol version has the digest {digest}")
    return _parsed(text)


def _shipped() -> Protocol:
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
    return parse(text)


def signature_under(protocol: Protocol) -> Publication | None:
    """The latest signature under this version; None while it is a draft."""
    query = select(Publication).where(Publication.digest == protocol.digest)
    return db.session.scalars(query.order_by(Publication.published_at.desc()).limit(1)).one_or_none()
