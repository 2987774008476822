"""The day's queue, on screen and on paper."""

from __future__ import annotations

from flask import render_template, request

from screening.clock import now, today
from screening.desk.blueprint import desk
from screening.desk.filters import read_filters
from screening.domain.states import State
from screening.records.queue import counts, day_rows


@desk.get("/")
def queue() -> str:
    filters = read_filters(request.args, today())
    rows = day_rows(filters.day, filters.days)
    return render_template(
        "desk/queue.html",
        filters=filters,
        rows=filters.chosen(rows),
        total=len(rows),
        counts=counts(rows),
        states=list(State),
        today=today(),
    )


@desk.get("/day-sheet")
def day_sheet() -> str:
    filters = read_filters(request.args, today())
    rows = day_rows(filters.day)
    return render_template("desk/day_sheet.html", filters=filters, rows=rows, printed_at=now())
