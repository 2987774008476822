"""The clinic's own tablet: it asks for a code of the desk, and forgets everything when it is given back."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Response, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from screening.clock import now
from screening.intake.blueprint import intake
from screening.intake.forms import TabletCodeForm
from screening.intake.visit import Stopped, is_on_tablet, linked, mark_of_link, open_visit
from screening.questionnaire.forms import SendForm
from screening.records.rate_counters import count_try, tries
from screening.records.tablet import close_tablet, open_by_code
from screening.records.transaction import writing
from screening.storage.models import Link

WRONG_CODES = 20
WRONG_CODES_WITHIN = timedelta(minutes=15)
NOT_OPEN = "This code does not open a form. Codes work once, for ten minutes. Please ask the front desk for a new one."
TOO_OFTEN = "Too many codes did not fit. Please wait a quarter of an hour, or ask the front desk for a link."


@intake.context_processor
def _tablet_mark() -> dict[str, str]:
    """On the tablet each page has the way out; elsewhere there is none."""
    return {"tablet": mark_of_link(UUID(session["link"])) if is_on_tablet() else ""}


@intake.route("/tablet", methods=["GET", "POST"], endpoint="tablet")
def tablet_code() -> ResponseReturnValue:
    """Asks for the code. Whoever opens this page leaves nothing of the last person behind."""
    form = TabletCodeForm()
    if form.validate_on_submit():
        link, problem = _opened(form.code.data or "")
        if link is not None:
            open_visit(link)
            return redirect(url_for("intake.birth_date"), 303)
        form.code.errors = [problem]
    errors = form.problems()
    page = make_response(render_template("intake/tablet.html", form=form, errors=errors))
    page.status_code = 422 if errors else 200
    return page if errors else _forgetting(page)


def _opened(typed: str) -> tuple[Link | None, str]:
    counter = f"tablet codes from {request.remote_addr}"
    with writing():
        if tries(counter, now()) >= WRONG_CODES:
            return None, TOO_OFTEN
        link = open_by_code(typed, now())
        if link is None:
            count_try(counter, now(), WRONG_CODES_WITHIN)
        return link, NOT_OPEN


@intake.post("/tablet/give-back")
def give_back() -> ResponseReturnValue:
    """Ends the visit on this tablet, also where the patient left it: by the button, or after two idle minutes."""
    if SendForm().validate():
        try:
            with writing():
                close_tablet(linked(), now())
        except Stopped:
            # It ended already: what is left is to forget it.
            pass
        session.clear()
    return _forgetting(make_response(redirect(url_for("intake.tablet"), 303)))


def _forgetting(response: Response) -> Response:
    """Tells the browser to forget pages, cookies and whatever else it kept of the last person."""
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
