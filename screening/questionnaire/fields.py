"""One field class per kind of question. A field judges what was typed and says what to do; it never stores.

Nothing is ever selected that the patient did not choose on this page (L2), and nothing that was sent is quietly
dropped: a choice sent twice, an option that is not on the page or a file in place of an answer is an error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from wtforms import Field
from wtforms.validators import StopValidation

from screening.domain.protocol.answers import Answer
from screening.domain.protocol.model import Question
from screening.domain.protocol.vocabulary import EXCLUSIVE_OPTIONS, NOT_SURE
from screening.questionnaire.earlier_answers import UnchangedQuestion
from screening.text import has_control_character, is_blank, turns_direction, with_plain_breaks

ONE_LINE = 100
"""A text of at most so many letters is typed in one line."""
_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")


def cleaned(typed: str) -> str:
    """Line breaks as one character, and no spaces around: what browsers add is not what the patient typed."""
    return with_plain_breaks(typed).strip()


class AnswerField(Field):
    """The answer to one question. `typed` is what was sent, to be shown again after an error."""

    input_type = "radio"

    def __init__(self, question: Question, **options: Any) -> None:
        super().__init__(label=question.wording, **options)
        self.question = question
        self.sent: list[str] = []
        self.typed: Any = ""

    @property
    def first_id(self) -> str:
        """Where the error summary leads."""
        return str(self.id)

    def is_chosen(self, code: str) -> bool:
        return bool(self.typed == code)

    def excludes(self, code: str) -> bool:
        """Whether an option stands alone in its list."""
        return False

    def is_apart(self, code: str) -> bool:
        """Whether the options that name nothing begin here; the page writes "or" before them."""
        apart = (
            option.code
            for option in self.question.options
            if self.excludes(option.code) or option.code == NOT_SURE
        )
        return code == next(apart, None)

    def process_data(self, value: Any) -> None:
        self.typed = value

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.sent = [cleaned(value) for value in valuelist if isinstance(value, str)]
        self.typed = self.sent[0] if len(self.sent) == 1 else ""

    def pre_validate(self, form: Any) -> None:
        message = self.problem(form)
        if message:
            raise StopValidation(message)

    def problem(self, form: Any) -> str | None:
        if len(self.sent) > 1:
            return "Give one answer only"
        if not self.sent or not self.sent[0]:
            return None if self.question.optional else self.blank_message()
        return self.wrong(self.sent[0])

    def blank_message(self) -> str:
        return "Choose an answer"

    def wrong(self, value: str) -> str | None:
        return None

    def answer(self) -> Answer | None:
        """The checked answer; only to be asked after the field was judged without an error."""
        return self.sent[0] if self.sent and self.sent[0] else None


class OneField(AnswerField):
    @property
    def first_id(self) -> str:
        return f"{self.id}-1"

    def wrong(self, value: str) -> str | None:
        return None if value in self.question.codes else "Choose an answer on this page"


class UnchangedField(OneField):
    """Whether anything has changed. Several stand on a page, so that the error names which."""

    question: UnchangedQuestion

    def blank_message(self) -> str:
        return "Say whether anything has changed"


class PlaceField(OneField):
    @property
    def first_id(self) -> str:
        return str(self.id)


class ManyField(AnswerField):
    input_type = "checkbox"

    @property
    def first_id(self) -> str:
        return f"{self.id}-1"

    def is_chosen(self, code: str) -> bool:
        return code in self.typed

    def excludes(self, code: str) -> bool:
        return code in EXCLUSIVE_OPTIONS

    def process_data(self, value: Any) -> None:
        self.typed = list(value or [])

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        self.sent = [value for value in valuelist if isinstance(value, str)]
        self.typed = self.sent

    def problem(self, form: Any) -> str | None:
        chosen = set(self.sent)
        if not chosen:
            return self.blank_message()
        if not chosen <= self.question.codes or len(chosen) < len(self.sent):
            return "Choose from the answers on this page"
        alone = [
            option.label for option in self.question.options if option.code in EXCLUSIVE_OPTIONS & chosen
        ]
        if alone and len(chosen) > 1:
            return f'Tick either "{alone[0]}" or the others, not both'
        return None

    def blank_message(self) -> str:
        none = [option.label for option in self.question.options if option.code in EXCLUSIVE_OPTIONS]
        return f'Tick at least one answer, or "{none[0]}"' if none else "Tick at least one answer"

    def answer(self) -> Answer | None:
        """In the order of the question, whatever order was sent."""
        return [option.code for option in self.question.options if option.code in self.sent] or None


class TextField(AnswerField):
    def blank_message(self) -> str:
        return "Write a few words"

    def wrong(self, value: str) -> str | None:
        most = self.question.max_length or 500
        if is_blank(value):
            return self.blank_message()
        if has_control_character(value) or (most <= ONE_LINE and (turns_direction(value) or "\n" in value)):
            return "Type this again without special characters"
        if len(value) > most:
            return f"Use {most} letters or fewer (now {len(value)})"
        return None


class NumberField(AnswerField):
    def blank_message(self) -> str:
        return "Enter a number"

    def wrong(self, value: str) -> str | None:
        low, high = self.question.minimum, self.question.maximum
        if not _NUMBER.fullmatch(value):
            return "Enter a number with digits, such as 2.5"
        number = float(value)
        if (low is not None and number < low) or (high is not None and number > high):
            return f"Enter a number from {low or 0:g} to {high or 0:g}"
        return None

    def answer(self) -> Answer | None:
        if not self.sent or not self.sent[0]:
            return None
        number = float(self.sent[0])
        return int(number) if number.is_integer() else number
