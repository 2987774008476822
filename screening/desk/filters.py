"""What the queue shows, read from the address, so that it survives every action and can be kept as a bookmark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from screening.domain.states import State
from screening.records.queue import QueueRow
from screening.staff.forms import day_from

PERIODS = (1, 7)


@dataclass(frozen=True)
class Filters:
    day: date
    days: int = 1
    state: State | None = None
    search: str = ""
    problem: str = ""

    def query(self, **changes: object) -> str:
        """The address of the same list with something changed."""
        changed = replace(self, **changes)  # type: ignore[arg-type]
        pairs = {"day": changed.day.isoformat()}
        if changed.days != 1:
            pairs["days"] = str(changed.days)
        if changed.state:
            pairs["state"] = changed.state.code
        if changed.search:
            pairs["q"] = changed.search
        return "?" + urlencode(pairs)

    def shift(self, steps: int) -> str:
        return self.query(day=self.day + timedelta(days=steps * self.days))

    def chosen(self, rows: Iterable[QueueRow]) -> list[QueueRow]:
        sought = self.search.casefold()
        return [
            row
            for row in rows
            if (self.state is None or row.state == self.state) and sought in row.patient.casefold()
        ]


def kept(sent: Mapping[str, str]) -> dict[str, str]:
    """The filters in an address, to be carried along by the pages that are opened from the list."""
    return {name: sent[name] for name in ("day", "days", "state", "q") if sent.get(name)}


def read_filters(sent: Mapping[str, str], today: date) -> Filters:
    """Never fails: what cannot be read is said, and today is shown."""
    raw_day = sent.get("day", "")
    day = day_from(raw_day)
    problem = f"{raw_day[:20]!r} is not a day, so you see today." if raw_day and day is None else ""
    try:
        state = State.from_code(sent["state"]) if sent.get("state") else None
    except ValueError:
        state, problem = None, "There is no such state, so you see all of them."
    return Filters(
        day=day or today,
        days=7 if sent.get("days") == "7" else 1,
        state=state,
        search=sent.get("q", "").strip()[:80],
        problem=problem,
    )
