"""The page that says what was received, and what happens next."""

from __future__ import annotations

from collections.abc import Iterable

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from screening.flags import Flag
from screening.intake import intake
from screening.intake.visit import current_visit
from screening.protocol import Protocol, SectionText, Severity
from screening.questionnaire.draft import page_left
from screening.records import flags_of
from screening.versions import current_protocol


@intake.get("/sent")
def sent() -> ResponseReturnValue:
    visit = current_visit()
    protocol = current_protocol()
    if visit.sent is None:
        return redirect(visit.places.of(page_left(protocol, visit.draft)), 303)
    flags = [flag for _, flag in flags_of(visit.sent)]
    return render_template(
        "intake/sent.html",
        reference=visit.sent.reference,
        texts=protocol.patient_texts,
        urgent=any(flag.urgent for flag in flags),
        stop=any(flag.severity == Severity.STOP for flag in flags),
        sections=sections_to_read(protocol, flags),
    )


def sections_to_read(protocol: Protocol, flags: Iterable[Flag]) -> list[tuple[str, SectionText]]:
    """The article sections that concern these answers, most serious flag first, in neutral words."""
    slugs = dict.fromkeys(slug for flag in flags for slug in flag.sections)
    return [(slug, protocol.section_texts[slug]) for slug in slugs if slug in protocol.section_texts]
