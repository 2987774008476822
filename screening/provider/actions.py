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
from screening.provider.forms import CallWishForm, HoldForm, StartForm
from screening.provider.views import opened, review_page
from screening.records.actors import PROVIDER, Actor
from screening.records.calls import ask_for_call, must_be_the_open_call
from screening.records.errors import Conflict
from screening.records.gate import must_be_the_gate
from screening.records.locked_visit import LockedVisit
from screening.records.sessions import hold_session, start_session
from screening.records.transaction import writing
from screening.staff.forms import StaffForm, id_from
from screening.staff.review import Review
from screening.staff.scoped_lookup import appointment_or_404, locked_or_404
from screening.web.access import actor


def done(appointment_id: UUID, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("provider.appointment", appointment_id=appointment_id), 303)


@provider.post("/appointments/<uuid:appointment_id>/call", endpoint="ask_for_call")
def wish_for_call(appointment_id: UUID) -> ResponseReturnValue:
    form = CallWishForm()
    if not form.validate():
        return _again(appointment_id, form, "call_form")
    try:
        with writing() as session:
            visit = locked_or_404(session, appointment_id)
            must_be_the_open_call(visit, id_from(form.seen.data))
            ask_for_call(visit, form.about.data or "", now(), actor(PROVIDER))
    except Conflict as conflict:
        return _again(appointment_id, form, "call_form", str(conflict))
    return done(appointment_id, "The desk will call the patient.")


@provider.post("/appointments/<uuid:appointment_id>/session-start", endpoint="start")
def mark_start(appointment_id: UUID) -> ResponseReturnValue:
    return _session(appointment_id, StartForm(), "start_form", start_session, "The session is started.")


@provider.post("/appointments/<uuid:appointment_id>/session-held")
def hold(appointment_id: UUID) -> ResponseReturnValue:
    return _session(appointment_id, HoldForm(), "hold_form", hold_session, "The session is marked as held.")


def _session(
    appointment_id: UUID,
    form: StartForm | HoldForm,
    name: str,
    act: Callable[[LockedVisit, datetime, Actor, str], None],
    words: str,
) -> ResponseReturnValue:
    appointment_or_404(appointment_id)
    if not form.validate():
        return _again(appointment_id, form, name)
    try:
        with writing() as session:
            visit = locked_or_404(session, appointment_id)
            must_be_the_gate(visit, now(), form.mark.data or "")
            act(visit, now(), actor(PROVIDER), form.reason.data or "")
    except Conflict as conflict:
        return _again(appointment_id, form, name, str(conflict))
    return done(appointment_id, words)


def _again(appointment_id: UUID, form: StaffForm, name: str, problem: str = "") -> ResponseReturnValue:
    """The page as it is now, with what was typed, and why nothing was written."""
    review = opened(appointment_id)
    shown: dict[str, Any] = {"deciding": review.signed is None, name: form}
    if not problem and not _has_place(review, form):
        # Nothing on the page can be put right any more, so what was typed is shown as not saved.
        problem = form.problems()[0][1]
    if problem:
        return review_page(review, problem=problem, **shown), 409
    return review_page(review, errors=form.problems(), **shown), 422


def _has_place(review: Review, form: StaffForm) -> bool:
    """Whether the form still stands on the page as it is now."""
    if review.state.is_closed:
        return False
    if isinstance(form, CallWishForm):
        return review.submission is not None
    return not (review.gate.is_open or review.is_in_session)
