"""Noting what turned out when the patient was asked: one question, in its own field, and how it is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField
from wtforms.validators import ValidationError

from screening.clock import now, today
from screening.domain.protocol.model import Protocol, Question
from screening.domain.protocol.vocabulary import IN_PERSON
from screening.provider.actions import done
from screening.provider.blueprint import provider
from screening.provider.views import note_opening, opened, review_page
from screening.questionnaire.date_fields import DateField
from screening.questionnaire.fields import ManyField
from screening.questionnaire.forms import FIELD_OF
from screening.records.actors import PROVIDER
from screening.records.errors import Conflict
from screening.records.transaction import writing
from screening.records.verified_answers import SOURCES, verify_answer
from screening.staff.answers_shown import AnswerShown, answer_words, answers_shown
from screening.staff.forms import StaffForm, choices
from screening.staff.review import Review, review_of
from screening.staff.scoped_lookup import locked_or_404, of_appointment, visit_or_404
from screening.storage.models import Submission
from screening.text import visible
from screening.web.access import actor

STRAY_ANSWER = "This page has changed since you opened it, so nothing was noted. Please look at it again."
MOVED = "New answers came in after you opened this page, so nothing was noted. Please look at them first."


class _Source(RadioField):
    def pre_validate(self, _form: Any) -> None:
        if self.data not in SOURCES:
            raise ValidationError("Choose how you know it")


class VerifyForm(StaffForm):
    submission = HiddenField()
    question = HiddenField()
    source = _Source("How do you know it?", choices=choices(SOURCES), validate_choice=False)


@provider.route(
    "/appointments/<uuid:appointment_id>/answers/<int:position>", endpoint="verify", methods=["GET", "POST"]
)
def note_verified(appointment_id: UUID, position: int) -> ResponseReturnValue:
    """The address says the place of an answer in the list, and nothing of what is asked there (L10)."""
    if request.method == "POST":
        of_appointment(Submission, VerifyForm().submission.data, appointment_id)
        return _take(opened(appointment_id), position)
    with writing() as session:
        visit = locked_or_404(session, appointment_id)
        if visit.submission is None or position >= len(
            answers_shown(visit.protocol, visit.submission.answers)
        ):
            abort(404)
        note_opening(visit)
    review = review_of(visit)
    shown = review.answers[position]
    return _drawn(review, shown, verify_form(asked_again(review.protocol, shown.question_id)))


def _take(review: Review, position: int) -> ResponseReturnValue:
    key = VerifyForm().question.data or ""
    if key.partition(":")[0] not in review.protocol.questions:
        return review_page(review, problem=STRAY_ANSWER), 409
    form = verify_form(asked_again(review.protocol, key.partition(":")[0]))
    form.today = today()
    is_valid = form.validate()
    shown = _same_question(review, position, key)
    if shown is None:
        return _both(review, position, form, MOVED)
    if not is_valid:
        return _drawn(review, shown, form)
    try:
        _note(review, shown, form)
    except Conflict as conflict:
        return _both(review, position, form, str(conflict))
    return done(review.appointment.id, "It is noted beside what the patient reported.")


def _note(review: Review, shown: AnswerShown, form: Any) -> None:
    with writing() as session:
        visit = locked_or_404(session, review.visit.id)
        made_of = of_appointment(Submission, form.submission.data, visit.id).id
        answer, source = form["answer"].answer(), str(form.source.data)
        verify_answer(visit, made_of, shown.question_id, shown.device, answer, source, now(), actor(PROVIDER))


def _both(review: Review, position: int, form: Any, problem: str) -> ResponseReturnValue:
    """What there is now, beside what was typed."""
    fresh = review_of(visit_or_404(review.visit.id))
    place = _same_question(fresh, position, form.question.data or "")
    if place is not None and not fresh.state.is_closed:
        return _drawn(fresh, place, form, problem)
    noted = form["answer"]
    words = f"{noted.question.wording} {_words(review.protocol, noted)}"
    return review_page(fresh, problem=f"{problem} You had noted: {words}"), 409


def _words(protocol: Protocol, noted: Any) -> str:
    """What was noted; where it is no answer, as it was typed."""
    if not noted.errors:
        return answer_words(protocol, noted.question, noted.answer())
    boxes = noted.boxes.values() if isinstance(noted, DateField) else [noted.sent]
    return visible(" ".join(typed for box in boxes for typed in box))


def asked_again(protocol: Protocol, question_id: str) -> Question:
    """The question as staff answer it: what kinds there are for a list of devices, and never "in person"."""
    question = protocol.questions[question_id]
    if question.kind == "devices" and protocol.device_kind is not None:
        question = replace(protocol.device_kind, kind="many")
    told = tuple(option for option in question.options if option.code != IN_PERSON)
    return replace(question, options=told, optional=False)


def verify_form(question: Question) -> Any:
    """Nothing is chosen beforehand: neither what was reported nor what was found out before (L2)."""
    field = (ManyField if question.kind == "many" else FIELD_OF[question.kind])(
        question=question, id="answer"
    )
    made = type("VerifyForm", (VerifyForm,), {"answer": field, "several": ("answer",)})
    return made()


def _same_question(review: Review, position: int, sent: str) -> AnswerShown | None:
    """The answer that the page was about, where it still is in its place."""
    if position >= len(review.answers):
        return None
    shown = review.answers[position]
    return shown if shown.key == sent else None


def _drawn(review: Review, shown: AnswerShown, form: Any, problem: str = "") -> ResponseReturnValue:
    errors = form.problems() if form.is_submitted() and not problem else []
    text = render_template(
        "provider/verify.html",
        review=review,
        appointment=review.appointment,
        shown=shown,
        form=form,
        errors=errors,
        problem=problem,
        found=review.verified.get((shown.question_id, shown.device), ()),
    )
    return text, 409 if problem else 422 if errors else 200
