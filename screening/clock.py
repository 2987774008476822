"""What time it is. The clock belongs to the application, so that a test or the demo can set it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app

from screening.extensions import current_config


def system_clock() -> datetime:
    return datetime.now(UTC)


def now() -> datetime:
    moment: datetime = current_app.extensions["clock"]()
    return moment


def zone() -> ZoneInfo:
    return current_config().clinic.zone


def today() -> date:
    """The day that it is in the clinic."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    return moment.astimezone(zone())


def day_bounds(first: date, days: int = 1) -> tuple[datetime, datetime]:
    """The first moment of the days, and the first after them, in UTC."""
    start = datetime.combine(first, time(), zone())
    end = datetime.combine(first + timedelta(days=days), time(), zone())
    return start.astimezone(UTC), end.astimezone(UTC)
