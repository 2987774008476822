"""Which answers no longer hold when their appointment starts (L8)."""

from __future__ import annotations

from screening.clock import zone
from screening.domain.protocol.freshness import expired, given_at
from screening.records.protocol_versions import protocol_version
from screening.storage.models import Submission


def expired_answers(submission: Submission) -> tuple[str, ...]:
    """The questions whose answer ends before the appointment starts, wherever it was moved to."""
    return expired(
        protocol_version(submission.protocol_digest),
        submission.answers,
        given_at(submission.received_at, submission.kept),
        zone(),
        submission.appointment.starts_at,
    )
