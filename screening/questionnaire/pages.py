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
from screening.questionnaire.meanwhile import Meanwhile, ended_meanwhile, meanwhile, typed_rows
from screening.questionnaire.sending import mark_of_draft
from screening.questionnaire.sitting import Reload, Sitting
from screening.questionnaire.summary import device_heading
from screening.questionnaire.unfinished import begin_correction
from screening.records import save_draft, writing
from screening.versions import current_protocol


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
    protocol = current_protocol()
    if sitting.sent and request.form.get("over") == str(sitting.sent.id):
        sitting = _reopened(reload)
    elif ended_meanwhile(sitting):
        return _after_others(sitting)
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
    sitting, draft = _save(reload, page, form.answers(), step)
    if draft is None:
        return _after_others(sitting)
    return redirect(sitting.places.of(next_page(protocol, draft.answers)), 303)


def _gone(sitting: Sitting) -> ResponseReturnValue:
    """Says that what was sent could not be kept, where it can be answered again: nothing is lost in silence."""
    protocol, answers = current_protocol(), sitting.draft.answers
    page = next_page(protocol, answers) or pages(protocol, answers)[0]
    form = questions_form(page, page_answers(protocol, page, answers), formdata=None)
    form.page_error = PAGE_GONE
    return _drawn(sitting, page, form)


def _reopened(reload: Reload) -> Sitting:
    """What was typed over answers that others sent meanwhile becomes a correction of these."""
    with writing():
        begin_correction(reload().appointment, now())
    return reload()


def _save(reload: Reload, page: Page, answers: dict[str, Any], step: str) -> tuple[Sitting, Draft | None]:
    """Takes the page into the draft as it is stored now, which another window may have changed meanwhile.

    No draft comes back where it ended meanwhile: then nothing is stored.
    """
    protocol = current_protocol()
    with writing():
        sitting = reload()
        draft = sitting.draft
        if ended_meanwhile(sitting):
            return sitting, None
        if find(protocol, draft, page.key) is not None:
            if step == "remove":
                draft = without_device(protocol, draft, page)
            else:
                draft = with_page(protocol, draft, page, answers)
                draft = with_another(protocol, draft, page) if step == "another" else draft
            save_draft(sitting.appointment, draft.as_json(), now())
    return sitting, draft


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
            typed=typed_rows(current_protocol(), request.form),
        )
        return text, 409
    return _drawn(sitting, others.page, others.form, others)[0], 409


def _drawn(
    sitting: Sitting, page: Page, form: QuestionsForm, others: Meanwhile | None = None
) -> tuple[str, int]:
    errors = [] if others else form.problems()
    protocol = current_protocol()
    answers = others.answers if others else sitting.draft.answers
    text = render_template(
        "questionnaire/questions.html",
        layout=sitting.layout,
        sitting=sitting,
        form=form,
        errors=errors,
        page=page,
        others=others,
        mark=sitting.mark,
        seen=mark_of_draft(sitting.draft) if sitting.corrects else "",
        heading=sitting.voice.more if page.position else sitting.voice.first,
        about="" if page.device is None else device_heading(protocol, answers, page.device),
        back=sitting.places.question(page.position - 1) if page.position else "",
    )
    return text, 422 if errors else 200
