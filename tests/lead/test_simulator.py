"""The simulator: the questions of the patient, the result of the provider, and nothing stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from screening.clock import now
from screening.domain.protocol.loading import parse
from screening.extensions import db
from screening.records.protocol_releases import keep_version
from screening.records.transaction import writing
from screening.storage.models import Draft, Event, Submission
from tests.support.changed_protocol import ASPIRIN_STOPS
from tests.support.pages import form_fields, parsed, words

HERE = "/lead/simulator"
NOTHING: dict[str, Any] = {
    "preg.status": "no",
    "bleed.condition": "no",
    "bleed.medicine": "none",
    "imp.any": "no",
    "also": "none",
}


@pytest.fixture
def lead(signed_in: Callable[[str], Any]) -> Any:
    return signed_in("lead")


def pick(lead: Any, page: Any = None, button: str = "Show what it means", **fields: Any) -> Any:
    given = {name.replace("__", "."): answer for name, answer in fields.items()}
    return lead.send(page or lead.get(HERE), given, button=button)


def result(page: Any) -> str:
    tree = parsed(page.text)
    return words(next(each for each in tree.iter("section") if each.get("id") == "result"))


def names(page: Any) -> set[str]:
    return {str(each.get("name")) for each in parsed(page.text).iter() if each.get("name")}


def test_nothing_is_chosen_beforehand(lead: Any) -> None:
    """L2: also where a clinical lead tries things out."""
    page = lead.get(HERE)
    assert " checked" not in page.text
    assert 'id="result"' not in page.text


def test_nothing_to_report_raises_no_flag_and_is_no_clearance(lead: Any) -> None:
    told = result(pick(lead, **NOTHING))
    assert "No flags" in told
    assert "This is not a clearance" in told


def test_L2_a_question_left_blank_counts_as_not_answered(lead: Any) -> None:
    told = result(pick(lead, **(NOTHING | {"preg.status": None})))
    assert "P5" in told
    assert "Ask before treatment" in told


def test_answers_open_their_follow_ups_on_the_same_page_and_stay(lead: Any) -> None:
    page = pick(lead, **(NOTHING | {"bleed.medicine": "warfarin"}))
    assert {"bleed.inr", "bleed.inr.date-day", "bleed.inr.value"} <= names(page)
    page = pick(lead, page, **{"bleed.inr": "in-range", "bleed.inr.value": "3.4"})
    assert "B9" in result(page)
    kept = form_fields(
        next(each for each in parsed(page.text).iter("form") if each.get("action") == f"{HERE}#result")
    )
    assert kept["bleed.medicine"] == ["warfarin"]
    assert kept["bleed.inr.value"] == ["3.4"]


def test_flags_effects_tasks_clashes_and_what_the_patient_reads_are_shown(lead: Any) -> None:
    page = pick(lead, planned="EA", **(NOTHING | {"imp.any": "yes"}))
    page = pick(lead, page, **{"imp.kind": "pacemaker"})
    told = result(page)
    assert "Clash Electroacupuncture is planned" in told
    assert "I1 · Pacemaker (device 1)" in told
    assert "Worst effect" in told
    assert "Tasks for the desk" in told
    assert "What the patient would read" in told
    assert "Please bring your device card" in told


def test_devices_can_be_added_and_removed_and_keep_what_was_said_of_them(lead: Any) -> None:
    page = pick(lead, **(NOTHING | {"imp.any": "yes"}))
    page = pick(lead, page, **{"imp.kind": "pacemaker"})
    page = pick(lead, page, **{"device-0-imp.loc": "chest-left"})
    page = pick(lead, page, button="Add another pacemaker")
    assert {"device-0-imp.loc", "device-1-imp.loc"} <= names(page)
    page = pick(lead, page, **{"device-1-imp.loc": "chest-right"})
    assert "Pacemaker (2 of 2)" in page.text
    first = next(each for each in parsed(page.text).iter("button") if each.get("value") == "remove:0")
    page = lead.send(page, {"step": first.get("value")}, button="Remove this one")
    assert "device-0-imp.loc" not in names(page)
    chosen = [
        each.get("value") for each in parsed(page.text).iter("option") if each.get("selected") is not None
    ]
    assert chosen == ["chest-right"]
    page = lead.send(page, {"step": "remove:1"}, button="Remove this one")
    assert not any(name.startswith("device-") for name in names(page))


def test_a_device_that_is_told_in_person_stays_unresolved(lead: Any) -> None:
    page = pick(lead, **(NOTHING | {"imp.any": "yes"}))
    assert "I21" in result(pick(lead, page, **{"imp.kind": "in-person"}))


def test_an_answer_that_cannot_be_is_said_and_shows_no_result(lead: Any) -> None:
    page = pick(lead, **(NOTHING | {"bleed.medicine": "warfarin"}))
    page = pick(lead, page, **{"bleed.inr.value": "many"})
    assert page.status_code == 422
    assert "Enter a number with digits" in page.text
    assert 'value="many"' in page.text
    assert 'id="result"' not in page.text


def test_L11_what_is_not_on_the_page_is_refused(lead: Any) -> None:
    page = pick(lead, **(NOTHING | {"preg.status": "perhaps"}))
    assert page.status_code == 422
    assert "Choose an answer on this page" in page.text


def test_answers_age_by_the_day_of_the_appointment(lead: Any) -> None:
    page = pick(lead, **(NOTHING | {"bleed.medicine": "warfarin"}))
    test_day = {"bleed.inr.date-day": "1", "bleed.inr.date-month": "11", "bleed.inr.date-year": "2026"}
    page = pick(lead, page, on="2026-11-25", **{"bleed.inr": "in-range", "bleed.why": "clot"} | test_day)
    assert "B9" not in result(page)
    assert "B9" in result(pick(lead, page, on="2026-12-25"))


def test_L10_no_answer_is_in_an_address_and_nothing_is_stored(app: Flask, lead: Any) -> None:
    page = lead.get(HERE)
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Event))
    shown = pick(lead, page, **(NOTHING | {"bleed.medicine": "warfarin"}))
    assert [each.get("method") for each in parsed(shown.text).iter("form")] == ["post", "post"]
    assert shown.request.query_string == b""
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Event)) == before
        for table in (Submission, Draft):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0


def test_a_candidate_is_tried_without_being_in_use(app: Flask, lead: Any) -> None:
    candidate = parse(ASPIRIN_STOPS)
    with app.app_context(), writing():
        keep_version(candidate, now())
    aspirin = NOTHING | {"bleed.medicine": "aspirin"}
    address = f"/lead/versions/{candidate.digest}/simulator"
    assert "Stop" in result(lead.send(lead.get(address), aspirin, button="Show what it means"))
    assert "Stop" not in result(pick(lead, **aspirin))


def test_a_page_that_was_open_too_long_keeps_what_was_picked(lead: Any) -> None:
    page = pick(lead, csrf_token="old", **NOTHING)
    assert page.status_code == 422
    assert "open for a long time" in page.text
    assert page.text.count(" checked") == len(NOTHING)


@pytest.mark.parametrize(
    "devices", ["٣:pacemaker", "1_0:pacemaker", "0:sugar", "0:pacemaker 0:stent-filter", "x"]
)
def test_a_list_of_devices_that_no_page_wrote_is_refused(signed_in: Any, devices: str) -> None:
    lead = signed_in("lead")
    page = lead.get("/lead/simulator")
    assert lead.send(page, {"devices": devices}).status_code == 400
