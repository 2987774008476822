"""How answers came, in words: online or by phone, through whom, and which answers they correct."""

from __future__ import annotations

from screening.records.respondents import PHONE
from screening.storage.models import Submission


def how_they_came(submission: Submission) -> str:
    if submission.channel != PHONE:
        return "online, by the patient"
    who = submission.answered_by
    answered = f"{who['name']} ({who['relation']})" if who else "the patient"
    typed = submission.entered_by.name if submission.entered_by else "the front desk"
    return f"by phone, answered by {answered}, typed by {typed}"


def numbered(submission: Submission) -> str:
    """Which version it is, such as "number 2, which corrects number 1"."""
    corrects = submission.corrects
    return f"number {submission.number}" + (f", which corrects number {corrects.number}" if corrects else "")
