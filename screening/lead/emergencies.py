"""Emergency access, counted and shown with its reason and what was read."""

from __future__ import annotations

from flask import render_template, request

from screening.clock import today
from screening.lead.blueprint import lead
from screening.records.emergencies import Emergency, emergencies_between
from screening.staff.periods import Period, period_from

_USUAL_DAYS = 30


@lead.get("/emergencies")
def emergencies() -> str:
    period = period_from(request.args.get("from", ""), request.args.get("to", ""), today(), _USUAL_DAYS)
    return render_template("lead/emergencies.html", period=period, emergencies=used_in(period))


def used_lately() -> list[Emergency]:
    """In the last thirty days, for the page on which the clinical lead begins."""
    return used_in(period_from("", "", today(), _USUAL_DAYS))


def used_in(period: Period) -> list[Emergency]:
    return emergencies_between(*period.bounds)
