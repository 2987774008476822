"""Who is on the phone: confirmed by name and date of birth, and remembered in the session of who typed it in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from screening.clock import now
from screening.desk.appointments import found, task_page
from screening.desk.blueprint import desk
from screening.desk.filters import kept
from screening.desk.forms import CallerForm
from screening.questionnaire.answering_session import Places, Sitting
from screening.questionnaire.audience_texts import TO_THE_DESK
from screening.questionnaire.draft_store import Unfinished, begin_correction, unfinished
from screening.records.actors import DESK
from screening.records.answers import record_reading, save_draft
from screening.records.corrections import can_be_corrected, record_phone_call, refuse_birth_date
from screening.records.respondents import PHONE, Respondent
from screening.records.transaction import writing
from screening.storage.models import Appointment
from screening.web.access import actor
from screening.web.current_user import current_user

# Longer than any call: after it, somebody else may be on the phone.
CALL_HOLDS = timedelta(hours=2)
MOST_WRONG_BIRTH_DATES = 5
CLOSED_FOR = timedelta(hours=1)
_MOST_CALLS = 10
TAKES_NO_ANSWERS = (
    "Answers can no longer be taken for this appointment: its session has begun or it was cancelled. "
    "Nothing was saved. Tell the provider what the caller said."
)


class Closed(Exception):
    """The appointment takes no answers any more."""


class CallerNotConfirmed(Exception):
    """Nobody has confirmed who is on the phone, or that was long ago."""


@desk.errorhandler(Closed)
def _closed(_problem: Closed) -> ResponseReturnValue:
    return task_page(_appointment_id(), problem=TAKES_NO_ANSWERS), 409


@desk.errorhandler(CallerNotConfirmed)
def _not_confirmed(_problem: CallerNotConfirmed) -> ResponseReturnValue:
    return redirect(url_for("desk.phone", **appointment_here()), 303)


def _appointment_id() -> UUID:
    return UUID(str((request.view_args or {})["appointment_id"]))


def appointment_here() -> dict[str, Any]:
    """This appointment, with the filters of the list that it was opened from."""
    return {"appointment_id": _appointment_id(), **kept(request.args)}


def open_appointment() -> Appointment:
    appointment = found(_appointment_id())
    if not can_be_corrected(appointment):
        raise Closed
    return appointment


def is_birth_date_closed(appointment: Appointment) -> bool:
    """After several wrong dates nobody goes on guessing."""
    return len(_recently_refused(appointment)) >= MOST_WRONG_BIRTH_DATES


def _recently_refused(appointment: Appointment) -> list[str]:
    refused = session.get("refused", {}).get(str(appointment.id), [])
    return [at for at in refused if now() - datetime.fromisoformat(at) < CLOSED_FOR]


def is_patient(form: CallerForm) -> bool:
    """Whether the date that the caller said is the patient's. A wrong one is counted and recorded."""
    appointment = open_appointment()
    if form.born.day() == appointment.patient.birth_date:
        return True
    with writing():
        refuse_birth_date(open_appointment(), now(), actor(DESK))
    refused = [*_recently_refused(appointment), now().isoformat()]
    session["refused"] = _latest("refused") | {str(appointment.id): refused}
    return False


def begin_call(form: CallerForm) -> None:
    """Opens the one draft of the appointment: as the patient left it, or filled with what was sent, or empty."""
    who = {"name": form.name.data or "", "relation": form.relation.data or ""}
    with writing():
        appointment = open_appointment()
        begin_correction(appointment, now())
        begun = unfinished(appointment, now())
        calls = dict(begun.draft.calls) | {_me(): who}
        save_draft(appointment, replace(begun.draft, calls=calls).as_json(), now())
        record_phone_call(appointment, now(), actor(DESK))
        if begun.corrects:
            record_reading(begun.corrects, now(), actor(DESK))
    session["calls"] = _latest("calls") | {str(_appointment_id()): now().isoformat()}


def _latest(name: str) -> dict[str, Any]:
    """A cookie is small, so only the last calls are remembered in it."""
    return dict(list(session.get(name, {}).items())[-_MOST_CALLS:])


def current_call() -> Sitting:
    """The sitting of the call; asks again who is on the phone where that is not known."""
    appointment = open_appointment()
    begun = unfinished(appointment, now())
    latest = begun.latest
    call = begun.draft.calls.get(_me())
    if not _is_confirmed(begun, call) or (latest is None and not begun.is_begun):
        raise CallerNotConfirmed
    who = call or {}
    return Sitting(
        appointment=appointment,
        draft=begun.draft,
        sent=None if begun.is_begun else latest,
        mark="",
        by=actor(DESK),
        layout="staff_base.html",
        places=places(),
        is_begun=begun.is_begun,
        corrects=begun.corrects,
        respondent=Respondent(PHONE, who.get("name", ""), who.get("relation", ""), current_user.id),
        voice=TO_THE_DESK,
    )


def _is_confirmed(begun: Unfinished, call: Any) -> bool:
    confirmed_at = session.get("calls", {}).get(str(_appointment_id()))
    if confirmed_at is None:
        return False
    # What was typed on a page is always taken, and who answers is asked on the way to the next one.
    if request.method == "POST" and request.endpoint in ("desk.phone_questions", "desk.phone_more"):
        return True
    if not begun.is_begun:
        return True
    return call is not None and now() - datetime.fromisoformat(confirmed_at) < CALL_HOLDS


def _me() -> str:
    return str(current_user.id)


def places() -> Places:
    where = appointment_here()
    return Places(
        question=lambda position: (
            url_for("desk.phone_more", position=position, **where)
            if position
            else url_for("desk.phone_questions", **where)
        ),
        check=lambda: url_for("desk.phone_check", **where),
        done=lambda: url_for("desk.phone_sent", **where),
        keep_as_sent=lambda: url_for("desk.phone_keep", **where),
    )
