"""From the link to the first question: the start page and the date of birth."""

from __future__ import annotations

from flask import Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.clock import now, today
from screening.intake.blueprint import intake
from screening.intake.forms import BirthDateForm, LinkForm
from screening.intake.visit import (
    Stopped,
    confirm_visit,
    is_confirmed,
    linked,
    mark_of_link,
    open_visit,
    received,
    stopped_page,
)
from screening.questionnaire.forms import STALE_ANSWERS
from screening.records.links import confirm_birth_date, find_link, has_guessed_too_often, link_problem
from screening.records.transaction import writing
from screening.storage.models import Link

intake.register_error_handler(Stopped, stopped_page)

NOT_YOUR_BIRTH_DATE = (
    "This is not the date that the clinic has. Please check the day, the month and the year."
)


@intake.route("/<token>", methods=["GET", "POST"], endpoint="start")
def open_link(token: str) -> ResponseReturnValue:
    """Looking at a link stores nothing and tells nothing about the patient; only Start opens a session."""
    link = find_link(token) or abort(404)
    problem = link_problem(link, now())
    if problem:
        raise Stopped(problem)
    form = LinkForm(meta={"link": token})
    if form.validate_on_submit():
        open_visit(link)
        return _without_address(redirect(url_for("intake.birth_date"), 303))
    form.page_error = "Please press Start again." if form.errors else ""
    errors = form.problems()
    page = render_template("intake/start.html", form=form, errors=errors)
    return _without_address((page, 422 if errors else 200))


def _without_address(page: object) -> Response:
    """The address of this page is the link itself, so no other request may carry it along."""
    response = make_response(page)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@intake.route("/birth-date", methods=["GET", "POST"])
def birth_date() -> ResponseReturnValue:
    link = linked()
    if is_confirmed(link):
        return redirect(_where_it_begins(link), 303)
    if has_guessed_too_often(request.remote_addr or "", now()):
        raise Stopped("guessed")
    form = BirthDateForm()
    form.today = today()
    if form.validate_on_submit():
        if _is_theirs(form):
            return redirect(_where_it_begins(link), 303)
        form.born.errors = [NOT_YOUR_BIRTH_DATE]
    form.page_error = STALE_ANSWERS if form.is_stale else ""
    errors = form.problems()
    page = render_template("intake/birth_date.html", form=form, errors=errors, mark=mark_of_link(link.id))
    return page, 422 if errors else 200


def _where_it_begins(link: Link) -> str:
    """What was received comes first, also where a change of it was begun."""
    return url_for("intake.sent" if received(link) else "intake.questions")


def _is_theirs(form: BirthDateForm) -> bool:
    """Every wrong date counts; after the last one the link is closed, which `linked` then says."""
    day = form.born.day()
    with writing():
        link = linked()
        matches = day is not None and confirm_birth_date(link, day, now(), request.remote_addr or "")
    if matches:
        confirm_visit(link)
    else:
        linked()
    return matches
