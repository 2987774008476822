"""My day, and the page of one appointment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import render_template, request

from screening.clock import now, today
from screening.provider.blueprint import provider
from screening.provider.forms import CallWishForm, HoldForm, SignForm, StartForm, sign_form
from screening.records.actors import PROVIDER
from screening.records.answers import record_reading
from screening.records.locked_visit import LockedVisit
from screening.records.queue import day_rows
from screening.records.transaction import writing
from screening.staff.forms import day_from
from screening.staff.review import Review, review_of
from screening.staff.scoped_lookup import locked_or_404
from screening.web.access import actor
from screening.web.current_user import current_user


@provider.get("/")
def my_day() -> str:
    asked = request.args.get("day", "")
    day = day_from(asked) or today()
    everyone = request.args.get("everyone") == "1"
    return render_template(
        "provider/my_day.html",
        day=day,
        problem="That is not a day, so you see today." if asked and day_from(asked) is None else "",
        everyone=everyone,
        rows=day_rows(day, provider_id=None if everyone else current_user.id),
        earlier=(day - timedelta(days=1)).isoformat(),
        later=(day + timedelta(days=1)).isoformat(),
        today=today(),
    )


@provider.get("/appointments/<uuid:appointment_id>", endpoint="appointment")
def open_review(appointment_id: UUID) -> str:
    review = opened(appointment_id)
    return review_page(review, deciding=review.signed is None or request.args.get("again") == "1")


def opened(appointment_id: UUID) -> Review:
    """The page shows answers, so opening it is recorded: what is shown is what the record says was opened."""
    with writing() as session:
        visit = locked_or_404(session, appointment_id)
        note_opening(visit)
    return review_of(visit)


def note_opening(visit: LockedVisit) -> None:
    if visit.submission is not None:
        record_reading(visit.submission, now(), actor(PROVIDER))


def review_page(review: Review, *, sign: SignForm | None = None, deciding: bool = True, **more: Any) -> str:
    """`deciding`: shows the form to sign; where a sign-off holds, only on request."""
    sign = sign or sign_form(review.flags)
    forms = {"call_form": CallWishForm(), "hold_form": HoldForm(), "start_form": StartForm()}
    return render_template(
        "provider/appointment.html",
        review=review,
        appointment=review.appointment,
        state=review.state,
        sign=sign,
        deciding=deciding and review.can_be_signed,
        today=today(),
        **{**forms, **_as_it_is(review), **more},
    )


def _as_it_is(review: Review) -> dict[str, str]:
    """What a signature made on this page stands on; a page with mistakes keeps what it stood on before."""
    return {
        "digest": review.visit.signing_digest,
        "seen": str(review.signed.id) if review.signed else "",
    }
