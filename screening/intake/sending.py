"""The check page, sending, and the page that says what was received."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.clock import now
from screening.extensions import current_protocol
from screening.flags import Flag
from screening.intake import intake
from screening.intake.draft import Draft
from screening.intake.forms import SendForm
from screening.intake.journey import next_page, pages
from screening.intake.question_views import address_of, place_of
from screening.intake.summary import dropped_rows, parts
from screening.intake.visit import Visit, current_visit
from screening.protocol import Protocol, SectionText, Severity, checked_answers, pruned
from screening.records import Actor, flags_of, submit, writing

PATIENT = Actor("patient", None, "Patient")
SEND_AGAIN = (
    "Your page was open for a long time. Your answers are still here: please press Send my answers again."
)
HELP = "safety-get-help"
CHANGED = "Your answers were changed in another window. Please check them again."


@intake.route("/check", methods=["GET", "POST"])
def check() -> ResponseReturnValue:
    visit = current_visit()
    if visit.sent:
        return redirect(url_for("intake.sent"), 303)
    unfinished = next_page(current_protocol(), visit.draft.answers)
    if unfinished:
        return redirect(address_of(unfinished), 303)
    form = SendForm()
    if request.method == "POST":
        form.validate()
        form.page_error = (
            SEND_AGAIN if form.is_stale else CHANGED if form.seen.data != digest_of(visit.draft) else ""
        )
        if not form.page_error and _send(form.seen.data):
            return redirect(url_for("intake.sent"), 303)
    return _drawn(visit, form)


def _send(seen: str | None) -> bool:
    """Stores the answers that the patient saw on the check page, and only those."""
    protocol = current_protocol()
    with writing():
        visit = current_visit()
        if visit.sent:
            return True
        if digest_of(visit.draft) != seen or next_page(protocol, visit.draft.answers):
            return False
        answers, _ = pruned(protocol, checked_answers(protocol, visit.draft.answers))
        appointment = visit.appointment
        planned = list(appointment.planned)
        submit(appointment, answers, visit.draft.key, now(), by=PATIENT, protocol=protocol, planned=planned)
    return True


def digest_of(draft: Draft) -> str:
    """Stands for everything on the check page, so that what is sent is what was seen."""
    return hashlib.sha256(json.dumps(draft.as_json(), sort_keys=True).encode()).hexdigest()[:32]


def _drawn(visit: Visit, form: SendForm) -> ResponseReturnValue:
    protocol = current_protocol()
    errors = form.problems()
    page = render_template(
        "intake/check.html",
        errors=errors,
        parts=parts(protocol, visit.draft),
        dropped=dropped_rows(protocol, visit.draft),
        place_of=place_of,
        back=place_of(len(pages(protocol, visit.draft.answers)) - 1),
        mark=visit.mark,
        seen=digest_of(visit.draft),
    )
    return page, 422 if errors else 200


@intake.get("/sent")
def sent() -> ResponseReturnValue:
    visit = current_visit()
    protocol = current_protocol()
    if visit.sent is None:
        return redirect(address_of(next_page(protocol, visit.draft.answers)), 303)
    flags = [flag for _, flag in flags_of(visit.sent)]
    return render_template(
        "intake/sent.html",
        reference=visit.sent.reference,
        texts=protocol.patient_texts,
        urgent=any(flag.urgent for flag in flags),
        stop=any(flag.severity == Severity.STOP for flag in flags),
        sections=sections_to_read(protocol, flags),
    )


def sections_to_read(protocol: Protocol, flags: Sequence[Flag]) -> list[tuple[str, SectionText]]:
    """The article sections that concern these answers, in neutral words: urgent help, what each flag is about, more."""
    found = [flag.sections for flag in flags]
    help_first = [HELP for slugs in found if HELP in slugs]
    about = [slugs[0] for slugs in found]
    slugs = dict.fromkeys([*help_first, *about, *(slug for slugs in found for slug in slugs)])
    return [(slug, protocol.section_texts[slug]) for slug in slugs if slug in protocol.section_texts]
