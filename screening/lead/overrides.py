"""Sessions that went ahead without a valid screening, for the days in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import render_template, request

from screening.clock import day_bounds, local, today
from screening.lead import lead
from screening.records.overrides import counted, overrides_between
from screening.staff.forms import day_from

_USUAL_DAYS, _MOST_DAYS = 30, 366


@dataclass(frozen=True)
class Period:
    first: date
    last: date
    problem: str = ""


@lead.get("/overrides")
def overrides() -> str:
    period = period_from(request.args.get("from", ""), request.args.get("to", ""), today())
    start, end = day_bounds(period.first, (period.last - period.first).days + 1)
    found = overrides_between(start, end)
    return render_template(
        "lead/overrides.html",
        period=period,
        overrides=found,
        counts=counted(found),
        local=local,
    )


def period_from(first: str, last: str, day: date) -> Period:
    """Never fails: what cannot be read is said, and the last thirty days are shown."""
    usual = Period(day - timedelta(days=_USUAL_DAYS - 1), day)
    if not first and not last:
        return usual
    start, end = day_from(first) if first else usual.first, day_from(last) if last else usual.last
    if start is None or end is None:
        return Period(usual.first, usual.last, "That is not a day, so you see the last thirty days.")
    if not 0 <= (end - start).days < _MOST_DAYS:
        words = "Choose a first day before the last one, and at most a year. You see the last thirty days."
        return Period(usual.first, usual.last, words)
    return Period(start, end)
