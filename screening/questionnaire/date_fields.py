"""Days, typed in three boxes: numbers only, and only days that the calendar has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import Field
from wtforms.utils import unset_value
from wtforms.validators import StopValidation

from screening.domain.protocol.answers import Answer
from screening.domain.protocol.model import Question
from screening.domain.protocol.vocabulary import NOT_SURE
from screening.questionnaire.fields import cleaned
from screening.text import FIRST_YEAR

DATE_PARTS = ("day", "month", "year")
_DIGITS = {"day": 2, "month": 2, "year": 4}
_MENDED = {
    "day": "Enter the day as a number, such as 27",
    "month": "Enter the month as a number, such as 3",
    "year": "Enter all four digits of the year",
}


class DayField(Field):
    """A day typed in three boxes. Says what is wrong with which box."""

    parts: tuple[str, ...] = DATE_PARTS

    def __init__(self, label: str, id: str, **options: Any) -> None:
        super().__init__(label=label, id=id, **options)
        self.boxes: dict[str, list[str]] = {}
        self.typed: dict[str, str] = {}

    @property
    def first_id(self) -> str:
        return f"{self.id}-{self._wrong_box() or 'day'}"

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        self.process_errors = []
        self.boxes = {part: [] for part in self.parts}
        if formdata is not None:
            self.boxes = {
                part: [cleaned(sent) for sent in formdata.getlist(self.box(part))] for part in self.parts
            }
        elif data is not unset_value:
            self.boxes |= {part: [sent] for part, sent in self.split(data).items()}
        self.typed = {part: sent[0] if len(sent) == 1 else "" for part, sent in self.boxes.items()}

    def box(self, part: str) -> str:
        return f"{self.name}-{part}"

    def split(self, value: Any) -> Mapping[str, str]:
        try:
            day = date.fromisoformat(value)
        except (TypeError, ValueError):
            return {}
        return {"day": str(day.day), "month": str(day.month), "year": str(day.year)}

    @property
    def is_blank(self) -> bool:
        return not any(any(sent) for sent in self.boxes.values())

    def day(self) -> date | None:
        """The day in the boxes; None where they do not hold exactly one real day."""
        if not all(self._is_number(part) for part in DATE_PARTS):
            return None
        day, month, year = (int(self.boxes[part][0]) for part in DATE_PARTS)
        try:
            return date(year, month, day) if year >= FIRST_YEAR else None
        except ValueError:
            return None

    def _wrong_box(self) -> str | None:
        wrong = (part for part in DATE_PARTS if not self._is_number(part))
        short = "year" if len(self.typed.get("year", "")) < _DIGITS["year"] else None
        return next(wrong, short)

    def _is_number(self, part: str) -> bool:
        sent = self.boxes[part]
        return len(sent) == 1 and re.fullmatch(f"[0-9]{{1,{_DIGITS[part]}}}", sent[0]) is not None

    def problem(self, form: Any) -> str | None:
        box, day = self._wrong_box(), self.day()
        if box:
            return "Enter the day, the month and the year" if self.is_blank else _MENDED[box]
        if day is None:
            return "Enter a real date, such as 27 3 1980"
        if day > form.today:
            return "Enter a date that is not in the future"
        return None

    def pre_validate(self, form: Any) -> None:
        message = self.problem(form)
        if message:
            raise StopValidation(message)


class DateField(DayField):
    """A question about a day: three boxes, or a tick that the day is not known."""

    parts = (*DATE_PARTS, "other")
    input_type = "checkbox"

    def __init__(self, question: Question, **options: Any) -> None:
        super().__init__(label=question.wording, **options)
        self.question = question

    def is_chosen(self, code: str) -> bool:
        return code in self.boxes["other"]

    def excludes(self, code: str) -> bool:
        return True

    def is_apart(self, code: str) -> bool:
        return code == NOT_SURE

    def split(self, value: Any) -> Mapping[str, str]:
        return {"other": value} if value in self.question.codes else super().split(value)

    def problem(self, form: Any) -> str | None:
        ticked = self.boxes["other"]
        typed = any(any(self.boxes[part]) for part in DATE_PARTS)
        if len(ticked) > 1 or (ticked and typed):
            return "Give a date or tick one answer, not both"
        if ticked:
            return None if ticked[0] in self.question.codes else "Choose an answer on this page"
        if self.is_blank:
            return None if self.question.optional else "Enter a date, or tick an answer"
        return super().problem(form)

    def answer(self) -> Answer | None:
        if self.boxes["other"]:
            return self.boxes["other"][0]
        day = self.day()
        return day.isoformat() if day else None
