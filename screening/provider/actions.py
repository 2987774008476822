"""What a provider does beside signing: start and end the session, and ask the desk for a call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from screening.clock import now
from screening.provider.blueprint import provider
from screening.provider.forms import CallForm, HoldForm, StartForm
from screening.provider.views import page, record_opening
from screening.records.actors import PROVIDER, Actor
from screening.records.calls import ask_for_call as ask
from screening.records.calls import must_be_the_open_call
from screening.records.errors import Conflict
from screening.records.sessions import hold_session, must_be_the_gate, start_session
from screening.records.transaction import writing
from screening.staff.forms import StaffForm, id_from
from screening.staff.review import Review, appointment_or_404, review_of
from screening.storage.models import Appointment
from screening.web.access import actor


def done(appointment_id: UUID, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("provider.appointment", appointment_id=appointment_id), 303)


@provider.post("/appointments/<uuid:appointment_id>/call")
def ask_for_call(appointment_id: UUID) -> ResponseReturnValue:
    form = CallForm()
    if not form.validate():
        return _again(appointment_id, form, "call_form")
    appointment_or_404(appointment_id)
    try:
        with writing():
            must_be_the_open_call(appointment_id, id_from(form.seen.data))
            ask(appointment_or_404(appointment_id), form.about.data or "", now(), actor(PROVIDER))
    except Conflict as conflict:
        return _again(appointment_id, form, "call_form", str(conflict))
    return done(appointment_id, "The desk will call the patient.")


@provider.post("/appointments/<uuid:appointment_id>/session-start")
def start(appointment_id: UUID) -> ResponseReturnValue:
    return _session(appointment_id, StartForm(), "start_form", start_session, "The session is started.")


@provider.post("/appointments/<uuid:appointment_id>/session-held")
def hold(appointment_id: UUID) -> ResponseReturnValue:
    return _session(appointment_id, HoldForm(), "hold_form", hold_session, "The session is marked as held.")


def _session(
    appointment_id: UUID,
    form: StartForm | HoldForm,
    name: str,
    act: Callable[[Appointment, datetime, Actor, str], None],
    words: str,
) -> ResponseReturnValue:
    appointment_or_404(appointment_id)
    if not form.validate():
        return _again(appointment_id, form, name)
    try:
        with writing():
            appointment = appointment_or_404(appointment_id)
            must_be_the_gate(appointment, now(), form.mark.data or "")
            act(appointment, now(), actor(PROVIDER), form.reason.data or "")
    except Conflict as conflict:
        return _again(appointment_id, form, name, str(conflict))
    return done(appointment_id, words)


def _again(appointment_id: UUID, form: StaffForm, name: str, problem: str = "") -> ResponseReturnValue:
    """The page as it is now, with what was typed, and why nothing was written."""
    record_opening(appointment_id)
    review = review_of(appointment_id)
    shown: dict[str, Any] = {"deciding": review.signed is None, name: form}
    if not problem and not _has_place(review, form):
        # Nothing on the page can be put right any more, so what was typed is shown as not saved.
        problem = form.problems()[0][1]
    if problem:
        return page(review, problem=problem, **shown), 409
    return page(review, errors=form.problems(), **shown), 422


def _has_place(review: Review, form: StaffForm) -> bool:
    """Whether the form still stands on the page as it is now."""
    if review.state.is_closed:
        return False
    if isinstance(form, CallForm):
        return review.submission is not None
    return not (review.gate.is_open or review.is_in_session)
