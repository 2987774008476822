"""The patient changes answers that were sent: a new version, or none at all."""

from __future__ import annotations

from flask import redirect
from flask.typing import ResponseReturnValue

from screening.clock import now
from screening.intake.blueprint import intake
from screening.intake.received import sent_page
from screening.intake.visit import current_visit
from screening.questionnaire import check_views
from screening.questionnaire.draft import page_left
from screening.questionnaire.draft_store import begin_correction
from screening.questionnaire.forms import SendForm
from screening.records.protocol_versions import current_protocol
from screening.records.transaction import writing


@intake.post("/change")
def change() -> ResponseReturnValue:
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
        left = page_left(current_protocol(), visit.draft)
        return redirect(visit.places.of(left), 303)
    return redirect(visit.places.done(), 303)


@intake.post("/keep")
def keep() -> ResponseReturnValue:
    return check_views.keep(current_visit)
