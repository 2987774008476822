"""Days, times and numbers as people read them: each format has a name, a filter of templates, and no other place.

Babel writes them in the language of the page; a moment is told in the zone of the clinic, whatever zone it came in.
"""

from __future__ import annotations

from datetime import date, datetime

from flask import Flask
from flask_babel import format_date, format_datetime, format_decimal, format_time, to_user_timezone

_DAY = "EEEE d MMMM y"
_SHORT_DAY = "EEEE d MMMM"
_PLAIN_DAY = "d MMMM y"
_TIME = "HH:mm"
_EXACT_TIME = "HH:mm:ss"
_STAMP_DAY = "dd MMMM y"
_NUMBER = "0.###"


def long_day(when: date) -> str:
    """Monday 23 November 2026."""
    return _in_words(when, _DAY)


def short_day(when: date) -> str:
    """Monday 23 November, where the year goes without saying."""
    return _in_words(when, _SHORT_DAY)


def plain_day(when: date) -> str:
    """27 March 1980: a date of birth, and other days whose weekday says nothing."""
    return _in_words(when, _PLAIN_DAY)


def time_of_day(when: datetime) -> str:
    """09:05."""
    words: str = format_time(when, _TIME)
    return words


def long_moment(when: datetime) -> str:
    """Monday 23 November 2026, 09:05."""
    return f"{long_day(when)}, {time_of_day(when)}"


def short_moment(when: datetime) -> str:
    """Monday 23 November, 09:05."""
    return f"{short_day(when)}, {time_of_day(when)}"


def exact_moment(when: datetime) -> str:
    """Monday 23 November, 09:05:07."""
    return f"{short_day(when)}, {format_time(when, _EXACT_TIME)}"


def stamp(when: datetime) -> str:
    """03 November 2026, 09:05: on what is struck out."""
    words: str = format_datetime(when, f"{_STAMP_DAY}, {_TIME}")
    return words


def stamp_day(when: date) -> str:
    """03 November 2026."""
    return _in_words(when, _STAMP_DAY)


def iso_day(when: date) -> str:
    """2026-11-23: for addresses and date fields, not for people."""
    return _in_the_clinic(when).isoformat()[:10]


def plain_number(amount: float) -> str:
    """12, 1200 or 37.5."""
    words: str = format_decimal(amount, _NUMBER)
    return words


def large_number(amount: int) -> str:
    """1,234,567."""
    words: str = format_decimal(amount)
    return words


def add_filters(app: Flask) -> None:
    """Each format under its short name in templates: `{{ visit.starts_at|moment }}`."""
    app.jinja_env.filters.update(
        day=long_day,
        short_day=short_day,
        plain_day=plain_day,
        time=time_of_day,
        moment=long_moment,
        short_moment=short_moment,
        exact_moment=exact_moment,
        stamp=stamp,
        stamp_day=stamp_day,
        iso_day=iso_day,
        number=plain_number,
    )


def _in_words(when: date, pattern: str) -> str:
    words: str = format_date(_in_the_clinic(when), pattern)
    return words


def _in_the_clinic(when: date) -> date:
    """A moment as it is told in the clinic; a day is the same everywhere."""
    there: date = to_user_timezone(when) if isinstance(when, datetime) else when
    return there
