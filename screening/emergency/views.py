"""Begin with a reason, read for an hour, end early. Nothing here changes what is on record about a patient."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms.validators import ValidationError

from screening.clock import now, today
from screening.emergency.blueprint import emergency
from screening.records.actors import Actor, staff_actor
from screening.records.emergencies import (
    begin_emergency,
    end_emergency,
    open_emergency,
    record_emergency_list,
    record_emergency_reading,
)
from screening.records.queue import day_rows
from screening.records.transaction import writing
from screening.staff.forms import ButtonForm, StaffForm, day_from, note
from screening.staff.review import review_of
from screening.staff.scoped_lookup import locked_or_404
from screening.storage.models import EmergencyAccess
from screening.web.current_user import current_user

_FEWEST_WORDS = 4


class ReasonForm(StaffForm):
    reason = note("What has happened, and why can no provider look?", blank="Write what has happened")

    def validate_reason(self, field: Any) -> None:
        if len((field.data or "").split()) < _FEWEST_WORDS:
            raise ValidationError("Write a whole sentence: what has happened, and why no provider can look")


class NotOpen(Exception):
    """No emergency access is open: none was begun, it was ended, or its time is over."""


@emergency.errorhandler(NotOpen)
def _not_open(_problem: NotOpen) -> ResponseReturnValue:
    return render_template("emergency/over.html"), 403


@emergency.route("", methods=["GET", "POST"])
def begin() -> ResponseReturnValue:
    if open_emergency(current_user.id, now()) is not None:
        return redirect(url_for("emergency.day"), 303)
    form = ReasonForm()
    if form.validate_on_submit():
        with writing():
            begin_emergency(form.reason.data or "", now(), _reader())
        return redirect(url_for("emergency.day"), 303)
    errors = form.problems() if form.is_submitted() else []
    return render_template("emergency/begin.html", form=form, errors=errors), 422 if errors else 200


@emergency.post("/end")
def end() -> ResponseReturnValue:
    form = ButtonForm()
    if not form.validate():
        flash("Your page was open for a long time. Please press End it now again.")
        return redirect(url_for("emergency.begin"), 303)
    with writing():
        end_emergency(current_user.id, now(), _reader())
    flash("Emergency access is ended.")
    return redirect(url_for("staff.home"), 303)


@emergency.get("/day")
def day() -> ResponseReturnValue:
    access = _must_be_open()
    asked = request.args.get("day", "")
    shown = day_from(asked) or today()
    with writing():
        record_emergency_list(_must_be_open(), shown, now(), _reader())
    return _drawn(
        access,
        "emergency/day.html",
        day=shown,
        problem="That is not a day, so you see today." if asked and day_from(asked) is None else "",
        rows=day_rows(shown),
        earlier=(shown - timedelta(days=1)).isoformat(),
        later=(shown + timedelta(days=1)).isoformat(),
        today=today(),
    )


@emergency.get("/appointments/<uuid:appointment_id>", endpoint="appointment")
def read_in_emergency(appointment_id: UUID) -> ResponseReturnValue:
    _must_be_open()
    with writing() as session:
        access = _must_be_open()
        visit = locked_or_404(session, appointment_id)
        record_emergency_reading(visit, access, now(), _reader())
    review = review_of(visit)
    return _drawn(
        access,
        "emergency/appointment.html",
        review=review,
        appointment=review.appointment,
        state=review.state,
    )


def _reader() -> Actor:
    """Whoever reads acts in none of their roles: it is an emergency."""
    return staff_actor(current_user, "emergency")


def _must_be_open() -> EmergencyAccess:
    access = open_emergency(current_user.id, now())
    if access is None:
        raise NotOpen
    return access


def _drawn(access: EmergencyAccess, template: str, **shown: Any) -> Response:
    """Under the banner. A page that is left open is asked for again when the time is over, and is refused then."""
    left = access.ends_at - now()
    page = render_template(
        template,
        access=access,
        minutes=-(-int(left.total_seconds()) // 60),
        **shown,
    )
    answer = make_response(page)
    answer.headers["Refresh"] = str(int(left.total_seconds()) + 1)
    return answer
