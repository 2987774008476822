"""Two people at once: the later one sees both, and loses nothing that was typed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import MultiDict

from screening.clock import today
from screening.domain.protocol.model import Protocol, Question
from screening.questionnaire.answering_session import Sitting
from screening.questionnaire.draft_store import draft_from
from screening.questionnaire.forms import QuestionsForm, questions_form
from screening.questionnaire.routing import Journey, Page
from screening.questionnaire.summary import Row, words
from screening.records.respondents import PHONE


@dataclass(frozen=True)
class Meanwhile:
    """A page that was typed on a draft that has ended since."""

    page: Page | None
    """None where the questions are no longer asked after the answers of the others."""
    form: QuestionsForm
    journey: Journey
    """What counts now, or is being filled in now."""
    rows: tuple[Row, ...]
    """The questions of the page, as the others answered them."""
    over: str
    """The submission that is corrected when the typed page is continued all the same."""
    is_by_phone: bool


def ended_meanwhile(sitting: Sitting) -> bool:
    """Whether the page that was posted belongs to a draft that was sent, ended or replaced since it was opened."""
    if sitting.sent:
        return True
    if sitting.corrects and request.form.get("over") == str(sitting.corrects.id):
        return False
    begun_on = request.form.get("draft", "")
    if not begun_on:
        return sitting.corrects is not None
    return begun_on != sitting.draft_mark


def meanwhile(sitting: Sitting, key: str) -> Meanwhile | None:
    """What to show to the later one; None where the page only says again what was sent."""
    journey = draft_from(sitting.sent).journey if sitting.sent else sitting.journey
    page = journey.find(key)
    given = journey.given(page) if page else {}
    form = questions_form(page or Page(key, 0, ()))
    form.today = today()
    form.validate()
    has_errors = any(field.errors for field in form.answer_fields)
    if sitting.sent and page and not has_errors and form.answers() == given:
        return None
    return Meanwhile(
        page=page,
        form=form,
        journey=journey,
        rows=tuple(
            Row(asked.wording, words(journey.protocol, asked, given.get(asked.id)))
            for asked in (page.questions if page else ())
        ),
        over=str(sitting.sent.id) if sitting.sent else "",
        is_by_phone=bool(sitting.sent and sitting.sent.channel == PHONE),
    )


def typed_rows(protocol: Protocol, sent: MultiDict[str, str]) -> tuple[Row, ...]:
    """What was typed on a page whose questions are no longer asked, so that nothing of it is lost."""
    typed = ((question, _typed(question, sent)) for question in protocol.questions.values())
    return tuple(Row(question.wording, answers) for question, answers in typed if answers)


def _typed(question: Question, sent: MultiDict[str, str]) -> tuple[str, ...]:
    names = (question.id, *(f"{question.id}-{part}" for part in ("day", "month", "year", "other")))
    values = [value.strip() for name in names for value in sent.getlist(name) if value.strip()]
    labels = {option.code: option.label for option in question.options}
    return tuple(labels.get(value, value) for value in values)
