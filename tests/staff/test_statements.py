"""Pages of staff take few statements, and no more of them where the clinic or a patient has a long history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from screening.clock import now
from screening.domain.decisions import Decision
from screening.records.calls import ask_for_call
from screening.records.transaction import writing
from screening.records.verified_answers import verify_answer
from screening.storage.models import Appointment
from tests.support.acupuncture import WARFARIN
from tests.support.factories import (
    add_appointments,
    anew,
    another,
    answered,
    appointment,
    corrected,
    link,
    provider_actor,
    signed,
)
from tests.support.statements import statements_of

PROVIDER, DESK = "/provider/appointments/{}", "/desk/appointments/{}"
MOST = {
    ("provider", PROVIDER, "new"): 15,
    ("provider", PROVIDER, "signed"): 17,
    ("provider", PROVIDER, "old"): 17,
    ("desk", DESK, "new"): 12,
    ("desk", DESK, "signed"): 12,
    ("desk", DESK, "old"): 12,
    ("desk", "/desk/", "new"): 8,
    ("desk", "/desk/?days=7", "new"): 8,
    ("provider", "/provider/?everyone=1", "new"): 8,
}
"""Who opens which page of which appointment, and in how many statements at most."""


@pytest.fixture
def visits(app: Flask) -> dict[str, UUID]:
    """One that was just answered, one that was signed, and one to which everything happened more than once."""
    with app.app_context():
        new, done = appointment(), appointment()
        old = another(appointment(now() - timedelta(days=7)))
        for visit in (new, done, old):
            answered(visit, WARFARIN)
        signed(done)
        for _ in range(3):
            _lived(old)
        for _ in range(7):
            answered(appointment(), WARFARIN)
        return {"new": new.id, "signed": done.id, "old": old.id}


def _lived(visit: Appointment) -> None:
    link(visit)
    answers = answered(visit, WARFARIN)
    signed(visit, Decision.ADAPT)
    latest = corrected(visit, answers, WARFARIN | {"also": ["o8"]})
    signed(visit)
    with writing():
        ask_for_call(anew(visit), "the card", now(), provider_actor())
        verify_answer(anew(visit), latest.id, "bleed.inr", None, "in-range", "card", now(), provider_actor())


def test_pages_take_few_statements_and_no_more_in_a_clinic_of_ten_thousand_appointments(
    app: Flask, signed_in: Callable[[str], Any], visits: dict[str, UUID]
) -> None:
    browsers = {who: signed_in(who) for who in ("desk", "provider")}
    at_ten = {page: _count(app, browsers, page, visits) for page in MOST}
    assert {page: count for page, count in at_ten.items() if count > MOST[page]} == {}
    with app.app_context():
        add_appointments(10_000)
    assert {page: _count(app, browsers, page, visits) for page in MOST} == at_ten


def _count(app: Flask, browsers: dict[str, Any], page: tuple[str, str, str], visits: dict[str, UUID]) -> int:
    who, address, which = page
    with statements_of(app) as seen:
        assert browsers[who].get(address.format(visits[which])).status_code == 200
    return len(seen)
