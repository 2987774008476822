"""Answers that end before the visit: the state, what the pages name, and what is asked on the day itself."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from screening.clock import now
from screening.domain.states import State
from screening.extensions import db
from screening.records.actors import PATIENT
from screening.records.answers import submit
from screening.records.appointments import change_appointment
from screening.records.protocol_versions import current_protocol
from screening.records.transaction import writing
from screening.storage.models import Appointment
from tests.conftest import still_here
from tests.support.acupuncture import WARFARIN, device, devices
from tests.support.factories import DESK, NOTHING, anew, answered, appointment, known, provider, signed

MEDICINE = "Do you take medicine that thins your blood or stops clots?"
BLEEDING = "Has a health worker ever said you have a bleeding problem?"
DEVICE = "Do you have anything put inside your body by a surgeon, or a medical device you wear?"
RISKS = WARFARIN | devices(device("pacemaker"))


@pytest.fixture
def visit(app: Flask) -> UUID:
    """Answered today, for a visit on the last day on which medicine still holds."""
    with app.app_context():
        made = appointment(now() + timedelta(days=30))
        answered(made, RISKS)
        signed(made)
        return made.id


def move(app: Flask, visit: UUID, starts_at: datetime) -> State:
    with app.app_context():
        with writing():
            moved = db.session.get(Appointment, visit)
            assert moved is not None
            change_appointment(
                anew(moved),
                contact=moved.patient.contact,
                starts_at=starts_at,
                provider_id=provider().id,
                planned=moved.planned,
                at=now(),
                by=DESK,
            )
        return known(moved).state(now())


def test_L8_moving_an_appointment_ends_an_answer_and_moving_it_back_does_not(
    app: Flask, visit: UUID, clock: Any
) -> None:
    assert move(app, visit, clock.now + timedelta(days=31)) == State.OUT_OF_DATE
    assert move(app, visit, datetime(2026, 12, 23, 23, 59, tzinfo=UTC)) == State.READY
    assert move(app, visit, datetime(2026, 12, 24, 0, 0, tzinfo=UTC)) == State.OUT_OF_DATE


def test_L8_the_desk_reads_which_question_ended_without_any_answer(
    app: Flask, visit: UUID, clock: Any, desk_client: Any
) -> None:
    move(app, visit, clock.now + timedelta(days=31))
    for path in (f"/desk/appointments/{visit}", "/desk/?day=2026-12-24"):
        page = desk_client.get(path).text
        assert MEDICINE in page
        assert BLEEDING in page
        assert DEVICE not in page
        for told in ("INR blood test", "Why do you take it", "arfarin", "acemaker"):
            assert told not in page.partition("Flags</h2>")[0]


def test_L8_the_provider_reads_exactly_what_ended(
    app: Flask, visit: UUID, clock: Any, provider_client: Any
) -> None:
    move(app, visit, clock.now + timedelta(days=31))
    page = provider_client.get(f"/provider/appointments/{visit}").text
    said = page.partition("No longer fresh")[2].partition("</div>")[0]
    for wording in (MEDICINE, BLEEDING, "When was your last INR test?", "Why do you take it?"):
        assert wording in said
    assert DEVICE not in said
    assert MEDICINE in provider_client.get("/provider/?day=2026-12-24").text


def test_L8_an_answer_that_was_kept_ends_by_its_own_day(app: Flask, clock: Any, desk_client: Any) -> None:
    with app.app_context():
        visit = appointment(now() + timedelta(days=2))
        kept = {"bleed.medicine": (now() - timedelta(days=29)).isoformat()}
        with writing():
            submission = submit(
                visit,
                NOTHING,
                UUID(int=1),
                now(),
                by=PATIENT,
                protocol=current_protocol(),
                planned=[],
                kept=kept,
            )
        assert submission.fresh_until == datetime(2026, 11, 25, tzinfo=UTC)
        assert known(visit).state(now()) == State.OUT_OF_DATE
    page = desk_client.get("/desk/?day=2026-11-25").text
    assert MEDICINE in page
    assert BLEEDING not in page


def test_L8_what_holds_for_one_visit_is_asked_again_when_the_visit_moves(
    app: Flask, clock: Any, desk_client: Any
) -> None:
    task = "Ask again on arrival: could you be pregnant?"
    with app.app_context():
        visit = appointment().id
        answered(db.session.get(Appointment, visit))  # type: ignore[arg-type]
    assert task not in desk_client.get("/desk/").text
    move(app, visit, clock.now + timedelta(days=1))
    assert task in desk_client.get("/desk/?day=2026-11-24").text
    assert "You can note this on the day" in desk_client.get(f"/desk/appointments/{visit}").text
    clock.pass_time(days=1)
    still_here(app, clock)
    page = desk_client.get(f"/desk/appointments/{visit}")
    desk_client.send(page, button="Asked again: nothing has changed")
    assert task not in desk_client.get("/desk/").text
    move(app, visit, clock.now + timedelta(days=1))
    assert task in desk_client.get("/desk/?day=2026-11-25").text
    move(app, visit, clock.now + timedelta(hours=1))
    assert task not in desk_client.get("/desk/").text


def test_L8_near_midnight_the_day_of_the_clinic_decides_what_is_asked_again(
    app: Flask, clock: Any, desk_client: Any
) -> None:
    clock.now = datetime(2026, 7, 14, 22, 55, tzinfo=UTC)
    with app.app_context():
        late, early = (
            appointment(clock.now + timedelta(minutes=2)),
            appointment(clock.now + timedelta(minutes=10), name="Morning Person"),
        )
        answered(late)
        answered(early)
    assert "could you be pregnant?" not in desk_client.get("/desk/?day=2026-07-14").text
    assert "could you be pregnant?" in desk_client.get("/desk/?day=2026-07-15").text
