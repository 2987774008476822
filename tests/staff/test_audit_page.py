"""The page of who did what, for the clinical lead and the admin."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event as engine_event
from sqlalchemy import select

from screening.clock import now
from screening.domain.decisions import Decision
from screening.extensions import db
from screening.records.acts import Act
from screening.records.answers import latest_submission, record_reading
from screening.records.transaction import writing
from screening.staff.audit import rows as page_rows
from screening.staff.audit.acts import ACTS
from screening.storage.models import Event
from tests.conftest import still_here
from tests.support.acupuncture import WARFARIN
from tests.support.events import recorded_events
from tests.support.factories import DESK, answered, appointment, link, signed
from tests.support.pages import find, parsed, words
from tests.support.tampering import with_database_rights

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def lead_client(signed_in: Callable[[str], Any]) -> Any:
    return signed_in("lead")


def rows(page: Any) -> list[str]:
    return (
        [words(row) for row in find(find(parsed(page.text), "tbody")[0], "tr")]
        if "<tbody>" in page.text
        else []
    )


def visited(app: Flask, name: str = "Robin Example") -> tuple[str, str]:
    """A visit with some events; its id, and the reference of its answers."""
    with app.app_context():
        made = appointment(name=name)
        link(made)
        answered(made, WARFARIN)
        signed(made, Decision.ADAPT)
        submission = latest_submission(made.id)
        assert submission is not None
        with writing():
            record_reading(submission, now(), DESK)
        return str(made.id), submission.reference


@pytest.mark.parametrize("who", ["lead", "admin"])
def test_it_says_who_did_what_when_and_from_where_in_plain_words(
    app: Flask, signed_in: Callable[[str], Any], who: str
) -> None:
    _, reference = visited(app)
    client = signed_in(who)
    page = client.get("/staff/audit")
    text = words(parsed(page.text))
    for said in ("Answers opened", "Dana Desk", "front desk", "Signed off", "Pat Provider", "127.0.0.1"):
        assert said in text
    assert f"Answers {reference}" in text
    assert "A patient" in text
    assert "The chain holds" in text
    assert "This list was read" in rows(page)[0]
    assert '<a href="/staff/audit" aria-current="page">' in page.text


def test_L10_it_names_no_patient_shows_no_answer_and_opens_none(app: Flask, lead_client: Any) -> None:
    visited(app, "Marguerite Canary")
    page = lead_client.get("/staff/audit")
    main = find(parsed(page.text), "main")[0]
    for canary in ("Marguerite", "Canary", "arfarin", "1980", "robin@mail.example"):
        assert canary not in words(main)
    targets = {anchor.get("href") or "" for anchor in main.iter("a")}
    assert targets
    assert all(target.startswith("?") for target in targets), targets


def test_reading_it_is_itself_an_event(app: Flask, lead_client: Any) -> None:
    visit, reference = visited(app)
    lead_client.get(f"/staff/audit?about={reference}&act=signed+off")
    lead_client.get("/staff/audit?about=Robin+Example")
    with app.app_context():
        read = recorded_events("audit read")
        assert [each.actor_kind for each in read] == ["clinical-lead", "clinical-lead"]
        assert read[0].on["appointment"] == visit
        assert (read[0].on["act"], read[0].on["first"], read[0].on["last"]) == (
            "signed off",
            "2026-11-17",
            "2026-11-23",
        )
        assert read[1].on["appointment"] == "unknown"
        assert "Robin" not in json.dumps([each.on for each in read])


def test_it_is_filtered_by_act_person_days_and_what_it_is_about(
    app: Flask, lead_client: Any, clock: Any
) -> None:
    visit, reference = visited(app)
    other, _ = visited(app, "Sam Other")
    clock.pass_time(days=3)
    visited(app, "Alex Later")
    still_here(app, clock)
    assert len(rows(lead_client.get("/staff/audit?act=signed+off"))) == 3
    doctor = next(key for key, name in _people(app).items() if name == "Pat Provider")
    assert all("Pat Provider" in row for row in rows(lead_client.get(f"/staff/audit?who={doctor}")))
    assert len(rows(lead_client.get(f"/staff/audit?who={doctor}"))) == 3
    assert len(rows(lead_client.get("/staff/audit?who=patient&act=answers+received"))) == 3
    early = lead_client.get("/staff/audit?from=2026-11-23&to=2026-11-23&act=signed+off")
    assert len(rows(early)) == 2
    by_reference = rows(lead_client.get(f"/staff/audit?about={reference.lower()}&who=patient"))
    assert len(by_reference) == 1
    assert reference in by_reference[0]
    by_id = rows(lead_client.get(f"/staff/audit?about={other}"))
    # This very reading is about the appointment, too.
    assert len(by_id) == 6
    assert reference not in " ".join(by_id)
    assert visit != other


def _people(app: Flask) -> dict[str, str]:
    with app.app_context():
        return page_rows.everybody_by_id()


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "from=2026-11-23&to=2026-11-01",
        "from=1900-01-01&to=2026-11-23",
        "act=no+such",
        "who=99999",
        "who=1;drop",
        "about=%00%00",
        "about=" + "x" * 500,
        "about=AAAA-AAAA",
        "before=-1",
        "before=99999999999999999999",
        "before=1_0",
        "before=%D9%A3",
        "from=%00&act=%00&who=%00",
    ],
)
def test_what_cannot_be_read_never_breaks_the_page(app: Flask, lead_client: Any, query: str) -> None:
    visited(app)
    assert lead_client.get(f"/staff/audit?{query}").status_code == 200


def test_it_goes_on_page_by_page_and_shows_each_event_once(
    app: Flask, lead_client: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_rows, "AT_ONCE", 4)
    for _ in range(3):
        visited(app)
        clock.pass_time(hours=1)
    still_here(app, clock)
    with app.app_context():
        expected = list(db.session.scalars(select(Event.number).order_by(Event.number.desc())))
    address, seen = "/staff/audit?from=2026-11-23&to=2026-11-23", list[int]()
    for _ in range(40):
        page = lead_client.get(address)
        seen += [int(row.split()[-1]) for row in rows(page)]
        older = [each for each in parsed(page.text).iter("a") if words(each) == "Older"]
        if not older:
            break
        address = "/staff/audit" + (older[0].get("href") or "")
    assert [number for number in seen if number in expected] == expected


def test_it_never_counts_and_never_skips_through_the_history(app: Flask, lead_client: Any) -> None:
    visited(app)
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        # SQLite is told an offset of nothing each time.
        is_skipping = "OFFSET" in statement and tuple(parameters)[-1] != 0
        seen.append(" ".join(statement.split()) + (" SKIPS" if is_skipping else ""))

    with app.app_context():
        engine = db.engine
    engine_event.listen(engine, "before_cursor_execute", note)
    try:
        lead_client.get("/staff/audit?before=12")
    finally:
        engine_event.remove(engine, "before_cursor_execute", note)
    read = [statement for statement in seen if "FROM event" in statement]
    assert read
    assert not [statement for statement in read if "count(" in statement.lower() or "SKIPS" in statement]
    (listed,) = [statement for statement in read if "ORDER BY event.at DESC" in statement]
    assert "event.at >=" in listed
    assert "LIMIT" in listed


def test_a_page_of_a_few_days_is_found_by_the_index_of_time(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return  # PostgreSQL reads small tables whole; the index is the same
        query = "EXPLAIN QUERY PLAN SELECT * FROM event WHERE at >= 'a' AND at < 'b' ORDER BY at DESC, number DESC"
        with db.engine.connect() as connection:
            plan = " ".join(str(row) for row in connection.exec_driver_sql(query))
        assert "USING INDEX ix_event_at" in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET actor_id = 1 WHERE number = 9",
        "DELETE FROM event WHERE number = 8",
        "UPDATE event SET hash = 'x' || substr(hash, 2) WHERE number = 8",
    ],
)
def test_it_says_where_the_chain_is_broken(app: Flask, lead_client: Any, statement: str) -> None:
    visited(app)
    with app.app_context():
        with_database_rights(statement)
    page = lead_client.get("/staff/audit")
    assert (
        "Event 9 is not as it was written." in page.text or "Event 8 is not as it was written." in page.text
    )
    assert "The chain holds" not in page.text


def test_the_desk_and_providers_neither_see_it_nor_the_way_to_it(signed_in: Callable[[str], Any]) -> None:
    for who, home in (("desk", "/desk/"), ("provider", "/provider/")):
        client = signed_in(who)
        assert client.get("/staff/audit").status_code == 403
        assert "/staff/audit" not in client.get(home).text
    assert "/staff/audit" in signed_in("lead").get("/lead/").text


def test_days_without_events_say_so(lead_client: Any) -> None:
    assert (
        "Nothing was recorded that fits."
        in lead_client.get("/staff/audit?from=2020-01-01&to=2020-01-02").text
    )


def test_every_act_that_is_ever_recorded_has_plain_words() -> None:
    """The type checker sees to it that nothing else is recorded."""
    assert list(ACTS) == list(Act)
