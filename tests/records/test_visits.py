"""What is known of a visit is read in one go, and nobody decides on what was read before the lock."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from inspect import getmembers, isfunction, signature
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

import screening.records
from screening.clock import now
from screening.extensions import db
from screening.records.appointments import cancel_appointment
from screening.records.locked_visit import LockedVisit, NoSuchAppointment, locked_visit
from screening.records.transaction import writing
from screening.records.visit import Visit
from screening.records.visits import visit_of
from screening.storage.models import Appointment
from tests.support.acupuncture import WARFARIN
from tests.support.factories import DESK, anew, answered, appointment, known, signed
from tests.support.statements import statements_of


def writers() -> dict[str, Callable[..., Any]]:
    """Every public function of the records that decides on a visit."""
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.iter_modules(screening.records.__path__, "screening.records."):
        for name, function in getmembers(import_module(module.name), isfunction):
            first = next(iter(signature(function).parameters.values()), None)
            if first is not None and first.annotation == "LockedVisit" and not name.startswith("_"):
                found[name] = function
    return found


def test_the_acts_that_change_a_visit_are_among_those_that_take_a_locked_one() -> None:
    acts = "sign_off start_session hold_session confirm_on_arrival ask_for_call close_call verify_answer"
    more = "change_appointment cancel_appointment issue_link issue_code must_be_the_gate must_be_as_seen"
    assert writers().keys() >= {*acts.split(), *more.split()}


@pytest.mark.parametrize("name", writers())
def test_L7_nobody_decides_on_what_was_read_before_the_lock(app: Flask, name: str) -> None:
    with app.app_context():
        made = appointment()
        before = known(made)
        with writing():
            earlier = anew(made)
        with writing():
            for stale in (before, earlier):
                with pytest.raises(RuntimeError, match="under the lock that is held now"):
                    writers()[name](stale)
        with pytest.raises(RuntimeError, match="under the lock that is held now"):
            writers()[name](earlier)


def test_the_checker_of_types_refuses_it_too(app: Flask) -> None:
    with app.app_context():
        before = known(appointment())
        with writing() as session, pytest.raises(RuntimeError):
            # An ignored error that is none would fail the check of types.
            cancel_appointment(before, now(), DESK)  # type: ignore[arg-type]
        with pytest.raises(RuntimeError, match="inside `with writing"):
            locked_visit(session, before.id)
        with pytest.raises(RuntimeError, match="inside `with writing"):
            locked_visit(db.session, before.id)  # type: ignore[arg-type]


def test_what_nobody_has_is_not_made_up(app: Flask) -> None:
    with app.app_context():
        assert visit_of(uuid4()) is None
        with writing() as session, pytest.raises(NoSuchAppointment):
            locked_visit(session, uuid4())


def test_what_is_locked_is_read_anew(app: Flask) -> None:
    """Also where the same rows were read, and written by another, since the last transaction of this one."""
    with app.app_context():
        visit = appointment()
        assert known(visit).appointment.planned == ["MA"]
        db.session.commit()
        with app.app_context(), writing() as other:
            other.get_one(Appointment, visit.id).planned = ["EA"]
        with writing():
            locked = anew(visit)
            assert isinstance(locked, LockedVisit)
            assert locked.appointment.planned == ["EA"]


def test_what_follows_asks_the_database_nothing(app: Flask) -> None:
    with app.app_context():
        visit = appointment()
        answered(visit, WARFARIN)
        signed(visit)
        found = known(visit)
        with statements_of(app) as seen:
            _everything(found)
        assert seen == []


def _everything(visit: Visit) -> list[object]:
    derived = [name for name in dir(Visit) if isinstance(getattr(Visit, name), property) or _is_kept(name)]
    return [visit.state(now()), *(getattr(visit, name) for name in derived)]


def _is_kept(name: str) -> bool:
    return type(getattr(Visit, name)).__name__ == "cached_property"
