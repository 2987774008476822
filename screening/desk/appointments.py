"""One appointment: adding it, reading what there is to do, moving and cancelling it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.access import actor
from screening.clock import local, now, today, zone
from screening.desk import desk
from screening.desk.filters import kept, read_filters
from screening.desk.forms import AppointmentForm, CalledForm, CallForm, VisitForm
from screening.extensions import current_protocol, db
from screening.models import Appointment
from screening.records import (
    Conflict,
    add_another_appointment,
    add_appointment,
    cancel_appointment,
    change_appointment,
    facts_of,
    flags_of,
    latest_submission,
    links_of,
    needs_arrival_check,
    open_call,
    writing,
)
from screening.staff.flags_shown import by_topic, shown_flag
from screening.staff.forms import ButtonForm
from screening.staff.history import history_of
from screening.states import state_of

DESK = "front-desk"


def found(appointment_id: UUID) -> Appointment:
    return db.session.get(Appointment, appointment_id) or abort(404)


def address_of(appointment_id: UUID) -> str:
    """The appointment's page, which leads back to the list as it was filtered."""
    filters: dict[str, Any] = kept(request.args)
    return url_for("desk.appointment", appointment_id=appointment_id, **filters)


@desk.route("/new", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    form = AppointmentForm(data={"day": request.args.get("day", "")})
    form.offer()
    form.today = today()
    if form.validate_on_submit():
        with writing():
            added = add_appointment(
                name=form.name.data or "",
                birth_date=form.born.day() or today(),
                at=now(),
                by=actor(DESK),
                **_visit(form),
            )
            appointment_id = added.id
        flash("The appointment is added. Next: give the patient a link.")
        return redirect(address_of(appointment_id), 303)
    return _form_page("desk/add.html", form)


@desk.route("/appointments/<uuid:appointment_id>/another", methods=["GET", "POST"])
def add_another(appointment_id: UUID) -> ResponseReturnValue:
    """The same patient comes again: who they are is known, what they answered is asked anew."""
    earlier = found(appointment_id)
    form = VisitForm(data=_as_it_is(earlier) | {"day": "", "time": ""})
    form.offer()
    if form.validate_on_submit():
        with writing():
            patient = found(appointment_id).patient
            added = add_another_appointment(patient, at=now(), by=actor(DESK), **_visit(form))
            added_id = added.id
        flash("The appointment is added. Next: give the patient a link.")
        return redirect(url_for("desk.appointment", appointment_id=added_id), 303)
    return _form_page("desk/add_another.html", form, appointment=earlier)


@desk.route("/appointments/<uuid:appointment_id>/change", methods=["GET", "POST"])
def change(appointment_id: UUID) -> ResponseReturnValue:
    appointment = found(appointment_id)
    form = VisitForm(data=_as_it_is(appointment))
    form.offer()
    if form.validate_on_submit():
        try:
            with writing():
                change_appointment(found(appointment_id), at=now(), by=actor(DESK), **_visit(form))
        except Conflict as conflict:
            return page(appointment_id, problem=str(conflict)), 409
        flash("The appointment is changed.")
        return redirect(address_of(appointment_id), 303)
    return _form_page("desk/change.html", form, appointment=appointment)


@desk.route("/appointments/<uuid:appointment_id>/cancel", methods=["GET", "POST"])
def cancel(appointment_id: UUID) -> ResponseReturnValue:
    appointment = found(appointment_id)
    form = ButtonForm()
    if form.validate_on_submit():
        try:
            with writing():
                cancel_appointment(found(appointment_id), now(), actor(DESK))
        except Conflict as conflict:
            return page(appointment_id, problem=str(conflict)), 409
        flash("The appointment is cancelled. Its link no longer works.")
        return redirect(address_of(appointment_id), 303)
    return _form_page("desk/cancel.html", form, appointment=appointment)


@desk.get("/appointments/<uuid:appointment_id>")
def appointment(appointment_id: UUID) -> str:
    return page(appointment_id)


def page(appointment_id: UUID, **more: Any) -> str:
    """The appointment with its tasks; never with answers, unless they are passed in."""
    appointment = found(appointment_id)
    protocol = current_protocol()
    submission = latest_submission(appointment.id)
    flags = flags_of(submission) if submission else []
    shown = [shown_flag(protocol, flag, {}) for _, flag in flags]
    forms = {"call_form": CallForm(), "called_form": CalledForm(), "button_form": ButtonForm()}
    return render_template(
        "desk/appointment.html",
        appointment=appointment,
        state=state_of(facts_of(appointment), now(), zone()),
        submission=submission,
        topics=by_topic(shown),
        has_link=bool(links_of(appointment.id)),
        call=open_call(appointment.id),
        ask_again=bool(submission and needs_arrival_check(submission)),
        is_today=local(appointment.starts_at).date() == today(),
        history=history_of(appointment),
        here={"appointment_id": appointment.id, **kept(request.args)},
        back=_list_of(appointment),
        local=local,
        **{**forms, **more},
    )


def _list_of(appointment: Appointment) -> str:
    """The list that the reader came from, or the day of the appointment."""
    day = local(appointment.starts_at).date()
    return url_for("desk.queue") + read_filters(request.args, day).query()


def _visit(form: VisitForm) -> dict[str, Any]:
    return {
        "contact": form.contact.data or "",
        "starts_at": form.starts_at(),
        "provider_id": int(form.provider.data),
        "planned": list(form.planned.data or []),
    }


def _as_it_is(appointment: Appointment) -> dict[str, Any]:
    starts = local(appointment.starts_at)
    return {
        "contact": appointment.patient.contact,
        "day": starts.date().isoformat(),
        "time": f"{starts:%H:%M}",
        "provider": str(appointment.provider_id),
        "planned": list(appointment.planned),
    }


def _form_page(template: str, form: Any, **more: Any) -> ResponseReturnValue:
    errors = form.problems() if form.is_submitted() else []
    text = render_template(template, form=form, errors=errors, local=local, **more)
    return text, 422 if errors else 200
