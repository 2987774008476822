"""The page that says what was received, and what happens next."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from screening.clock import local
from screening.intake import intake
from screening.intake.visit import current_visit
from screening.questionnaire.forms import SendForm
from screening.questionnaire.journey import next_page
from screening.questionnaire.sending import mark_of_draft
from screening.questionnaire.sitting import Sitting
from screening.questionnaire.told import told
from screening.records import can_be_corrected, flags_of
from screening.versions import current_protocol


@intake.get("/sent")
def sent() -> ResponseReturnValue:
    return sent_page(current_visit(), SendForm())


def sent_page(visit: Sitting, form: SendForm) -> ResponseReturnValue:
    """What counts now, also while a change of it is begun and not sent."""
    counts = visit.corrects or visit.sent
    if counts is None:
        return redirect(visit.places.of(next_page(current_protocol(), visit.draft.answers)), 303)
    errors = form.problems()
    page = render_template(
        "intake/sent.html",
        visit=visit,
        submission=counts,
        read=told(current_protocol(), [flag for _, flag in flags_of(counts)]),
        errors=errors,
        can_change=can_be_corrected(visit.appointment),
        seen=mark_of_draft(visit.draft) if visit.corrects else "",
        local=local,
    )
    return page, 422 if errors else 200
