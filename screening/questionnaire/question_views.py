"""The pages of questions: each is judged, kept, and leads to the next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from screening.clock import now, today
from screening.questionnaire.answering_session import Reload, Sitting
from screening.questionnaire.draft import DraftContent
from screening.questionnaire.draft_store import begin_correction
from screening.questionnaire.edit_conflicts import Meanwhile, ended_meanwhile, meanwhile, typed_rows
from screening.questionnaire.forms import (
    PAGE_CHANGED,
    PAGE_GONE,
    STALE_ANSWERS,
    QuestionsForm,
    questions_form,
    strays,
)
from screening.questionnaire.page_answered import with_another, with_page, without_device
from screening.questionnaire.routing import KINDS_PAGE, Page
from screening.questionnaire.summary import device_heading, earlier_rows, last_time
from screening.records.answers import save_draft
from screening.records.transaction import writing

_STEPS = ("continue", "another", "remove")


def ask(reload: Reload, position: int) -> ResponseReturnValue:
    """Shows the page at this position, or takes what was sent from it."""
    if request.method == "POST":
        return _take(reload)
    sitting = reload()
    if sitting.sent:
        return redirect(sitting.places.done(), 303)
    journey = sitting.journey
    if position >= len(journey.pages):
        return redirect(sitting.places.of(journey.left), 303)
    page = journey.pages[position]
    return _drawn(sitting, page, questions_form(page, journey.filled_in(page)))


@dataclass(frozen=True)
class Posted:
    """A page as it was sent, judged as it is asked now."""

    page: Page
    form: QuestionsForm
    step: str
    is_valid: bool

    @property
    def leads_on(self) -> bool:
        """A device that is taken off the list need not be right."""
        return not self.form.page_error and (self.is_valid or self.step == "remove")

    def taken_into(self, draft: DraftContent) -> DraftContent | None:
        """The draft with the answers that are right; None where nothing of the page can be taken."""
        if self.form.page_error or (self.page.key == KINDS_PAGE and not self.leads_on):
            return None
        if self.step == "remove":
            return without_device(draft, self.page)
        after = with_page(draft, self.page, self.form.answers())
        return with_another(after, self.page) if self.step == "another" and self.is_valid else after


def _take(reload: Reload) -> ResponseReturnValue:
    """Reads once, under the lock, what another window or person may have changed, and decides on nothing else."""
    with writing():
        sitting = _reopened(reload)
        is_over = ended_meanwhile(sitting)
        posted = None if is_over else _posted(sitting)
        after = posted.taken_into(sitting.draft) if posted else None
        if after is not None:
            save_draft(sitting.appointment, after.as_json(), now())
    if is_over:
        return _after_others(sitting)
    if posted is None:
        return _gone(sitting)
    if after is not None:
        sitting = replace(sitting, draft=after)
    if posted.leads_on:
        return redirect(sitting.places.of(sitting.journey.left), 303)
    return _drawn(sitting, posted.page, posted.form)


def _reopened(reload: Reload) -> Sitting:
    """What was typed over answers that others sent meanwhile becomes a correction of these."""
    sitting = reload()
    if sitting.sent is None or request.form.get("over") != str(sitting.sent.id):
        return sitting
    begin_correction(sitting.appointment, now())
    return reload()


def _posted(sitting: Sitting) -> Posted | None:
    """None where the page is no longer asked."""
    page = sitting.journey.find(request.form.get("page", ""))
    if page is None:
        return None
    form = questions_form(page)
    form.today = today()
    is_valid = form.validate()
    step = request.form.get("step", "continue")
    is_other = strays(sitting.draft.protocol, page, request.form) or step not in _STEPS
    form.page_error = PAGE_CHANGED if is_other else STALE_ANSWERS if form.is_stale else ""
    return Posted(page, form, step, is_valid)


def _gone(sitting: Sitting) -> ResponseReturnValue:
    """Says that what was sent could not be kept, where it can be answered again: nothing is lost in silence."""
    page = sitting.journey.left or sitting.journey.pages[0]
    form = questions_form(page, sitting.journey.filled_in(page), formdata=None)
    form.page_error = PAGE_GONE
    return _drawn(sitting, page, form)


def _after_others(sitting: Sitting) -> ResponseReturnValue:
    """The answers were sent, or begun anew, while this page was open: what was typed is shown again, not stored."""
    others = meanwhile(sitting, request.form.get("page", ""))
    if others is None:
        return redirect(sitting.places.done(), 303)
    if others.page is None:
        text = render_template(
            "questionnaire/meanwhile.html",
            layout=sitting.layout,
            sitting=sitting,
            others=others,
            typed=typed_rows(sitting.draft.protocol, request.form),
        )
        return text, 409
    return _drawn(sitting, others.page, others.form, others)[0], 409


def _drawn(
    sitting: Sitting, page: Page, form: QuestionsForm, others: Meanwhile | None = None
) -> tuple[str, int]:
    errors = [] if others else form.problems()
    shown = others.journey if others else sitting.journey
    text = render_template(
        "questionnaire/questions.html",
        layout=sitting.layout,
        sitting=sitting,
        form=form,
        errors=errors,
        page=page,
        others=others,
        mark=sitting.mark,
        seen=sitting.seen if sitting.corrects else "",
        heading=sitting.voice.more if page.position else sitting.voice.first,
        last_time=last_time(page, sitting.draft.returning),
        told=earlier_rows(sitting.journey, page),
        about="" if page.device is None else device_heading(shown, page.device),
        back=sitting.places.question(page.position - 1) if page.position else "",
    )
    return text, 422 if errors else 200
