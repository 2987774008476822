"""What the forms of staff have in common: a stale page loses nothing, and nothing that was sent is quietly dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any
from uuid import UUID

from flask import request
from wtforms import BooleanField, Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from screening.text import (
    FIRST_YEAR,
    LAST_YEAR,
    has_control_character,
    is_blank,
    turns_direction,
    with_plain_breaks,
)
from screening.web.forms import BaseForm

EMPTY = "Nothing can be seen in this. Please type the words again, or leave it empty"
STALE_FORM = "Your page was open for a long time. What you typed is still here: please send it again."

# ASCII only, and no other way of writing the same that the standard library would read.
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile("[0-9]{2}:[0-9]{2}")
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class StaffForm(BaseForm):
    """One page's form."""

    # One value each: a second one is an error, never "the first wins".
    several: tuple[str, ...] = ()

    def problem_of_page(self) -> str:
        return STALE_FORM if self.is_stale else ""

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        for field in self:
            sent = request.form.getlist(field.name)
            if len(sent) > 1 and field.name not in self.several:
                field.errors = ["Give one answer only"]
                is_valid = False
        return bool(is_valid)


class ButtonForm(StaffForm):
    """A page's single button."""


def stripped(text: str | None) -> str | None:
    return with_plain_breaks(text).strip() if text else text


class Plain:
    """Text that can be stored: some, not too long, without control characters."""

    def __init__(self, longest: int, blank: str = "", *, is_line: bool = False) -> None:
        self.longest, self.blank, self.is_line = longest, blank, is_line

    def __call__(self, _form: Any, field: Field) -> None:
        text = field.data or ""
        if is_blank(text) and (self.blank or text):
            raise ValidationError(self.blank or EMPTY)
        if len(text) > self.longest:
            raise ValidationError(f"Write at most {self.longest} characters; this is {len(text)}")
        if has_control_character(text) or (self.is_line and (turns_direction(text) or "\n" in text)):
            raise ValidationError("This holds a character that cannot be stored. Please type the words again")


def line(label: str, longest: int, blank: str = "") -> StringField:
    return StringField(label, filters=[stripped], validators=[Plain(longest, blank, is_line=True)])


def note(label: str, longest: int = 1000, blank: str = "") -> TextAreaField:
    return TextAreaField(label, filters=[stripped], validators=[Plain(longest, blank)])


class CalendarField(StringField):
    """A day, chosen in the browser's own calendar or typed as 2026-11-23."""

    def day(self) -> date | None:
        return day_from(self.data)


class DayGiven:
    def __call__(self, _form: Any, field: CalendarField) -> None:
        if field.day() is None:
            raise ValidationError(f"Enter a real day: {field.label.text.lower()}, such as 2026-11-23")


class TimeGiven:
    def __call__(self, _form: Any, field: Field) -> None:
        if time_from(field.data) is None:
            raise ValidationError("Enter a time between 00:00 and 23:59, such as 09:30")


class Chosen(SelectField):
    """One of a list; nothing is chosen beforehand."""

    def pre_validate(self, _form: Any) -> None:
        if not self.data or self.data not in _values(self):
            raise ValidationError(f"Choose one: {self.label.text.lower()}")


class Ticks(SelectMultipleField):
    """Any of a list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, _form: Any) -> None:
        known = _values(self)
        sent = self.data or []
        if any(value not in known for value in sent) or len(set(sent)) < len(sent):
            raise ValidationError(f"Choose only what is on this page: {self.label.text.lower()}")


class Tick(BooleanField):
    """One box to tick. Anything but the value of the box is no tick."""

    def __init__(self, label: str = "", value: str = "y", **options: Any) -> None:
        super().__init__(label, **options)
        self.value = value

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.data = list(valuelist) == [self.value]


def choices(words: Mapping[str, str]) -> list[Any]:
    return [SelectChoice(value, label) for value, label in words.items()]


def _values(field: Any) -> list[str]:
    return [choice.value for choice in field.choices or ()]


def day_from(text: str | None) -> date | None:
    """A real day written as 2026-11-23; None for anything else."""
    if not text or not _DAY.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year < LAST_YEAR else None


def time_from(text: str | None) -> time | None:
    if not text or not _TIME.fullmatch(text):
        return None
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def id_from(text: str | None) -> UUID | None:
    """An id that a page carried along; None for anything else."""
    return UUID(text) if text and _ID.fullmatch(text) else None
