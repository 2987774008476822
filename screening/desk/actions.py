"""What the desk does for an appointment: links, calls, the question on arrival, and opening answers."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from screening.access import actor
from screening.clock import now
from screening.desk import desk
from screening.desk.appointments import DESK, found, page
from screening.desk.forms import CalledForm, CallForm
from screening.extensions import current_config, current_protocol
from screening.protocol import Protocol, parse
from screening.records import (
    Conflict,
    close_call,
    issue_link,
    latest_submission,
    open_call,
    record_reading,
    writing,
)
from screening.records import (
    ask_for_call as ask,
)
from screening.records import (
    confirm_on_arrival as confirm,
)
from screening.staff.answers_shown import answers_shown
from screening.staff.forms import ButtonForm, StaffForm


def _back(appointment_id: UUID, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("desk.appointment", appointment_id=appointment_id), 303)


def _again(appointment_id: UUID, form: StaffForm, name: str) -> ResponseReturnValue:
    """The page once more, with what was typed and what to do about it."""
    return page(appointment_id, errors=form.problems(), **{name: form}), 422


@desk.post("/appointments/<uuid:appointment_id>/link")
def issue(appointment_id: UUID) -> ResponseReturnValue:
    """The link is shown once, on this page only: it is kept nowhere and stands in no address."""
    found(appointment_id)
    form = ButtonForm()
    if not form.validate():
        return _again(appointment_id, form, "button_form")
    try:
        with writing():
            token = issue_link(found(appointment_id), now(), actor(DESK))
    except Conflict as conflict:
        return page(appointment_id, problem=str(conflict)), 409
    return page(appointment_id, link=f"{current_config().address}/s/{token}")


@desk.post("/appointments/<uuid:appointment_id>/answers")
def answers(appointment_id: UUID) -> ResponseReturnValue:
    """Opening answers is a step of its own, and is recorded with the name of who did it."""
    found(appointment_id)
    form = ButtonForm()
    if not form.validate():
        return _again(appointment_id, form, "button_form")
    with writing():
        submission = latest_submission(appointment_id)
        if submission is not None:
            record_reading(submission, now(), actor(DESK))
    if submission is None:
        return page(appointment_id, problem="There are no answers yet."), 409
    protocol = _protocol_of(submission.protocol_digest, submission.protocol_version.text)
    return page(appointment_id, opened=answers_shown(protocol, submission.answers))


def _protocol_of(digest: str, text: str) -> Protocol:
    """The questions as the patient saw them."""
    current = current_protocol()
    return current if current.digest == digest else parse(text)


@desk.post("/appointments/<uuid:appointment_id>/call")
def ask_for_call(appointment_id: UUID) -> ResponseReturnValue:
    found(appointment_id)
    form = CallForm()
    if not form.validate():
        return _again(appointment_id, form, "call_form")
    with writing():
        ask(found(appointment_id), form.about.data or "", now(), actor(DESK))
    return _back(appointment_id, "The call is on the list.")


@desk.post("/appointments/<uuid:appointment_id>/called")
def note_call(appointment_id: UUID) -> ResponseReturnValue:
    found(appointment_id)
    form = CalledForm()
    if not form.validate():
        return _again(appointment_id, form, "called_form")
    try:
        with writing():
            call = open_call(appointment_id)
            if call is None:
                raise Conflict("This call was noted in the meantime.")
            close_call(call, form.what_was_said.data or "", now(), actor(DESK))
    except Conflict as conflict:
        return page(appointment_id, problem=str(conflict), called_form=form), 409
    return _back(appointment_id, "The call is noted.")


@desk.post("/appointments/<uuid:appointment_id>/asked-again")
def confirm_on_arrival(appointment_id: UUID) -> ResponseReturnValue:
    found(appointment_id)
    form = ButtonForm()
    if not form.validate():
        return _again(appointment_id, form, "button_form")
    try:
        with writing():
            submission = latest_submission(appointment_id)
            if submission is None:
                raise Conflict("There are no answers yet.")
            confirm(submission, now(), actor(DESK))
    except Conflict as conflict:
        return page(appointment_id, problem=str(conflict)), 409
    return _back(appointment_id, "It is noted that nothing has changed.")
