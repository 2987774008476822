"""Signing. Of two people, or of a page and answers that came after it, the later one sees both and loses nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue

from screening.clock import now
from screening.domain.protocol.conditions import devices_of
from screening.domain.states import State
from screening.provider.actions import done
from screening.provider.blueprint import provider
from screening.provider.forms import SignForm, sign_form, typed_fields
from screening.provider.merge_decisions import Devices, Typed, carried
from screening.provider.views import opened, review_page
from screening.records.actors import PROVIDER
from screening.records.answers import flags_of, submissions_of
from screening.records.errors import Conflict, Incomplete
from screening.records.review import NEW_ANSWERS, sign_off
from screening.records.transaction import writing
from screening.staff.answers_shown import protocol_of
from screening.staff.forms import id_from
from screening.staff.review import Review, review_of
from screening.staff.scoped_lookup import locked_or_404, of_appointment, visit_or_404
from screening.storage.models import Submission
from screening.web.access import actor

STRAY_DECISION = "This page has changed since you opened it, so nothing was signed. Please look at it again."
NOT_SIGNABLE = "These answers cannot be signed now, so nothing was signed. What you wrote is below."


@provider.post("/appointments/<uuid:appointment_id>/sign", endpoint="sign")
def sign_answers(appointment_id: UUID) -> ResponseReturnValue:
    made_of = of_appointment(Submission, SignForm().submission.data, appointment_id)
    review = opened(appointment_id)
    is_current = review.submission is not None and review.submission.id == made_of.id
    form = sign_form(review.flags if is_current else [(row.id, flag) for row, flag in flags_of(made_of)])
    if form.strays():
        left = [] if review.can_be_signed else _written(form)
        return review_page(review, sign=sign_form(review.flags), problem=STRAY_DECISION, left=left), 409
    if not is_current:
        return _both(appointment_id, made_of.id, form, NEW_ANSWERS), 409
    if not form.validate():
        stood_on: dict[str, Any] = {"digest": form.digest.data, "seen": form.seen.data}
        if not review.can_be_signed:
            return review_page(review, problem=NOT_SIGNABLE, left=_written(form)), 409
        return review_page(review, sign=form, errors=form.problems(), **stood_on), 422
    try:
        outcome = _signed(appointment_id, made_of.id, form)
    except (Conflict, Incomplete) as problem:
        return _both(appointment_id, made_of.id, form, str(problem)), 409
    return done(appointment_id, f"Signed: {State.from_code(outcome).label}.")


def _signed(appointment_id: UUID, made_of: UUID, form: SignForm) -> str:
    with writing() as session:
        signed = sign_off(
            locked_or_404(session, appointment_id),
            made_of,
            form.decisions(),
            form.digest.data or "",
            now(),
            actor(PROVIDER),
            form.postponed_until.day(),
            seen=id_from(form.seen.data),
        )
        return signed.outcome


def _both(appointment_id: UUID, made_of: UUID, form: SignForm, problem: str) -> str:
    """The page as it is now, with everything that was typed on the page of before."""
    review = review_of(visit_or_404(appointment_id))
    if not review.can_be_signed or review.submission is None:
        return review_page(review, problem=problem, left=_written(form))
    if review.submission.id == made_of:
        return review_page(review, sign=form, problem=problem)
    before = next(each for each in submissions_of(appointment_id) if each.id == made_of)
    found = carried(form.typed(), _devices(before), review.flags, _devices(review.submission))
    again = sign_form(review.flags, typed_fields(found.kept, form.postponed_until.data or ""))
    return review_page(
        review, sign=again, problem=problem, left=found.left, notes=_notes(review, set(found.kept))
    )


def _written(form: SignForm) -> list[Typed]:
    """What has no place on a page that can no longer be signed."""
    return [typed for typed in form.typed() if not typed.is_empty]


def _devices(submission: Submission) -> Devices:
    protocol = protocol_of(submission)
    return [protocol.kind_and_place(device) for device in devices_of(protocol, submission.answers)]


def _notes(review: Review, kept: set[UUID]) -> list[str]:
    """Beside each flag: whether its decision is one of before."""
    decided = "You decided this before the new answers came. Check that it still fits."
    return [
        decided if flag_id in kept else "Not decided on the page that you had." for flag_id, _ in review.flags
    ]
