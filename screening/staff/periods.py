"""A span of days in an address, for pages that look back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from screening.clock import day_bounds
from screening.staff.forms import day_from

_MOST_DAYS = 366


@dataclass(frozen=True)
class Period:
    first: date
    last: date
    problem: str = ""

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        return day_bounds(self.first, (self.last - self.first).days + 1)


def period_from(first: str, last: str, day: date, usual_days: int) -> Period:
    """Never fails: what cannot be read is said, and the last days before `day` are shown."""
    usual = Period(day - timedelta(days=usual_days - 1), day)
    if not first and not last:
        return usual
    start, end = day_from(first) if first else usual.first, day_from(last) if last else usual.last
    if start is None or end is None:
        return Period(usual.first, usual.last, f"That is not a day, so you see the last {usual_days} days.")
    if not 0 <= (end - start).days < _MOST_DAYS:
        words = (
            f"Choose a first day before the last one, and at most a year. You see the last {usual_days} days."
        )
        return Period(usual.first, usual.last, words)
    return Period(start, end)
