"""Adding, moving and cancelling appointments."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.clock import local, now, today
from screening.desk.appointments import address_of, found
from screening.desk.blueprint import desk
from screening.desk.differences import differences
from screening.desk.filters import kept
from screening.desk.forms import AppointmentForm, CancelForm, ChangeForm, VisitForm
from screening.records.actors import DESK
from screening.records.appointments import (
    add_another_appointment,
    add_appointment,
    cancel_appointment,
    change_appointment,
    mark_of,
    must_be_as_seen,
)
from screening.records.errors import Conflict
from screening.records.transaction import writing
from screening.staff.scoped_lookup import locked_or_404
from screening.storage.models import Appointment
from screening.web.access import actor


@desk.route("/new", endpoint="add", methods=["GET", "POST"])
def add_new_patient() -> ResponseReturnValue:
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
    form = ChangeForm(data=_as_it_is(found(appointment_id)))
    form.offer()
    if form.validate_on_submit():
        try:
            with writing() as session:
                visit = locked_or_404(session, appointment_id)
                must_be_as_seen(visit, form.seen.data or "")
                change_appointment(visit, at=now(), by=actor(DESK), **_visit(form))
        except Conflict as conflict:
            return _conflict("desk/change.html", appointment_id, form, conflict)
        flash("The appointment is changed.")
        return redirect(address_of(appointment_id), 303)
    shown = _now(appointment_id)
    if form.is_submitted() and not shown["is_open"]:
        # No mistake can be put right on a page without its form.
        text = render_template(
            "desk/change.html",
            form=form,
            errors=[],
            problem=NOT_CHANGEABLE,
            back=address_of(appointment_id),
            **shown,
        )
        return text, 409
    return _form_page("desk/change.html", form, address_of(appointment_id), **shown)


NOT_CHANGEABLE = "This appointment was cancelled or its session has begun, so nothing was changed."


@desk.route("/appointments/<uuid:appointment_id>/cancel", methods=["GET", "POST"])
def cancel(appointment_id: UUID) -> ResponseReturnValue:
    found(appointment_id)
    form = CancelForm()
    if form.validate_on_submit():
        try:
            with writing() as session:
                visit = locked_or_404(session, appointment_id)
                must_be_as_seen(visit, form.seen.data or "")
                cancel_appointment(visit, now(), actor(DESK))
        except Conflict as conflict:
            return _conflict("desk/cancel.html", appointment_id, form, conflict)
        flash("The appointment is cancelled. Its link no longer works.")
        return redirect(address_of(appointment_id), 303)
    return _form_page("desk/cancel.html", form, address_of(appointment_id), **_now(appointment_id))


def _conflict(template: str, appointment_id: UUID, form: Any, conflict: Conflict) -> ResponseReturnValue:
    """The later of two people sees what is there now beside what they typed; a second press is deliberate."""
    shown = _now(appointment_id)
    typed = differences(shown["appointment"], form) if isinstance(form, ChangeForm) else []
    text = render_template(
        template,
        form=form,
        errors=[],
        back=address_of(appointment_id),
        problem=str(conflict),
        typed=typed,
        **shown,
    )
    return text, 409


def _now(appointment_id: UUID) -> dict[str, Any]:
    appointment = found(appointment_id)
    begun = appointment.cancelled_at or appointment.started_at or appointment.held_at
    return {"appointment": appointment, "mark": mark_of(appointment), "is_open": begun is None}


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
        "time": starts.time().isoformat("minutes"),
        "provider": str(appointment.provider_id),
        "planned": list(appointment.planned),
    }


def _form_page(template: str, form: Any, back: str, **more: Any) -> ResponseReturnValue:
    errors = form.problems() if form.is_submitted() else []
    text = render_template(template, form=form, errors=errors, back=back, **more)
    return text, 422 if errors else 200
