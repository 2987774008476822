"""The patient changes answers that were sent: a new version, or none at all."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue

from screening.clock import now
from screening.intake.blueprint import intake
from screening.intake.received import sent_page
from screening.intake.visit import current_visit, must_have_come_by_link
from screening.questionnaire import check_views
from screening.questionnaire.draft_store import begin_correction
from screening.questionnaire.forms import SendForm
from screening.records.transaction import writing


@intake.post("/change", endpoint="change")
def change_answers() -> ResponseReturnValue:
    """Opens what was sent, to be changed; what counts stays as it is until the changes are sent."""
    form = SendForm()
    if not form.validate():
        form.page_error = "Your page was open for a long time. Please press Change my answers again."
        return sent_page(current_visit(), form)
    with writing():
        visit = current_visit()
        if visit.sent:
            begin_correction(visit.appointment, now())
    visit = current_visit()
    if visit.corrects:
        return redirect(visit.places.of(visit.journey.left), 303)
    return redirect(visit.places.done(), 303)


@intake.post("/keep", endpoint="keep")
def keep_answers() -> ResponseReturnValue:
    must_have_come_by_link()
    return check_views.keep_as_sent(current_visit)
