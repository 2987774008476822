"""What a provider does: sign, ask the desk for a call, mark the session as held."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from screening.access import actor
from screening.clock import now
from screening.provider import provider
from screening.provider.forms import CallForm, HoldForm, SignForm, sign_form
from screening.provider.review import appointment_or_404, review_of
from screening.provider.views import PROVIDER, page, record_opening
from screening.records import (
    NEW_ANSWERS,
    Conflict,
    Incomplete,
    hold_session,
    latest_submission,
    sign_off,
    signing_digest,
    writing,
)
from screening.records import ask_for_call as ask
from screening.staff.forms import StaffForm
from screening.states import State

STRAY = "This page has changed since you opened it, so nothing was signed. Please look at it again."


def _done(appointment_id: UUID, words: str) -> ResponseReturnValue:
    flash(words)
    return redirect(url_for("provider.appointment", appointment_id=appointment_id), 303)


@provider.post("/appointments/<uuid:appointment_id>/sign")
def sign(appointment_id: UUID) -> ResponseReturnValue:
    record_opening(appointment_id)
    review = review_of(appointment_id)
    form = sign_form(review.flags)
    if form.strays():
        return page(review, sign=form, problem=STRAY), 409
    # Before anything else: a page that comes back carries the mark of the answers of now.
    if review.submission and form.digest.data != signing_digest(review.submission):
        return page(review, sign=form, problem=NEW_ANSWERS), 409
    if not form.validate():
        return page(review, sign=form, errors=form.problems()), 422
    try:
        outcome = _signed(appointment_id, form)
    except (Conflict, Incomplete) as problem:
        again = review_of(appointment_id)
        return page(again, sign=form if again.flags == review.flags else None, problem=str(problem)), 409
    return _done(appointment_id, f"Signed: {State.from_code(outcome).label}.")


def _signed(appointment_id: UUID, form: SignForm) -> str:
    with writing():
        submission = latest_submission(appointment_id)
        if submission is None:
            raise Conflict("There are no answers to sign yet.")
        signed = sign_off(
            submission,
            form.decisions(),
            form.digest.data or "",
            now(),
            actor(PROVIDER),
            form.postponed_until.day(),
        )
        return signed.outcome


@provider.post("/appointments/<uuid:appointment_id>/call")
def ask_for_call(appointment_id: UUID) -> ResponseReturnValue:
    form = CallForm()
    if not form.validate():
        return _again(appointment_id, form, "call_form")
    appointment_or_404(appointment_id)
    with writing():
        ask(appointment_or_404(appointment_id), form.about.data or "", now(), actor(PROVIDER))
    return _done(appointment_id, "The desk will call the patient.")


@provider.post("/appointments/<uuid:appointment_id>/session-held")
def hold(appointment_id: UUID) -> ResponseReturnValue:
    form = HoldForm()
    if not form.validate():
        return _again(appointment_id, form, "hold_form")
    appointment_or_404(appointment_id)
    try:
        with writing():
            held = appointment_or_404(appointment_id)
            hold_session(held, now(), actor(PROVIDER), form.reason.data or "")
    except Conflict as problem:
        record_opening(appointment_id)
        return page(review_of(appointment_id), hold_form=form, problem=str(problem)), 409
    return _done(appointment_id, "The session is marked as held.")


def _again(appointment_id: UUID, form: StaffForm, name: str) -> ResponseReturnValue:
    record_opening(appointment_id)
    return page(review_of(appointment_id), errors=form.problems(), **{name: form}), 422
