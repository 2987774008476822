"""How the pages of questions speak: to the patient, or to somebody of the desk who reads them aloud.

Headings are titles, too: they are neutral on purpose, so that a title never tells what was answered (L10).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Voice:
    first: str
    """The heading of the first page."""
    more: str
    lead: str
    reminder: str
    """On every page after the first."""
    check: str
    sending: str
    declaration: str
    send: str
    send_changes: str
    keep: str
    whose: str


TO_THE_PATIENT = Voice(
    first="Your safety questions",
    more="A few more questions",
    lead='Please answer every question. "Not sure" is a good answer too.',
    reminder="",
    check="Check your answers before you send them",
    sending="Send your answers",
    declaration="By sending, you say that these answers are right as far as you know.",
    send="Send my answers",
    send_changes="Send my changed answers",
    keep="Keep my answers as they were",
    whose="Your answers",
)
TO_THE_DESK = Voice(
    first="Safety questions by phone",
    more="A few more questions by phone",
    lead="Read each question aloud as it is written, with its answers, and take the answer that the caller gives. "
    'Do not explain or guess: "Not sure" is a good answer too.',
    reminder="Read each question aloud as it is written, with its answers.",
    check="Read the answers back before you send them",
    sending="Send the answers",
    declaration="By sending, you say that these are the answers that the caller gave.",
    send="Send the answers",
    send_changes="Send the changed answers",
    keep="Keep the answers as they were",
    whose="The answers",
)
