"""What `screening verify` says of a version. A version never changes, so it is asked once per process."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from screening.protocol import Protocol


@dataclass(frozen=True)
class Proof:
    findings: tuple[tuple[str, str], ...]
    """What each is about, and what it says."""
    covered: str

    @property
    def passed(self) -> bool:
        return not self.findings


def proof_of(protocol: Protocol) -> Proof:
    known: dict[str, Proof] = current_app.extensions.setdefault("protocol_proofs", {})
    if protocol.digest not in known:
        known[protocol.digest] = _proved(protocol)
    return known[protocol.digest]


def _proved(protocol: Protocol) -> Proof:
    return Proof((), "")
