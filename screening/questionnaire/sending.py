"""The check page, from which the answers are sent: what is stored is what was seen on it."""

from __future__ import annotations

import hashlib
import json

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from screening.clock import now
from screening.protocol import checked_answers, pruned
from screening.questionnaire.draft import Draft, all_pages, page_left
from screening.questionnaire.forms import SendForm
from screening.questionnaire.sitting import Reload, Sitting
from screening.questionnaire.summary import dropped_rows, parts
from screening.records import submit, writing
from screening.versions import current_protocol

SEND_AGAIN = (
    "Your page was open for a long time. Your answers are still here: please press Send my answers again."
)
CHANGED = "Your answers were changed in another window. Please check them again."


def check(reload: Reload) -> ResponseReturnValue:
    """Shows every answer once more, and sends them."""
    sitting = reload()
    if sitting.sent:
        return redirect(sitting.places.done(), 303)
    page = page_left(current_protocol(), sitting.draft)
    if page:
        return redirect(sitting.places.of(page), 303)
    form = SendForm()
    if request.method == "POST":
        form.validate()
        form.page_error = (
            SEND_AGAIN if form.is_stale else CHANGED if form.seen.data != digest_of(sitting.draft) else ""
        )
        if not form.page_error and _send(reload, form.seen.data):
            return redirect(sitting.places.done(), 303)
    return _drawn(sitting, form)


def _send(reload: Reload, seen: str | None) -> bool:
    """Stores the answers that were seen on the check page, and only those."""
    protocol = current_protocol()
    with writing():
        sitting = reload()
        if sitting.sent:
            return True
        if digest_of(sitting.draft) != seen or page_left(protocol, sitting.draft):
            return False
        answers, _ = pruned(protocol, checked_answers(protocol, sitting.draft.answers))
        planned = list(sitting.appointment.planned)
        submit(
            sitting.appointment,
            answers,
            sitting.draft.key,
            now(),
            by=sitting.by,
            protocol=protocol,
            planned=planned,
            kept=sitting.draft.returning.moments,
        )
    return True


def digest_of(draft: Draft) -> str:
    """Stands for everything on the check page, so that what is sent is what was seen."""
    return hashlib.sha256(json.dumps(draft.as_json(), sort_keys=True).encode()).hexdigest()[:32]


def _drawn(sitting: Sitting, form: SendForm) -> ResponseReturnValue:
    protocol = current_protocol()
    errors = form.problems()
    last = len(all_pages(protocol, sitting.draft)) - 1
    page = render_template(
        "questionnaire/check.html",
        layout=sitting.layout,
        errors=errors,
        parts=parts(protocol, sitting.draft),
        dropped=dropped_rows(protocol, sitting.draft),
        place_of=sitting.places.question,
        back=sitting.places.question(last),
        mark=sitting.mark,
        seen=digest_of(sitting.draft),
    )
    return page, 422 if errors else 200
