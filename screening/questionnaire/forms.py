"""The forms of the questions, made from the protocol: one field class per kind of question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from wtforms import Field, HiddenField

from screening.domain.protocol.answers import Answer
from screening.domain.protocol.model import Protocol, Question
from screening.questionnaire.date_fields import DateField
from screening.questionnaire.earlier_answers import UnchangedQuestion
from screening.questionnaire.fields import (
    ManyField,
    NumberField,
    OneField,
    PlaceField,
    TextField,
    UnchangedField,
)
from screening.questionnaire.routing import KINDS_PAGE, Page, anchor_of
from screening.web.forms import BaseForm

FIELD_OF: dict[str, Callable[..., Field]] = {
    "one": OneField,
    "many": ManyField,
    "place": PlaceField,
    "text": TextField,
    "number": NumberField,
    "date": DateField,
}
STALE_ANSWERS = (
    "Your page was open for a long time. Your answers are still here: please press Continue again."
)
PAGE_CHANGED = "This page has changed since you opened it. Please look at it again and press Continue."
PAGE_GONE = (
    "Your answers were changed in another window, so the page that you sent was not kept. "
    "Please check your answers and press Continue."
)


class PageForm(BaseForm):
    """A form of one page. `today` is set before it is judged, since a day in the future is never an answer."""

    today: date = date.max
    page_error = ""

    def problem_of_page(self) -> str:
        return self.page_error

    def place_of(self, field: Any) -> str:
        return str(getattr(field, "first_id", field.id))

    def words_for(self, field: Any) -> str:
        """At the field the question is read just above; in the summary it must be said."""
        words, asked = super().words_for(field), getattr(field, "question", None)
        if asked is None:
            return words
        return f"{words}: {asked.about if isinstance(asked, UnchangedQuestion) else asked.wording}"


class QuestionsForm(PageForm):
    page = HiddenField()
    visit = HiddenField()

    @property
    def answer_fields(self) -> list[Any]:
        return [field for field in self if hasattr(field, "question")]

    def answers(self) -> dict[str, Answer]:
        """The answers of the fields without an error, by question id."""
        found = {field.question.id: field.answer() for field in self.answer_fields if not field.errors}
        return {name: answer for name, answer in found.items() if answer is not None}


class SendForm(PageForm):
    visit = HiddenField()
    seen = HiddenField()


def questions_form(page: Page, filled: Mapping[str, Any] | None = None, **options: Any) -> QuestionsForm:
    """The form of a page. `filled` holds what was answered for this visit; a POST of this page goes first."""
    form_class = _form_class(page.questions, page.key == KINDS_PAGE)
    return form_class(data=dict(filled or {}), **options)


@lru_cache(maxsize=200)
def _form_class(questions: tuple[Question, ...], of_kinds: bool) -> type[QuestionsForm]:
    fields = {
        asked.id: _class_of(asked, of_kinds)(question=asked, id=anchor_of(number))
        for number, asked in enumerate(questions, 1)
    }
    return type("QuestionsForm", (QuestionsForm,), fields)


def _class_of(asked: Question, of_kinds: bool) -> Callable[..., Field]:
    if isinstance(asked, UnchangedQuestion):
        return UnchangedField
    return ManyField if of_kinds else FIELD_OF[asked.kind]


def strays(protocol: Protocol, page: Page, sent: Mapping[str, Any]) -> bool:
    """Whether answers to questions of other pages came along: the page that was sent is not the page that is asked."""
    here = {question.id for question in page.questions}
    return any(name.partition("-")[0] in protocol.questions.keys() - here for name in sent)
