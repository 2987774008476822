"""Emergency access, counted and shown with its reason and what was read."""

from __future__ import annotations

from flask import render_template, request

from screening.clock import day_bounds, local, today
from screening.lead import lead
from screening.lead.overrides import Period, period_from
from screening.records.emergencies import Emergency, emergencies_between


@lead.get("/emergencies")
def emergencies() -> str:
    period = period_from(request.args.get("from", ""), request.args.get("to", ""), today())
    return render_template("lead/emergencies.html", period=period, emergencies=used_in(period), local=local)


def used_lately() -> list[Emergency]:
    """In the last thirty days, for the page on which the clinical lead begins."""
    return used_in(period_from("", "", today()))


def used_in(period: Period) -> list[Emergency]:
    return emergencies_between(*day_bounds(period.first, (period.last - period.first).days + 1))
