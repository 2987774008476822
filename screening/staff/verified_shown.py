"""What was verified with the patient, in words, beside the answers that were reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from screening.records.verified_answers import SOURCES, verified_of
from screening.staff.answers_shown import answer_words, protocol_of
from screening.storage.models import Submission

Key = tuple[str, int | None]
"""A question, and the device that it asks about."""


@dataclass(frozen=True)
class VerifiedShown:
    words: str
    source: str
    """How it is known."""
    by: str
    at: datetime


def verified_shown(submission: Submission) -> dict[Key, list[VerifiedShown]]:
    """By question, newest first."""
    protocol = protocol_of(submission)
    found: dict[Key, list[VerifiedShown]] = {}
    for each in verified_of(submission):
        words = answer_words(protocol, protocol.questions[each.question], each.answer)
        shown = VerifiedShown(words, SOURCES[each.source], each.by_name, each.at)
        found.setdefault((each.question, each.device), []).append(shown)
    return found
