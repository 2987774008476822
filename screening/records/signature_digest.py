"""What a signature stands on, as one mark: when any of it changes, the signature no longer counts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID


def digest_for(
    appointment_id: UUID, answers_digest: str, protocol_digest: str, planned: Sequence[str] | None
) -> str:
    """What a provider signs: this appointment, these answers, this protocol and this plan, and nothing else.

    `planned` is None for signatures from the time when the plan was not part of what is signed. They hold as they
    were made; a plan that changes from then on voids them like any other.
    """
    parts = [str(appointment_id), answers_digest, protocol_digest]
    if planned is not None:
        parts.append("planned: " + " ".join(sorted(set(planned))))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def holds(
    signed_digest: str,
    signed_planned: Sequence[str] | None,
    appointment_id: UUID,
    answers_digest: str,
    protocol_digest: str,
    planned_now: Sequence[str],
) -> bool:
    """Whether what was signed is still what there is."""
    planned = None if signed_planned is None else planned_now
    return signed_digest == digest_for(appointment_id, answers_digest, protocol_digest, planned)
