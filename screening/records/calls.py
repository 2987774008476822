"""Calls that the clinic owes a patient."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from screening.dates import time_of_day
from screening.extensions import db
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.appointments import must_be_open
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.records.locked_visit import LockedVisit, under_lock
from screening.storage.models import Call


@under_lock
def must_be_the_open_call(visit: LockedVisit, seen: UUID | None) -> None:
    """Who asks for a call reads first what the patient is to be asked already; `seen` is the call on their page."""
    call = visit.call
    if call is not None and call.id != seen:
        raise Conflict(
            f"{call.asked_by.name} asked for a call after you opened this page, so yours was not added yet. "
            "What you wrote is still here: send it again to add it to that call."
        )


@under_lock
def ask_for_call(visit: LockedVisit, about: str, at: datetime, by: Actor) -> Call:
    """A second wish while one is open adds to it: the patient is called once."""
    if by.user_id is None:
        raise ValueError("only staff ask for a call")
    must_be_open(visit)
    earlier = visit.call
    if earlier is not None:
        close_call(visit, earlier, "Asked for again", at, by)
        about = f"{earlier.about}\n{about}"
    call = Call(appointment_id=visit.id, asked_at=at, asked_by_id=by.user_id, about=about)
    db.session.add(call)
    db.session.flush()
    record(db.session, Act.CALL_ASKED_FOR, by, at, appointment=visit.id, call=call.id)
    return call


@under_lock
def close_call(visit: LockedVisit, call: Call, what_was_said: str, at: datetime, by: Actor) -> None:
    if call.appointment_id != visit.id:
        raise ValueError("this call is about another appointment")
    if call.closed_at:
        who = call.closed_by.name if call.closed_by else "Somebody else"
        raise Conflict(
            f"{who} noted this call at {time_of_day(call.closed_at)}, in the meantime. Your note was not saved."
        )
    call.closed_at, call.closed_by_id, call.what_was_said = at, by.user_id, what_was_said
    record(db.session, Act.CALL_NOTED, by, at, appointment=call.appointment_id, call=call.id)
