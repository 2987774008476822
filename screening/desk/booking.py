"""Adding, moving and cancelling appointments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.access import actor
from screening.clock import local, now, today
from screening.desk import desk
from screening.desk.appointments import DESK, address_of, found, page
from screening.desk.filters import kept
from screening.desk.forms import AppointmentForm, VisitForm
from screening.models import Appointment
from screening.records import (
    Conflict,
    add_another_appointment,
    add_appointment,
    cancel_appointment,
    change_appointment,
    writing,
)
from screening.staff.forms import ButtonForm


@desk.route("/new", methods=["GET", "POST"])
def add() -> ResponseReturnValue:
    form = AppointmentForm(data={"day": request.args.get("day", "")})
    form.offer()
    form.today = today()
    if form.validate_on_submit():
        with writing():
            added = add_appointment(
                name=form.name.data or "",
                birth_date=form.birth_date(),
                at=now(),
                by=actor(DESK),
                **_visit(form),
            )
            appointment_id = added.id
        flash("The appointment is added. Next: give the patient a link.")
        return redirect(address_of(appointment_id), 303)
    filters: dict[str, Any] = kept(request.args)
    return _form_page("desk/add.html", form, url_for("desk.queue", **filters))


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
        return redirect(address_of(added_id), 303)
    return _form_page("desk/add_another.html", form, address_of(appointment_id), appointment=earlier)


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
    return _form_page("desk/change.html", form, address_of(appointment_id), appointment=appointment)


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
    return _form_page("desk/cancel.html", form, address_of(appointment_id), appointment=appointment)


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


def _form_page(template: str, form: Any, back: str, **more: Any) -> ResponseReturnValue:
    errors = form.problems() if form.is_submitted() else []
    text = render_template(template, form=form, errors=errors, back=back, local=local, **more)
    return text, 422 if errors else 200
