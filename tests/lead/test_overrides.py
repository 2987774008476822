"""Sessions without a valid screening, as the clinical lead reads them."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from screening.clock import day_bounds, now, today
from screening.extensions import db
from screening.records.overrides import NO_ANSWERS, NO_FLAGS, NOT_KEPT, counted, overrides_between
from screening.records.sessions import start_session
from screening.records.transaction import writing
from screening.storage.models import Override
from tests.conftest import still_here
from tests.support.acupuncture import WARFARIN, device, devices
from tests.support.factories import anew, answered, appointment, provider_actor
from tests.support.pages import folded


@pytest.fixture
def lead_client(signed_in: Any) -> Any:
    return signed_in("lead")


def went_past(answers: dict[str, Any] | None, reason: str) -> None:
    made = appointment(name="Robin Example")
    if answers is not None:
        answered(made, answers)
    with writing():
        start_session(anew(made), now(), provider_actor("second@clinic.example"), reason)


def test_each_session_is_counted_per_rule_with_its_reason(app: Flask, lead_client: Any) -> None:
    two = devices(device("metalwork", loc="knee-left"), device("metalwork", loc="spine"))
    with app.app_context():
        went_past(WARFARIN, "Severe pain")
        went_past(WARFARIN | two, "Came by taxi")
        went_past({}, "Signed on paper")
        went_past(None, "The line was down")
        start, end = day_bounds(today())
        counts = {
            (each.what, each.severity and each.severity.word): each.sessions
            for each in counted(overrides_between(start, end))
        }
    assert counts[(NO_ANSWERS, None)] == 1
    assert counts[(NO_FLAGS, None)] == 1
    metal = {key: number for key, number in counts.items() if key[0] == "I12"}
    assert list(metal.values()) == [1]
    assert 2 in counts.values()
    page = folded(lead_client.get("/lead/overrides").text)
    assert "4 sessions" in page
    for words in (
        "Severe pain",
        "Came by taxi",
        "The line was down",
        "Sam Second",
        "with Pat Provider",
        NO_ANSWERS,
    ):
        assert words in page


def test_L10_the_page_names_no_patient_and_no_answer(app: Flask, lead_client: Any) -> None:
    with app.app_context():
        went_past(WARFARIN, "Severe pain")
    page = lead_client.get("/lead/overrides").text
    for words in ("Robin", "1980", "arfarin", "robin@mail.example"):
        assert words not in page


def test_worst_rules_come_first(app: Flask) -> None:
    with app.app_context():
        went_past(WARFARIN | devices(device("pacemaker")) | {"also": ["o8"]}, "Severe pain")
        start, end = day_bounds(today())
        severities = [int(each.severity or 0) for each in counted(overrides_between(start, end))]
    assert severities == sorted(severities, reverse=True)
    assert len(set(severities)) > 1


def test_a_session_of_an_earlier_version_says_that_its_answers_were_not_kept(app: Flask) -> None:
    with app.app_context():
        made, by = appointment(), provider_actor().user_id
        assert by is not None
        with writing():
            db.session.add(
                Override(appointment_id=made.id, at=now(), by_id=by, state="needs-review", reason="Old")
            )
        start, end = day_bounds(today())
        assert [each.what for each in counted(overrides_between(start, end))] == [NOT_KEPT]


def test_only_the_days_in_the_address_are_shown(app: Flask, lead_client: Any, clock: Any) -> None:
    with app.app_context():
        went_past(None, "The line was down")
    clock.pass_time(days=2)
    still_here(app, clock)
    assert "The line was down" in lead_client.get("/lead/overrides").text
    assert "The line was down" in lead_client.get("/lead/overrides?from=2026-11-23&to=2026-11-23").text
    assert "The line was down" not in lead_client.get("/lead/overrides?from=2026-11-24&to=2026-11-25").text
    clock.pass_time(days=40)
    still_here(app, clock)
    assert "No session went ahead" in lead_client.get("/lead/overrides").text


@pytest.mark.parametrize(
    "query",
    ["from=x", "to=2026-02-30", "from=2026-11-24&to=2026-11-23", "from=1990-01-01&to=2026-01-01", "from=%00"],
)
def test_odd_days_are_said_and_never_fail(lead_client: Any, query: str) -> None:
    page = lead_client.get(f"/lead/overrides?{query}")
    assert page.status_code == 200
    assert "last 30 days" in page.text


def test_the_lead_finds_the_way_from_home(lead_client: Any) -> None:
    assert 'href="/lead/overrides"' in lead_client.get("/lead/").text


def test_it_takes_the_same_statements_however_many_there_are(app: Flask) -> None:
    def statements() -> int:
        seen: list[str] = []

        def count(*arguments: Any) -> None:
            if not arguments[2].startswith("BEGIN"):
                seen.append(arguments[2])

        event.listen(db.engine, "before_cursor_execute", count)
        start, end = day_bounds(today() - timedelta(days=1), 3)
        overrides_between(start, end)
        event.remove(db.engine, "before_cursor_execute", count)
        db.session.rollback()
        return len(seen)

    with app.app_context():
        went_past(WARFARIN, "Severe pain")
        at_one = statements()
        for _ in range(6):
            went_past(WARFARIN, "Severe pain")
        assert statements() == at_one == 2
