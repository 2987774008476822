"""The pages of questions, and the check page from which the answers are sent."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.clock import now, today
from screening.extensions import current_protocol
from screening.intake import intake
from screening.intake.draft import Draft, find, with_another, with_page, without_device
from screening.intake.forms import PAGE_CHANGED, PAGE_GONE, STALE, QuestionsForm, questions_form, strays
from screening.intake.journey import KINDS, Page, next_page, page_answers, pages
from screening.intake.summary import device_heading
from screening.intake.visit import Stopped, Visit, current_visit
from screening.records import save_draft, writing

# Neutral on purpose: the title of a page must not tell what was answered.
HEADINGS = ("Your safety questions", "A few more questions")


@intake.route("/questions", methods=["GET", "POST"])
def questions() -> ResponseReturnValue:
    return _ask(0)


@intake.route("/more/<int:position>", methods=["GET", "POST"])
def more(position: int) -> ResponseReturnValue:
    return _ask(position)


def address_of(page: Page | None) -> str:
    """Where a page is; the check page when no page is left."""
    if page is None:
        return url_for("intake.check")
    return place_of(page.position)


def place_of(position: int) -> str:
    return url_for("intake.more", position=position) if position else url_for("intake.questions")


def _ask(position: int) -> ResponseReturnValue:
    visit = current_visit()
    if request.method == "POST":
        return _take(visit)
    if visit.sent:
        return redirect(url_for("intake.sent"), 303)
    protocol = current_protocol()
    asked = pages(protocol, visit.draft.answers)
    if position >= len(asked):
        return redirect(address_of(next_page(protocol, visit.draft.answers)), 303)
    page = asked[position]
    form = questions_form(page, page_answers(protocol, page, visit.draft.answers))
    return _drawn(visit, page, form)


def _take(visit: Visit) -> ResponseReturnValue:
    if visit.sent:
        raise Stopped("late")
    protocol = current_protocol()
    page = find(protocol, visit.draft, request.form.get("page", ""))
    if page is None:
        return _gone(visit)
    form = questions_form(page)
    form.today = today()
    is_valid = form.validate()
    form.page_error = STALE if form.is_stale else PAGE_CHANGED if strays(protocol, page, request.form) else ""
    if form.page_error:
        return _drawn(visit, page, form)
    step = request.form.get("step", "continue")
    if not is_valid and step != "remove":
        if page.key != KINDS:
            _save(page, form.answers(), "continue")
        return _drawn(visit, page, form)
    draft = _save(page, form.answers(), step)
    return redirect(address_of(next_page(protocol, draft.answers)), 303)


def _gone(visit: Visit) -> ResponseReturnValue:
    """Says that what was sent could not be kept, where it can be answered again: nothing is lost in silence."""
    protocol, answers = current_protocol(), visit.draft.answers
    page = next_page(protocol, answers) or pages(protocol, answers)[0]
    form = questions_form(page, page_answers(protocol, page, answers), is_sent=False)
    form.page_error = PAGE_GONE
    return _drawn(visit, page, form)


def _save(page: Page, answers: dict[str, Any], step: str) -> Draft:
    """Takes the page into the draft as it is stored now, which another window may have changed meanwhile."""
    protocol = current_protocol()
    with writing():
        visit = current_visit()
        if visit.sent:
            raise Stopped("late")
        draft = visit.draft
        if find(protocol, draft, page.key) is not None:
            if step == "remove":
                draft = without_device(protocol, draft, page)
            else:
                draft = with_page(protocol, draft, page, answers)
                draft = with_another(protocol, draft, page) if step == "another" else draft
            save_draft(visit.appointment, draft.as_json(), now())
    return draft


def _drawn(visit: Visit, page: Page, form: QuestionsForm) -> ResponseReturnValue:
    errors = form.problems()
    protocol = current_protocol()
    text = render_template(
        "intake/questions.html",
        form=form,
        errors=errors,
        page=page,
        mark=visit.mark,
        heading=HEADINGS[min(page.position, 1)],
        about="" if page.device is None else device_heading(protocol, visit.draft.answers, page.device),
        back=place_of(page.position - 1) if page.position else "",
    )
    return text, 422 if errors else 200
