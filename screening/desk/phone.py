"""Answers by phone: the patient's own questions, read aloud by the desk, from the first page to the reference."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from screening.clock import now
from screening.desk.appointments import address_of, found
from screening.desk.blueprint import desk
from screening.desk.calling import (
    begin_call,
    current_call,
    is_birth_date_closed,
    is_patient,
    open_appointment,
    places,
)
from screening.desk.forms import CallerForm
from screening.questionnaire import check_views, question_views
from screening.questionnaire.draft_store import unfinished
from screening.questionnaire.patient_summary import patient_summary
from screening.records.actors import DESK
from screening.records.answers import flags_of, latest_submission, record_reading
from screening.records.protocol_versions import current_protocol
from screening.records.respondents import PHONE
from screening.records.transaction import writing
from screening.staff.provenance import how_they_came
from screening.web.access import actor
from screening.web.current_user import current_user

NOT_THE_CALLERS_BIRTH_DATE = (
    "This is not the date that the clinic has. Ask the caller to say it once more, day by day"
)
BIRTH_DATE_CLOSED = (
    "Five dates did not match, so no answers are taken by phone for an hour. "
    "Call the patient back on the number that the clinic has, or give them a link."
)


@desk.route("/appointments/<uuid:appointment_id>/phone", methods=["GET", "POST"])
def phone(appointment_id: UUID) -> ResponseReturnValue:
    """Who is on the phone: nothing of the answers opens before that is confirmed."""
    appointment = open_appointment()
    form = CallerForm()
    problem = BIRTH_DATE_CLOSED if is_birth_date_closed(appointment) else ""
    if form.validate_on_submit() and not problem:
        if is_patient(form):
            begin_call(form)
            begun = unfinished(found(appointment_id), now())
            return redirect(places().of(begun.draft.journey.left), 303)
        form.born.errors = [NOT_THE_CALLERS_BIRTH_DATE]
        problem = BIRTH_DATE_CLOSED if is_birth_date_closed(appointment) else ""
    errors = form.problems() if form.is_submitted() else []
    text = render_template(
        "desk/phone.html",
        appointment=appointment,
        form=form,
        errors=[] if problem else errors,
        problem=problem,
        begun=unfinished(appointment, now()),
        submission=latest_submission(appointment.id),
        back=address_of(appointment_id),
    )
    return text, 409 if problem else 422 if errors else 200


@desk.route("/appointments/<uuid:appointment_id>/phone/questions", methods=["GET", "POST"])
def phone_questions(appointment_id: UUID) -> ResponseReturnValue:
    return _recorded(appointment_id, question_views.ask(current_call, 0))


@desk.route("/appointments/<uuid:appointment_id>/phone/more/<int:position>", methods=["GET", "POST"])
def phone_more(appointment_id: UUID, position: int) -> ResponseReturnValue:
    return _recorded(appointment_id, question_views.ask(current_call, position))


@desk.route("/appointments/<uuid:appointment_id>/phone/check", methods=["GET", "POST"])
def phone_check(appointment_id: UUID) -> ResponseReturnValue:
    return _recorded(appointment_id, check_views.check_page(current_call))


@desk.post("/appointments/<uuid:appointment_id>/phone/keep")
def phone_keep(appointment_id: UUID) -> ResponseReturnValue:
    return _recorded(appointment_id, check_views.keep_as_sent(current_call))


@desk.get("/appointments/<uuid:appointment_id>/phone/sent")
def phone_sent(appointment_id: UUID) -> ResponseReturnValue:
    """What to tell the caller, for who typed the answers that count now; everybody else finds the appointment."""
    appointment = found(appointment_id)
    submission = latest_submission(appointment.id)
    is_mine = submission is not None and submission.entered_by_id == current_user.id
    if submission is None or not is_mine or submission.channel != PHONE:
        return redirect(address_of(appointment_id), 303)
    return render_template(
        "desk/phone_sent.html",
        appointment=appointment,
        submission=submission,
        read=patient_summary(current_protocol(), [flag for _, flag in flags_of(submission)]),
        how=how_they_came(submission),
        back=address_of(appointment_id),
    )


def _recorded(appointment_id: UUID, answer: ResponseReturnValue) -> ResponseReturnValue:
    """A page that shows what others sent meanwhile shows answers, so opening it is recorded (L10)."""
    if isinstance(answer, tuple) and answer[1] == 409:
        with writing():
            submission = latest_submission(found(appointment_id).id)
            if submission is not None:
                record_reading(submission, now(), actor(DESK))
    return answer
