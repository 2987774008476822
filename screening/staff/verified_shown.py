"""What was verified with the patient, in words, beside the answers that were reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from screening.records.verified_answers import SOURCES
from screening.staff.answers_shown import answer_words, protocol_of
from screening.storage.models import Submission, VerifiedAnswer

Key = tuple[str, int | None]
"""A question, and the device that it asks about."""


@dataclass(frozen=True)
class VerifiedShown:
    words: str
    source: str
    """How it is known."""
    by: str
    at: datetime


def verified_shown(submission: Submission, noted: Iterable[VerifiedAnswer]) -> dict[Key, list[VerifiedShown]]:
    """What of it is about these answers, by question and newest first."""
    protocol = protocol_of(submission)
    found: dict[Key, list[VerifiedShown]] = {}
    for each in noted:
        if each.submission_id != submission.id:
            continue
        words = answer_words(protocol, protocol.questions[each.question], each.answer)
        shown = VerifiedShown(words, SOURCES[each.source], each.by_name, each.at)
        found.setdefault((each.question, each.device), []).append(shown)
    return found
