"""What the desk does for an appointment: links, calls, the question on arrival, and opening answers."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from screening.clock import now
from screening.desk.appointments import address_of, found, task_page
from screening.desk.blueprint import desk
from screening.desk.forms import ArrivalForm, CalledForm, CallForm
from screening.extensions import current_config
from screening.questionnaire.answer_diff import changes
from screening.records.actors import DESK
from screening.records.answers import latest_submission, record_reading
from screening.records.calls import ask_for_call, close_call, must_be_the_open_call
from screening.records.errors import Conflict
from screening.records.links import issue_link
from screening.records.locked_visit import LockedVisit
from screening.records.sessions import confirm_on_arrival
from screening.records.tablet import issue_code
from screening.records.transaction import writing
from screening.staff.answers_shown import answers_of
from screening.staff.forms import ButtonForm, StaffForm, id_from
from screening.staff.scoped_lookup import locked_or_404, of_appointment
from screening.storage.models import Call, Submission
from screening.web.access import actor


def _acted(
    appointment_id: UUID, form: StaffForm, name: str, act: Callable[[LockedVisit], None], words: str
) -> ResponseReturnValue:
    """Does it and goes back; or shows the page again with what was typed, and why nothing was done."""
    if not form.validate():
        return _again(appointment_id, form, name)
    try:
        with writing() as session:
            act(locked_or_404(session, appointment_id))
    except Conflict as conflict:
        return task_page(appointment_id, problem=str(conflict), **{name: form}), 409
    flash(words)
    return redirect(address_of(appointment_id), 303)


def _again(appointment_id: UUID, form: StaffForm, name: str) -> ResponseReturnValue:
    return task_page(appointment_id, errors=form.problems(), **{name: form}), 422


@desk.post("/appointments/<uuid:appointment_id>/link")
def issue(appointment_id: UUID) -> ResponseReturnValue:
    """The link is shown once, on this page only: it is kept nowhere and stands in no address."""
    form = ButtonForm()
    if not form.validate():
        return _again(appointment_id, form, "button_form")
    try:
        with writing() as session:
            token = issue_link(locked_or_404(session, appointment_id), now(), actor(DESK))
    except Conflict as conflict:
        return task_page(appointment_id, problem=str(conflict)), 409
    return task_page(appointment_id, link=f"{current_config().address}/s/{token}")


@desk.post("/appointments/<uuid:appointment_id>/tablet")
def tablet(appointment_id: UUID) -> ResponseReturnValue:
    """A code to type on the clinic's tablet, shown once, on this page only."""
    form = ButtonForm()
    if not form.validate():
        return _again(appointment_id, form, "button_form")
    try:
        with writing() as session:
            code = issue_code(locked_or_404(session, appointment_id), now(), actor(DESK))
    except Conflict as conflict:
        return task_page(appointment_id, problem=str(conflict)), 409
    return task_page(appointment_id, code=code)


@desk.post("/appointments/<uuid:appointment_id>/answers")
def answers(appointment_id: UUID) -> ResponseReturnValue:
    """Opening answers is a step of its own, and is recorded with the name of who did it."""
    form = ButtonForm()
    if not form.validate():
        return _again(appointment_id, form, "button_form")
    with writing():
        submission = latest_submission(found(appointment_id).id)
        if submission is not None:
            record_reading(submission, now(), actor(DESK))
    if submission is None:
        return task_page(appointment_id, problem="There are no answers yet."), 409
    opened = answers_of(submission)
    before = submission.corrects
    changed = changes(answers_of(before), opened) if before else None
    return task_page(appointment_id, opened=opened, changed=changed)


@desk.post("/appointments/<uuid:appointment_id>/call", endpoint="ask_for_call")
def put_call_on_list(appointment_id: UUID) -> ResponseReturnValue:
    form = CallForm()

    def act(visit: LockedVisit) -> None:
        must_be_the_open_call(visit, id_from(form.seen.data))
        ask_for_call(visit, form.about.data or "", now(), actor(DESK))

    return _acted(appointment_id, form, "call_form", act, "The call is on the list.")


@desk.post("/appointments/<uuid:appointment_id>/called")
def note_call(appointment_id: UUID) -> ResponseReturnValue:
    form = CalledForm()

    def act(visit: LockedVisit) -> None:
        call = of_appointment(Call, form.call.data, appointment_id)
        newer = visit.call
        if newer is not None and newer.id != call.id:
            form.call.data = str(newer.id)
            raise Conflict(
                "More was asked in the meantime, so your note was not saved. Please read it again."
            )
        close_call(visit, call, form.what_was_said.data or "", now(), actor(DESK))

    return _acted(appointment_id, form, "called_form", act, "The call is noted.")


@desk.post("/appointments/<uuid:appointment_id>/asked-again", endpoint="confirm_on_arrival")
def note_arrival_check(appointment_id: UUID) -> ResponseReturnValue:
    form = ArrivalForm()

    def act(visit: LockedVisit) -> None:
        asked_about = of_appointment(Submission, form.submission.data, appointment_id).id
        confirm_on_arrival(visit, asked_about, now(), actor(DESK))

    return _acted(appointment_id, form, "arrival_form", act, "It is noted that nothing has changed.")
