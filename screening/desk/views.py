"""The day's queue, on screen and on paper."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request

from screening.clock import now, today
from screening.desk.blueprint import desk
from screening.desk.filters import read_filters
from screening.desk.todo import ToDo, to_do, what_now
from screening.domain.states import State
from screening.records.protocol_versions import current_protocol
from screening.records.queue import QueueRow, counts, day_rows

desk.context_processor(lambda: {"what_now": what_now})


@desk.get("/")
def queue() -> str:
    filters = read_filters(request.args, today())
    rows = day_rows(filters.day, filters.days)
    return render_template(
        "desk/queue.html",
        filters=filters,
        rows=_with_tasks(filters.chosen(rows)),
        total=len(rows),
        counts=counts(rows),
        states=list(State),
        today=today(),
    )


@desk.get("/day-sheet")
def day_sheet() -> str:
    filters = read_filters(request.args, today())
    rows = _with_tasks(day_rows(filters.day), is_paper=True)
    return render_template("desk/day_sheet.html", filters=filters, rows=rows, printed_at=now())


def _with_tasks(rows: Sequence[QueueRow], is_paper: bool = False) -> list[tuple[QueueRow, ToDo]]:
    asked = current_protocol().on_arrival.ask[0]
    return [
        (
            row,
            to_do(
                row.state,
                tasks=row.tasks,
                expired=row.expired,
                on_arrival=asked if row.must_be_asked_again else "",
                is_in_session=row.is_in_session,
                has_new_answers=row.has_new_answers_in_session,
                is_paper=is_paper,
            ),
        )
        for row in rows
    ]
