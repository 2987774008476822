"""A visit as a writer needs it: read under the writing lock, and refused where it was not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from screening.extensions import db
from screening.records.transaction import Lock, WritingSession, held_lock
from screening.records.visit import Visit
from screening.records.visits import visit_of

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


@dataclass(frozen=True, eq=False)
class LockedVisit(Visit):
    """What is decided on it still holds when it is written: nobody else writes before the lock is given back."""

    lock: Lock


class NoSuchAppointment(LookupError):
    """Nobody has this id."""


def locked_visit(session: WritingSession, appointment_id: UUID) -> LockedVisit:
    """Anew, inside `with writing() as session`; again after an act that changes it. Raises NoSuchAppointment."""
    lock = must_hold_the_lock(session)
    visit = visit_of(appointment_id)
    if visit is None:
        raise NoSuchAppointment
    known = {field.name: getattr(visit, field.name) for field in fields(Visit)}
    return LockedVisit(**known, lock=lock)


def must_hold_the_lock(session: Session | None = None) -> Lock:
    """For an act that reads by itself what it decides on."""
    lock = held_lock(session or db.session)
    if lock is None:
        raise RuntimeError("decide on what is read inside `with writing()`")
    return lock


def under_lock(
    act: Callable[Concatenate[LockedVisit, _Given], _Result],
) -> Callable[Concatenate[LockedVisit, _Given], _Result]:
    """Refuses a visit that was read before the lock was taken, or that was kept from a transaction of before."""

    @wraps(act)
    def checked(visit: LockedVisit, /, *given: _Given.args, **named: _Given.kwargs) -> _Result:
        lock = held_lock(db.session)
        if lock is None or getattr(visit, "lock", None) is not lock:
            raise RuntimeError("decide only on what was read under the lock that is held now")
        return act(visit, *given, **named)

    return checked
