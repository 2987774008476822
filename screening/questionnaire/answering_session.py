"""One sitting: who is answering for which appointment, and where the pages of this audience are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from screening.questionnaire.audience_texts import TO_THE_PATIENT, Voice
from screening.questionnaire.draft import Draft
from screening.questionnaire.routing import Page
from screening.records.actors import Actor
from screening.records.respondents import THE_PATIENT, Respondent
from screening.storage.models import Appointment, Submission


@dataclass(frozen=True)
class Places:
    """The addresses of the pages, which differ for patients and staff; none of them tells an answer (L10)."""

    question: Callable[[int], str]
    check: Callable[[], str]
    done: Callable[[], str]
    keep: Callable[[], str]
    """Ends a correction: the answers stay as they were sent."""

    def of(self, page: Page | None) -> str:
        """Where a page is; the check page when no page is left."""
        return self.check() if page is None else self.question(page.position)


@dataclass(frozen=True)
class Sitting:
    appointment: Appointment
    draft: Draft
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
    def draft_mark(self) -> str:
        """Travels with each page, to tell whether its draft ended while it was open."""
        return str(self.draft.key) if self.is_begun else ""


Reload = Callable[[], Sitting]
"""Reads the sitting as it is stored now: another window, or another person, may have changed it meanwhile."""
