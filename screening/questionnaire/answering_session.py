"""One sitting: who is answering for which appointment, and where the pages of this audience are."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from screening.questionnaire.audience_texts import TO_THE_PATIENT, Voice
from screening.questionnaire.draft import DraftContent
from screening.questionnaire.routing import Journey, Page
from screening.records.actors import Actor
from screening.records.answers import digest_of
from screening.records.respondents import THE_PATIENT, Respondent
from screening.storage.models import Appointment, Submission


@dataclass(frozen=True)
class Places:
    """The addresses of the pages, which differ for patients and staff; none of them tells an answer (L10)."""

    question: Callable[[int], str]
    check: Callable[[], str]
    done: Callable[[], str]
    keep_as_sent: Callable[[], str]
    """Ends a correction: the answers stay as they were sent."""

    def of(self, page: Page | None) -> str:
        """Where a page is; the check page when no page is left."""
        return self.check() if page is None else self.question(page.position)


@dataclass(frozen=True)
class Sitting:
    appointment: Appointment
    draft: DraftContent
    sent: Submission | None
    """What was received already, when nothing is to be filled in."""
    mark: str
    """Written into each form, so that a page left open from another sitting cannot store into this one."""
    by: Actor
    layout: str
    """The template around the pages: the patient's or the one of staff."""
    places: Places
    is_begun: bool = False
    """Whether the draft is stored: by an earlier page, another window, or another person."""
    corrects: Submission | None = None
    respondent: Respondent = THE_PATIENT
    voice: Voice = TO_THE_PATIENT

    @property
    def journey(self) -> Journey:
        return self.draft.journey

    @cached_property
    def seen(self) -> str:
        """Stands for everything on the check page, so that what is sent is what was seen.

        Its first part is the mark of the answers alone, by which they are known again once they were sent.
        """
        draft = self.draft
        said = draft.returning.on_page
        rest = json.dumps(
            [str(draft.key), str(draft.corrects), draft.protocol.digest, draft.dropped, said], sort_keys=True
        )
        return f"{digest_of(draft.final)}.{hashlib.sha256(rest.encode()).hexdigest()[:32]}"

    @property
    def draft_mark(self) -> str:
        """Travels with each page, to tell whether its draft ended while it was open."""
        return str(self.draft.key) if self.is_begun else ""


Reload = Callable[[], Sitting]
"""Reads the sitting as it is stored now: another window, or another person, may have changed it meanwhile."""
