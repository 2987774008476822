"""The page that says what was received, and what happens next."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from screening.intake import intake
from screening.intake.visit import current_visit
from screening.questionnaire.journey import next_page
from screening.questionnaire.told import told
from screening.records import flags_of
from screening.versions import current_protocol


@intake.get("/sent")
def sent() -> ResponseReturnValue:
    visit = current_visit()
    protocol = current_protocol()
    if visit.sent is None:
        return redirect(visit.places.of(next_page(protocol, visit.draft.answers)), 303)
    said = told(protocol, [flag for _, flag in flags_of(visit.sent)])
    return render_template(
        "intake/sent.html",
        reference=visit.sent.reference,
        texts=said.texts,
        urgent=said.urgent,
        stop=said.stop,
        sections=said.sections,
    )
