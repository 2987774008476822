"""The pages of questions: each is judged, kept, and leads to the next."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from screening.clock import now, today
from screening.questionnaire.draft import Draft, find, with_another, with_page, without_device
from screening.questionnaire.forms import (
    PAGE_CHANGED,
    PAGE_GONE,
    STALE,
    QuestionsForm,
    questions_form,
    strays,
)
from screening.questionnaire.journey import KINDS, Page, next_page, page_answers, pages
from screening.questionnaire.sitting import AlreadySent, Reload, Sitting
from screening.questionnaire.summary import device_heading
from screening.records import save_draft, writing
from screening.versions import current_protocol

# Neutral on purpose: the title of a page must not tell what was answered.
HEADINGS = ("Your safety questions", "A few more questions")


def ask(reload: Reload, position: int) -> ResponseReturnValue:
    """Shows the page at this position, or takes what was sent from it."""
    sitting = reload()
    if request.method == "POST":
        return _take(sitting, reload)
    if sitting.sent:
        return redirect(sitting.places.done(), 303)
    protocol = current_protocol()
    asked = pages(protocol, sitting.draft.answers)
    if position >= len(asked):
        return redirect(sitting.places.of(next_page(protocol, sitting.draft.answers)), 303)
    page = asked[position]
    form = questions_form(page, page_answers(protocol, page, sitting.draft.answers))
    return _drawn(sitting, page, form)


def _take(sitting: Sitting, reload: Reload) -> ResponseReturnValue:
    if sitting.sent:
        raise AlreadySent
    protocol = current_protocol()
    page = find(protocol, sitting.draft, request.form.get("page", ""))
    if page is None:
        return _gone(sitting)
    form = questions_form(page)
    form.today = today()
    is_valid = form.validate()
    form.page_error = STALE if form.is_stale else PAGE_CHANGED if strays(protocol, page, request.form) else ""
    if form.page_error:
        return _drawn(sitting, page, form)
    step = request.form.get("step", "continue")
    if not is_valid and step != "remove":
        if page.key != KINDS:
            _save(reload, page, form.answers(), "continue")
        return _drawn(sitting, page, form)
    draft = _save(reload, page, form.answers(), step)
    return redirect(sitting.places.of(next_page(protocol, draft.answers)), 303)


def _gone(sitting: Sitting) -> ResponseReturnValue:
    """Says that what was sent could not be kept, where it can be answered again: nothing is lost in silence."""
    protocol, answers = current_protocol(), sitting.draft.answers
    page = next_page(protocol, answers) or pages(protocol, answers)[0]
    form = questions_form(page, page_answers(protocol, page, answers), formdata=None)
    form.page_error = PAGE_GONE
    return _drawn(sitting, page, form)


def _save(reload: Reload, page: Page, answers: dict[str, Any], step: str) -> Draft:
    """Takes the page into the draft as it is stored now, which another window may have changed meanwhile."""
    protocol = current_protocol()
    with writing():
        sitting = reload()
        if sitting.sent:
            raise AlreadySent
        draft = sitting.draft
        if find(protocol, draft, page.key) is not None:
            if step == "remove":
                draft = without_device(protocol, draft, page)
            else:
                draft = with_page(protocol, draft, page, answers)
                draft = with_another(protocol, draft, page) if step == "another" else draft
            save_draft(sitting.appointment, draft.as_json(), now())
    return draft


def _drawn(sitting: Sitting, page: Page, form: QuestionsForm) -> ResponseReturnValue:
    errors = form.problems()
    protocol = current_protocol()
    text = render_template(
        "questionnaire/questions.html",
        layout=sitting.layout,
        form=form,
        errors=errors,
        page=page,
        mark=sitting.mark,
        heading=HEADINGS[min(page.position, 1)],
        about="" if page.device is None else device_heading(protocol, sitting.draft.answers, page.device),
        back=sitting.places.question(page.position - 1) if page.position else "",
    )
    return text, 422 if errors else 200
