"""The queue and the page of one appointment derive the same state, whatever happened to it."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from screening.clock import now, today
from screening.domain.decisions import Decision
from screening.domain.states import State
from screening.extensions import db
from screening.records.appointments import cancel_appointment, change_appointment
from screening.records.calls import ask_for_call, close_call
from screening.records.errors import Conflict, Incomplete
from screening.records.queue import day_rows
from screening.records.sessions import confirm_on_arrival, hold_session, start_session
from screening.records.transaction import writing
from screening.storage.models import Appointment
from tests.support.acupuncture import PREGNANT, WARFARIN
from tests.support.factories import DESK, anew, answered, appointment, known, link, provider_actor
from tests.support.factories import signed as sign_everything

Act = Callable[[Appointment, random.Random], object]


def written(act: Callable[..., object]) -> Act:
    """An act that may be refused, as it would be on a page."""

    def tried(visit: Appointment, chance: random.Random) -> None:
        visit_id = visit.id
        with suppress(Conflict), writing():
            act(db.session.get_one(Appointment, visit_id), chance)

    return tried


def answers(visit: Appointment, chance: random.Random) -> None:
    said = chance.choice([{}, WARFARIN, PREGNANT, {"also": ["o8"]}])
    with suppress(Conflict):
        answered(visit, said, now() - timedelta(days=chance.choice([0, 0, 1, 40])))


def signs(visit: Appointment, chance: random.Random) -> None:
    decision = chance.choice(list(Decision))
    until = today() + timedelta(days=chance.choice([1, 3]))
    if known(visit).submission is None:
        return
    with suppress(Conflict, Incomplete):
        sign_everything(visit, decision, until)


def changes(visit: Appointment, chance: random.Random) -> None:
    change_appointment(
        anew(visit),
        contact=visit.patient.contact,
        starts_at=visit.starts_at + timedelta(hours=chance.choice([0, 0, 1])),
        provider_id=visit.provider_id,
        planned=chance.choice([visit.planned, ["MA"], ["EA", "MA"], []]),
        at=now(),
        by=DESK,
    )


def plans_behind_our_back(visit: Appointment, chance: random.Random) -> None:
    visit.planned = chance.choice([["MA"], ["EA"], ["EA", "MA"]])


def notes_call(visit: Appointment, _chance: random.Random) -> None:
    found = anew(visit)
    if found.call is not None:
        close_call(found, found.call, "Talked", now(), DESK)


def asks_on_arrival(visit: Appointment, _chance: random.Random) -> None:
    found = anew(visit)
    if found.submission is not None and found.must_be_asked_again:
        confirm_on_arrival(found, found.submission.id, now(), DESK)


ACTS: list[Act] = [
    answers,
    answers,
    signs,
    signs,
    signs,
    lambda visit, _chance: link(visit) if not (visit.cancelled_at or visit.held_at) else None,
    written(changes),
    written(changes),
    written(plans_behind_our_back),
    written(lambda visit, _chance: ask_for_call(anew(visit), "About the list", now(), DESK)),
    written(notes_call),
    written(asks_on_arrival),
    written(lambda visit, _chance: start_session(anew(visit), now(), provider_actor(), "Because")),
]
ENDS: list[Act] = [
    written(lambda visit, _chance: hold_session(anew(visit), now(), provider_actor(), "Because")),
    written(lambda visit, _chance: cancel_appointment(anew(visit), now(), DESK)),
]


@pytest.mark.parametrize("seed", [0, *(pytest.param(each, marks=pytest.mark.proof) for each in range(1, 5))])
def test_the_queue_and_the_page_agree_over_many_histories(app: Flask, clock: Any, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (a history to be played again, not a secret)
    seen: set[State] = set()
    with app.app_context():
        visits = [appointment(clock() + timedelta(days=1, hours=hour)).id for hour in range(4)]
        for step in range(60):
            visit = db.session.get_one(Appointment, chance.choice(visits))
            chance.choice(ACTS if step < 50 else ACTS + ENDS * 4)(visit, chance)
            if chance.random() < 0.1:
                clock.pass_time(hours=chance.choice([1, 12]))
            seen |= agreed()
    assert len(seen) >= 4


def agreed() -> set[State]:
    """Every state in the queue, each compared with the one of its own page."""
    db.session.rollback()
    rows = day_rows(today() - timedelta(days=8), days=20)
    assert len({row.id for row in rows}) == len(rows) == 4
    for row in rows:
        assert row.state == known(row.id).state(now())
    return {row.state for row in rows}
