"""The page of one appointment: what there is to do for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for

from screening.clock import local, now, today
from screening.desk.blueprint import desk
from screening.desk.filters import kept, read_filters
from screening.desk.forms import ArrivalForm, CalledForm, CallForm
from screening.domain.protocol.blocks import in_core_words
from screening.extensions import current_config
from screening.records.corrections import can_be_corrected
from screening.records.past import past_of
from screening.records.visit import Visit
from screening.staff.flags_shown import by_topic, shown_flag
from screening.staff.forms import ButtonForm
from screening.staff.history import history_of
from screening.staff.scoped_lookup import appointment_or_404, visit_or_404
from screening.storage.models import Appointment
from screening.web.current_user import current_user


def found(appointment_id: UUID) -> Appointment:
    return appointment_or_404(appointment_id)


def address_of(appointment_id: UUID) -> str:
    """The appointment's page, which leads back to the list as it was filtered."""
    filters: dict[str, Any] = kept(request.args)
    return url_for("desk.appointment", appointment_id=appointment_id, **filters)


@desk.get("/appointments/<uuid:appointment_id>", endpoint="appointment")
def show_tasks(appointment_id: UUID) -> str:
    return task_page(appointment_id)


def task_page(appointment_id: UUID, **more: Any) -> str:
    """The appointment with its tasks; never with answers, unless they are passed in."""
    visit = visit_or_404(appointment_id)
    forms = {
        "call_form": CallForm(),
        "called_form": CalledForm(),
        "arrival_form": ArrivalForm(),
        "button_form": ButtonForm(),
    }
    return render_template(
        "desk/appointment.html",
        **_shown(visit),
        here={"appointment_id": visit.id, **kept(request.args)},
        back=_list_of(visit.appointment),
        address=current_config().address,
        **{**forms, "changed": None, **more},
    )


def _shown(visit: Visit) -> dict[str, Any]:
    """What there is, and what no longer holds: named without telling what was answered."""
    appointment = visit.appointment
    flags = [shown_flag(visit.protocol, flag, {}) for _, flag in visit.flags]
    roles = current_user.roles
    return {
        "appointment": appointment,
        "state": visit.state(now()),
        "submission": visit.submission,
        "topics": by_topic(flags),
        "has_link": visit.has_link,
        "is_link_closed": visit.is_link_closed,
        "call": visit.call,
        "expired": in_core_words(visit.protocol, visit.expired),
        "ask_again": visit.must_be_asked_again,
        "begun": {"is_begun": visit.is_begun, "corrects": visit.is_being_corrected},
        "can_take_answers": can_be_corrected(appointment),
        "is_today": local(appointment.starts_at).date() == today(),
        "history": history_of(visit, past_of(visit), roles),
    }


def _list_of(appointment: Appointment) -> str:
    """The list that the reader came from, or the day of the appointment."""
    day = local(appointment.starts_at).date()
    return url_for("desk.queue") + read_filters(request.args, day).query()
