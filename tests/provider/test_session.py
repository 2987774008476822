"""The gate at the start of a session, and its end."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from screening.clock import now
from screening.extensions import db
from screening.records.answers import latest_submission
from screening.records.sessions import hold_session, start_session
from screening.records.transaction import writing
from screening.storage.models import Appointment, Override
from tests.conftest import still_here
from tests.support.acupuncture import WARFARIN
from tests.support.deciding import acts, address, answer_again, sign
from tests.support.factories import DESK, anew, answered, appointment, provider_actor, signed
from tests.support.pages import folded

START, START_WITH_REASON, HELD = "Start the session", "Start it, with this reason", "Mark the session as held"


@pytest.fixture
def visit(app: Flask) -> UUID:
    with app.app_context():
        made = appointment()
        answered(made, WARFARIN)
        return made.id


def overrides(app: Flask) -> list[tuple[str, str, UUID | None]]:
    with app.app_context():
        rows = db.session.scalars(select(Override))
        return [(row.state, row.reason, row.submission_id) for row in rows]


def test_a_signed_session_starts_and_ends(app: Flask, provider_client: Any, visit: UUID, clock: Any) -> None:
    sign(app, provider_client, visit, "cleared")
    clock.pass_time(hours=1, minutes=2)
    still_here(app, clock)
    assert provider_client.send(provider_client.get(address(visit)), button=START).status_code == 303
    page = provider_client.get(address(visit))
    assert "In session since 10:02</strong>, started by Pat Provider" in page.text
    assert "Ready" in page.text
    assert START not in page.text
    clock.pass_time(minutes=45)
    still_here(app, clock)
    assert provider_client.send(page, button=HELD).status_code == 303
    closed = folded(provider_client.get(address(visit)).text)
    assert "from 10:02, marked as held at 10:47" in closed
    assert "Session started" in closed
    assert overrides(app) == []
    assert [act for act in acts(app) if act.startswith("session")] == ["session started", "session held"]


@pytest.mark.parametrize("who", ["desk", "provider"])
def test_every_list_says_who_is_in_session(
    app: Flask, provider_client: Any, desk_client: Any, visit: UUID, who: str
) -> None:
    sign(app, provider_client, visit, "adapt")
    provider_client.send(provider_client.get(address(visit)), button=START)
    addresses = {
        "desk": ("/desk/", "/desk/day-sheet", f"/desk/appointments/{visit}"),
        "provider": ("/provider/",),
    }
    client = {"desk": desk_client, "provider": provider_client}[who]
    for where in addresses[who]:
        page = client.get(where).text
        assert "n session since 09:00" in page
        assert "Ready with changes" in page


def test_L1_a_start_without_a_signature_says_what_is_missing_and_takes_a_reason(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    page = provider_client.get(address(visit))
    assert "There is no valid screening" in page.text
    assert "No provider has signed these answers and this plan." in page.text
    refused = provider_client.send(page, button=START_WITH_REASON)
    assert refused.status_code == 409
    assert "Write why it goes ahead all the same" in refused.text
    assert overrides(app) == []
    started = provider_client.send(page, {"reason": "Severe pain today"}, button=START_WITH_REASON)
    assert started.status_code == 303
    shown = provider_client.get(address(visit)).text
    assert "started without a valid screening" in shown
    assert "Severe pain today" in shown
    with app.app_context():
        latest = latest_submission(visit)
        assert latest is not None
        assert overrides(app) == [("needs-review", "Severe pain today", latest.id)]
    assert acts(app)[-2:] == ["session started against the gate", "answers opened"]


def test_after_a_start_there_is_no_second_gate(app: Flask, provider_client: Any, visit: UUID) -> None:
    page = provider_client.get(address(visit))
    provider_client.send(page, {"reason": "Severe pain today"}, button=START_WITH_REASON)
    assert provider_client.send(provider_client.get(address(visit)), button=HELD).status_code == 303
    assert len(overrides(app)) == 1


def test_a_session_that_nobody_started_goes_through_the_same_gate(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    page = provider_client.get(address(visit))
    held = provider_client.send(
        page, {"reason": "Noted afterwards"}, button="Mark it as held, with this reason"
    )
    assert held.status_code == 303
    with app.app_context():
        made = db.session.get_one(Appointment, visit)
        assert made.started_at == made.held_at == now()
    assert [state for state, _, _ in overrides(app)] == ["needs-review"]


@pytest.mark.parametrize(
    ("decision", "words"), [("refer", "decided not to treat"), ("postpone", "postponed")]
)
def test_L1_a_signature_against_treatment_does_not_open_the_gate(
    app: Flask, provider_client: Any, visit: UUID, decision: str, words: str
) -> None:
    sign(app, provider_client, visit, decision, postponed_until="2026-11-30")
    page = provider_client.get(address(visit)).text
    assert START not in page.replace("Start the session all the same", "")
    assert words in page


def test_L8_the_gate_checks_the_question_on_arrival(
    app: Flask, provider_client: Any, desk_client: Any, clock: Any
) -> None:
    with app.app_context():
        made = appointment(clock() + timedelta(days=1))
        answered(made)
        visit = made.id
    sign(app, provider_client, visit, "cleared")
    clock.pass_time(days=1)
    still_here(app, clock)
    page = provider_client.get(address(visit))
    assert "not asked again on arrival" in page.text
    assert provider_client.send(page, button=START_WITH_REASON).status_code == 409
    desk_client.send(desk_client.get(f"/desk/appointments/{visit}"), button="Asked again")
    assert provider_client.send(provider_client.get(address(visit)), button=START).status_code == 303
    assert overrides(app) == []


def test_L8_a_postponement_whose_day_has_come_needs_review_and_never_reads_as_ready(
    app: Flask, provider_client: Any, desk_client: Any, clock: Any
) -> None:
    with app.app_context():
        made = appointment(clock() + timedelta(days=5))
        answered(made, WARFARIN)
        visit = made.id
    sign(app, provider_client, visit, "postpone", postponed_until="2026-11-26")
    day = "/desk/?day=2026-11-28"
    for days, word in ((0, "Postponed"), (2, "Postponed"), (3, "Needs review"), (5, "Needs review")):
        clock.now = now_plus(clock, days)
        still_here(app, clock)
        for page in (provider_client.get(address(visit)).text, desk_client.get(day).text):
            assert f">{word}</span>" in page
            assert ">Ready</span>" not in page
    page = provider_client.get(address(visit)).text
    assert "The day until which the session was postponed has come" in page
    assert START not in page.replace("Start the session all the same", "")


def now_plus(clock: Any, days: int) -> Any:
    return clock.now.replace(day=23 + days)


def test_a_started_appointment_is_not_moved_changed_or_cancelled(
    app: Flask, provider_client: Any, desk_client: Any, visit: UUID
) -> None:
    change = desk_client.get(f"/desk/appointments/{visit}/change")
    cancel = desk_client.get(f"/desk/appointments/{visit}/cancel")
    sign(app, provider_client, visit, "cleared")
    provider_client.send(provider_client.get(address(visit)), button=START)
    for page, fields in ((change, {"planned": ["EA"]}), (cancel, {})):
        answer = desk_client.send(page, fields)
        assert answer.status_code == 409
        assert "The session has been going on since 09:00" in answer.text
    shown = desk_client.get(f"/desk/appointments/{visit}").text
    assert "cannot be moved, changed or cancelled" in shown
    assert "Cancel the appointment" not in shown


def test_L7_new_answers_during_a_session_are_said_loudly(
    app: Flask, provider_client: Any, desk_client: Any, visit: UUID, clock: Any
) -> None:
    sign(app, provider_client, visit, "cleared")
    provider_client.send(provider_client.get(address(visit)), button=START)
    before = provider_client.get(address(visit))
    clock.pass_time(minutes=10)
    answer_again(app, visit, WARFARIN | {"also": ["o8"]})
    page = provider_client.get(address(visit)).text
    assert "New answers came in during the session, at 09:10." in page
    assert "Nobody has signed them" in page
    assert "New answers came in during the session" in provider_client.get("/provider/").text
    assert "Tell the provider that new answers came in" in desk_client.get("/desk/").text
    refused = provider_client.send(before, button=HELD)
    assert refused.status_code == 409
    assert "Something changed after you opened this page" in refused.text
    assert provider_client.send(refused, button=HELD).status_code == 303
    assert overrides(app) == []


def test_two_providers_start_once(app: Flask, provider_client: Any, signed_in: Any, visit: UUID) -> None:
    sign(app, provider_client, visit, "cleared")
    second = signed_in("second")
    old = second.get(address(visit))
    provider_client.send(provider_client.get(address(visit)), button=START)
    late = second.send(old, button=START)
    assert late.status_code == 409
    assert "started by Pat Provider" in late.text
    assert acts(app).count("session started") == 1


def test_L1_nobody_goes_past_flags_that_came_after_the_page(app: Flask, provider_client: Any) -> None:
    with app.app_context():
        visit = appointment().id
    page = provider_client.get(address(visit))
    answer_again(app, visit, WARFARIN)
    late = provider_client.send(page, {"reason": "No answers yet, mild case"}, button=START_WITH_REASON)
    assert late.status_code == 409
    assert "No answers yet, mild case" in late.text
    assert "Warfarin" in late.text
    assert overrides(app) == []


def test_only_a_provider_starts_a_session(app: Flask, visit: UUID) -> None:
    with app.app_context():
        for act in (start_session, hold_session):
            with pytest.raises(ValueError, match="only a provider"), writing():
                act(anew(visit), now(), DESK, "whatever")


def test_a_session_of_before_that_was_only_held_keeps_its_reason_in_the_history(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    with app.app_context():
        signed(db.session.get_one(Appointment, visit))
        with writing():
            made = db.session.get_one(Appointment, visit)
            made.held_at = now()
            by = provider_actor().user_id
            assert by is not None
            db.session.add(
                Override(appointment_id=visit, at=now(), by_id=by, state="not-sent", reason="Old reason")
            )
    page = provider_client.get(address(visit)).text
    assert "Session held without a valid screening" in page
    assert "Old reason" in page
