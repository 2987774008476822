"""The page that says what was received, and what happens next."""

from __future__ import annotations

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from screening.intake.blueprint import intake
from screening.intake.visit import current_visit
from screening.questionnaire.answering_session import Sitting
from screening.questionnaire.forms import SendForm
from screening.questionnaire.patient_summary import patient_summary
from screening.questionnaire.routing import Journey
from screening.questionnaire.summary import SummaryPart, parts
from screening.records.answers import flags_of
from screening.records.corrections import can_be_corrected
from screening.records.protocol_versions import current_protocol, protocol_version
from screening.storage.models import Submission


@intake.get("/sent")
def sent() -> ResponseReturnValue:
    return sent_page(current_visit(), SendForm())


def sent_page(visit: Sitting, form: SendForm) -> ResponseReturnValue:
    """What counts now, also while a change of it is begun and not sent."""
    counts = visit.corrects or visit.sent
    if counts is None:
        return redirect(visit.places.of(visit.journey.left), 303)
    errors = form.problems()
    page = render_template(
        "intake/sent.html",
        visit=visit,
        submission=counts,
        parts=_what_was_sent(counts),
        read=patient_summary(current_protocol(), [flag for _, flag in flags_of(counts)]),
        errors=errors,
        can_change=can_be_corrected(visit.appointment),
        seen=visit.seen if visit.corrects else "",
    )
    return page, 422 if errors else 200


def _what_was_sent(submission: Submission) -> tuple[SummaryPart, ...]:
    """In the words of the version on which it was asked, to be read and printed."""
    protocol = protocol_version(submission.protocol_digest)
    return parts(Journey(protocol, submission.answers))
