"""The page of one appointment: what there is to do for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask_security import current_user

from screening.clock import local, now, today, zone
from screening.desk.blueprint import desk
from screening.desk.filters import kept, read_filters
from screening.desk.forms import ArrivalForm, CalledForm, CallForm
from screening.domain.protocol.blocks import in_core_words
from screening.domain.states import state_of
from screening.extensions import current_config, db
from screening.questionnaire.draft_store import unfinished
from screening.records.answers import flags_of, latest_submission
from screening.records.appointments import links_of
from screening.records.calls import open_call
from screening.records.corrections import can_be_corrected
from screening.records.freshness import expired_answers
from screening.records.links import closed_links
from screening.records.protocol_versions import protocol_version
from screening.records.review import facts_of
from screening.records.sessions import needs_arrival_check
from screening.staff.answers_shown import protocol_of
from screening.staff.flags_shown import ShownFlag, by_topic, shown_flag
from screening.staff.forms import ButtonForm
from screening.staff.history import history_of
from screening.storage.models import Appointment, Submission


def found(appointment_id: UUID) -> Appointment:
    return db.session.get(Appointment, appointment_id) or abort(404)


def address_of(appointment_id: UUID) -> str:
    """The appointment's page, which leads back to the list as it was filtered."""
    filters: dict[str, Any] = kept(request.args)
    return url_for("desk.appointment", appointment_id=appointment_id, **filters)


@desk.get("/appointments/<uuid:appointment_id>")
def appointment(appointment_id: UUID) -> str:
    return page(appointment_id)


def page(appointment_id: UUID, **more: Any) -> str:
    """The appointment with its tasks; never with answers, unless they are passed in."""
    appointment = found(appointment_id)
    submission = latest_submission(appointment.id)
    shown = _shown(submission) if submission else []
    forms = {
        "call_form": CallForm(),
        "called_form": CalledForm(),
        "arrival_form": ArrivalForm(),
        "button_form": ButtonForm(),
    }
    return render_template(
        "desk/appointment.html",
        appointment=appointment,
        state=state_of(facts_of(appointment), now(), zone()),
        submission=submission,
        topics=by_topic(shown),
        has_link=any(not each.is_for_tablet for each in links_of(appointment.id)),
        is_link_closed=closed_links(appointment.id),
        call=open_call(appointment.id),
        expired=_expired(submission) if submission else (),
        ask_again=bool(submission and needs_arrival_check(submission)),
        begun=unfinished(appointment, now()),
        can_take_answers=can_be_corrected(appointment),
        is_today=local(appointment.starts_at).date() == today(),
        history=history_of(appointment, [role.name for role in current_user.roles]),
        here={"appointment_id": appointment.id, **kept(request.args)},
        back=_list_of(appointment),
        address=current_config().address,
        local=local,
        **{**forms, "changed": None, **more},
    )


def _shown(submission: Submission) -> list[ShownFlag]:
    protocol = protocol_of(submission)
    return [shown_flag(protocol, flag, {}) for _, flag in flags_of(submission)]


def _expired(submission: Submission) -> tuple[str, ...]:
    """What no longer holds, named without telling what was answered."""
    return in_core_words(protocol_version(submission.protocol_digest), expired_answers(submission))


def _list_of(appointment: Appointment) -> str:
    """The list that the reader came from, or the day of the appointment."""
    day = local(appointment.starts_at).date()
    return url_for("desk.queue") + read_filters(request.args, day).query()
