"""The pages of questions: each is judged, kept, and leads to the next."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from screening.clock import now, today
from screening.questionnaire.answering_session import Reload, Sitting
from screening.questionnaire.check_views import mark_of_draft
from screening.questionnaire.draft import (
    Draft,
    all_pages,
    filled_in,
    find,
    page_left,
    with_another,
    with_page,
    without_device,
)
from screening.questionnaire.draft_store import begin_correction
from screening.questionnaire.edit_conflicts import Meanwhile, ended_meanwhile, meanwhile, typed_rows
from screening.questionnaire.forms import (
    PAGE_CHANGED,
    PAGE_GONE,
    STALE,
    QuestionsForm,
    questions_form,
    strays,
)
from screening.questionnaire.routing import KINDS, Page
from screening.questionnaire.summary import device_heading, last_time, told_rows
from screening.records.answers import save_draft
from screening.records.protocol_versions import current_protocol
from screening.records.transaction import writing

_STEPS = ("continue", "another", "remove")


def ask(reload: Reload, position: int) -> ResponseReturnValue:
    """Shows the page at this position, or takes what was sent from it."""
    sitting = reload()
    if request.method == "POST":
        return _take(sitting, reload)
    if sitting.sent:
        return redirect(sitting.places.done(), 303)
    protocol = current_protocol()
    asked = all_pages(protocol, sitting.draft)
    if position >= len(asked):
        return redirect(sitting.places.of(page_left(protocol, sitting.draft)), 303)
    page = asked[position]
    form = questions_form(page, filled_in(protocol, sitting.draft, page))
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
    step = request.form.get("step", "continue")
    is_other = strays(protocol, page, request.form) or step not in _STEPS
    form.page_error = PAGE_CHANGED if is_other else STALE if form.is_stale else ""
    if form.page_error:
        return _drawn(sitting, page, form)
    if not is_valid and step != "remove":
        if page.key != KINDS:
            _save(reload, page, form.answers(), "continue")
        return _drawn(sitting, page, form)
    sitting, draft = _save(reload, page, form.answers(), step)
    if draft is None:
        return _after_others(sitting)
    return redirect(sitting.places.of(page_left(protocol, draft)), 303)


def _gone(sitting: Sitting) -> ResponseReturnValue:
    """Says that what was sent could not be kept, where it can be answered again: nothing is lost in silence."""
    protocol = current_protocol()
    page = page_left(protocol, sitting.draft) or all_pages(protocol, sitting.draft)[0]
    form = questions_form(page, filled_in(protocol, sitting.draft, page), formdata=None)
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
        last_time=last_time(page, sitting.draft.returning),
        told=told_rows(protocol, page, sitting.draft.returning),
        about="" if page.device is None else device_heading(protocol, answers, page.device),
        back=sitting.places.question(page.position - 1) if page.position else "",
    )
    return text, 422 if errors else 200
