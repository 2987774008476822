"""Sessions that went ahead without a valid screening, for the days in the address."""

from __future__ import annotations

from flask import render_template, request

from screening.clock import today
from screening.lead.blueprint import lead
from screening.records.overrides import counted, overrides_between
from screening.staff.periods import period_from

_USUAL_DAYS = 30


@lead.get("/overrides")
def overrides() -> str:
    period = period_from(request.args.get("from", ""), request.args.get("to", ""), today(), _USUAL_DAYS)
    found = overrides_between(*period.bounds)
    return render_template(
        "lead/overrides.html",
        period=period,
        overrides=found,
        counts=counted(found),
    )
