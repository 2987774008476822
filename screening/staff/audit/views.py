"""Who did what, for the clinical lead and the admin. Reading it is recorded, too."""

from __future__ import annotations

from flask import render_template, request

from screening.clock import now, today
from screening.records.access_log import note_audit_reading
from screening.records.actors import ADMIN, LEAD
from screening.records.transaction import writing
from screening.staff.audit.acts import ACTS
from screening.staff.audit.filters import AuditFilters, read_audit_filters
from screening.staff.audit.rows import audit_page, everybody_by_id
from screening.staff.blueprint import staff
from screening.web.access import actor
from screening.web.current_user import current_user


@staff.get("/audit")
def audit() -> str:
    known = everybody_by_id()
    filters = read_audit_filters(request.args, known, today())
    _note(filters)
    return render_template(
        "staff/audit.html",
        filters=filters,
        shown=audit_page(filters, known),
        people=known,
        acts=ACTS,
    )


def _note(filters: AuditFilters) -> None:
    """What was asked for, with the appointment's id and never what was typed to find it."""
    asked = {"act": filters.act, "who": filters.who, "before": filters.before}
    if filters.about:
        asked["appointment"] = str(filters.appointment() or "unknown")
    with writing():
        note_audit_reading(
            now(),
            actor(_role()),
            first=filters.period.first,
            last=filters.period.last,
            **{name: value for name, value in asked.items() if value},
        )


def _role() -> str:
    return LEAD if current_user.has_role(LEAD) else ADMIN
