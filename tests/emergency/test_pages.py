"""Emergency access: a reason, one hour, reading only; each page is an event, and the clinical lead sees all of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from screening.domain.decisions import Decision
from screening.extensions import db
from screening.storage.models import Appointment, EmergencyAccess, Event
from tests.conftest import Clock, still_here
from tests.support.databases import one_database
from tests.support.events import recorded_events
from tests.support.factories import PACEMAKER, another, answered, appointment, signed
from tests.support.pages import find, folded, parsed, words

REASON = "Robin fainted in the waiting room and no provider is here."
BEGIN, END, DAY = "/staff/emergency", "End it now", "/staff/emergency/day"


@pytest.fixture
def visit(app: Flask) -> UUID:
    """Answers with a pacemaker and a question in the patient's words; signed."""
    with app.app_context():
        booked = appointment()
        told = {"imp.any": "yes", "imp.devices": [PACEMAKER], "ask.provider": "May I keep my shoes on?"}
        answered(booked, told)
        signed(booked, Decision.ADAPT)
        return booked.id


@pytest.fixture(params=["desk", "lead", "admin"])
def reader(request: pytest.FixtureRequest, signed_in: Callable[[str], Any]) -> Any:
    return signed_in(request.param)


def begin(client: Any, reason: str = REASON) -> Any:
    return client.send(client.get(BEGIN), {"reason": reason}, button="Open for one hour")


def address(visit: UUID) -> str:
    return f"/staff/emergency/appointments/{visit}"


def events(app: Flask, about: str = "emergency") -> list[Event]:
    with app.app_context():
        return [each for each in recorded_events() if about in each.act]


def acts(app: Flask) -> list[str]:
    return [event.act.removeprefix("emergency ") for event in events(app)]


def test_nothing_opens_before_a_reason_is_given(app: Flask, reader: Any, visit: UUID) -> None:
    for path in (DAY, address(visit), address(uuid4())):
        page = reader.get(path)
        assert page.status_code == 403, path
        assert "Robin" not in page.text
        assert find(parsed(page.text), "a", href=BEGIN), "no way on"
    assert acts(app) == []


@pytest.mark.parametrize("reason", ["", "  ", "emergency", "need it now", "a\x00b c d e", "word " * 400])
def test_a_reason_is_a_sentence(app: Flask, desk_client: Any, reason: str) -> None:
    page = begin(desk_client, reason)
    assert page.status_code == 422
    assert "There is a problem" in page.text
    assert desk_client.get(DAY).status_code == 403
    assert acts(app) == []


def test_a_page_that_was_open_too_long_keeps_the_reason(app: Flask, desk_client: Any) -> None:
    stale = desk_client.send(desk_client.get(BEGIN), {"reason": REASON, "csrf_token": "stale"})
    assert stale.status_code == 422
    assert REASON in stale.text
    assert acts(app) == []


def test_whoever_gave_a_reason_reads_what_a_provider_reads(
    app: Flask, reader: Any, provider_client: Any, visit: UUID
) -> None:
    assert begin(reader).location == DAY
    assert address(visit) in reader.get(DAY).text
    page = reader.get(address(visit)).text
    theirs = provider_client.get(f"/provider/appointments/{visit}").text
    for text in (
        "Pacemaker",
        "May I keep my shoes on?",
        "Signed by Pat Provider",
        "I1: Adapt.",
        "asked and looked at",
    ):
        assert text in page, text
        assert text in theirs, text
    assert grid(page) == grid(theirs)
    assert flags(page) == flags(theirs)


def grid(page: str) -> list[str]:
    (table,) = find(parsed(page), "table", class_="grid-effects")
    return [words(cell) for cell in table.iter() if cell.tag in ("th", "td")]


def flags(page: str) -> list[str]:
    """How the card of each flag begins, before any link to note something."""
    return [words(card)[:80] for card in parsed(page).iter("article")]


def test_each_page_says_until_when_and_why(app: Flask, desk_client: Any, clock: Clock, visit: UUID) -> None:
    begin(desk_client)
    clock.pass_time(minutes=18, seconds=30)
    still_here(app, clock)
    for path in (DAY, address(visit)):
        answer = desk_client.get(path)
        (banner,) = find(parsed(answer.text), "aside", aria_label="Emergency access")
        assert "Until 10:00, 42 minutes left" in words(banner)
        assert REASON in words(banner)
        # An open page is asked for again when the time is over, and then it is refused.
        assert answer.headers["Refresh"] == str(41 * 60 + 30 + 1)


def test_nothing_can_be_changed_from_its_pages(desk_client: Any, visit: UUID) -> None:
    begin(desk_client)
    for path in (DAY, address(visit)):
        tree = parsed(desk_client.get(path).text)
        posts = {form.get("action") for form in tree.iter("form") if form.get("method") == "post"}
        assert posts == {"/staff/sign-out", "/staff/emergency/end"}
        links = {link.get("href") for link in tree.find(".//main").iter("a")}  # type: ignore[union-attr]
        assert not [href for href in links if href and href.startswith(("/provider", "/desk"))]
        assert desk_client.post(path).status_code == 405


@one_database
@pytest.mark.parametrize("what", ["", "/sign", "/call", "/session-start", "/session-held", "/answers/0"])
def test_it_opens_nothing_of_the_providers_own_pages(app: Flask, reader: Any, visit: UUID, what: str) -> None:
    begin(reader)
    before = len(events(app, ""))
    address = f"/provider/appointments/{visit}{what}"
    assert reader.post(address).status_code == (405 if not what else 403)
    assert reader.get(address).status_code == (405 if what.count("-") or what in ("/sign", "/call") else 403)
    assert {event.act for event in events(app, "")[before:]} <= {"access refused"}


def test_it_ends_after_an_hour_of_our_clock(app: Flask, desk_client: Any, clock: Clock, visit: UUID) -> None:
    begin(desk_client)
    clock.pass_time(minutes=59, seconds=59)
    still_here(app, clock)
    assert desk_client.get(address(visit)).status_code == 200
    clock.pass_time(seconds=1)
    still_here(app, clock)
    for path in (DAY, address(visit)):
        over = desk_client.get(path)
        assert over.status_code == 403
        assert "Back to your work" in over.text
        assert "Robin" not in over.text
    assert acts(app) == ["access begun", "page read"]


def test_it_ends_early_everywhere_at_once(
    app: Flask, signed_in: Callable[[str], Any], clock: Clock, visit: UUID
) -> None:
    here, elsewhere = signed_in("desk"), signed_in("desk")
    begin(here)
    assert elsewhere.get(address(visit)).status_code == 200
    page = here.get(DAY)
    clock.pass_time(minutes=5)
    still_here(app, clock)
    assert here.send(page, button=END).location == "/staff/"
    for client in (here, elsewhere):
        assert client.get(address(visit)).status_code == 403
        assert client.get(DAY).status_code == 403
    assert acts(app) == ["access begun", "page read", "list read", "access ended"]
    begin(here, "Now a second patient fainted, and nobody is here.")
    assert here.get(address(visit)).status_code == 200


def test_ending_needs_its_own_page(app: Flask, desk_client: Any, visit: UUID) -> None:
    begin(desk_client)
    desk_client.post("/staff/emergency/end")
    assert desk_client.get(address(visit)).status_code == 200
    assert "access ended" not in acts(app)


def test_pressing_twice_begins_one(app: Flask, desk_client: Any) -> None:
    page = desk_client.get(BEGIN)
    for _ in range(2):
        assert desk_client.send(page, {"reason": REASON}).location == DAY
    assert acts(app) == ["access begun"]
    assert desk_client.get(BEGIN).location == DAY


def test_it_belongs_to_the_person_who_gave_the_reason(
    signed_in: Callable[[str], Any], desk_client: Any, visit: UUID
) -> None:
    begin(desk_client)
    assert signed_in("admin").get(address(visit)).status_code == 403
    assert signed_in("provider").get(BEGIN).status_code == 403


def test_each_page_that_is_read_is_an_event_with_who_and_what(
    app: Flask, desk_client: Any, visit: UUID
) -> None:
    with app.app_context():
        silent = another(db.session.get_one(Appointment, visit)).id
    begin(desk_client)
    desk_client.get(DAY)
    desk_client.get(address(visit))
    desk_client.get(address(silent))
    assert acts(app) == ["access begun", "list read", "page read", "page read"]
    with app.app_context():
        access = db.session.scalars(select(EmergencyAccess)).one()
        assert (access.by_name, access.reason) == ("Dana Desk", REASON)
        identity, by = str(access.id), access.by_id
    seen = events(app)
    assert {event.on["access"] for event in seen} == {identity}
    assert {(event.actor_kind, event.actor_id) for event in seen} == {("emergency", by)}
    assert [event.on.get("appointment") for event in seen[2:]] == [str(visit), str(silent)]
    (reading,) = events(app, "answers opened")
    assert (reading.actor_kind, reading.on["appointment"]) == ("emergency", str(visit))


def test_an_appointment_that_does_not_exist_leaves_no_event(app: Flask, desk_client: Any) -> None:
    begin(desk_client)
    assert desk_client.get(address(uuid4())).status_code == 404
    assert acts(app) == ["access begun"]


def test_no_event_no_reading(app: Flask, desk_client: Any, visit: UUID, monkeypatch: Any) -> None:
    begin(desk_client)

    def fail(*_args: Any, **_on: Any) -> None:
        raise RuntimeError("the events cannot be written")

    monkeypatch.setattr("screening.records.emergencies.record", fail)
    for path in (DAY, address(visit)):
        with pytest.raises(RuntimeError):
            desk_client.get(path)


def test_the_clinical_lead_reads_who_used_it_when_why_and_on_what(
    app: Flask, signed_in: Callable[[str], Any], desk_client: Any, clock: Clock, visit: UUID
) -> None:
    lead = signed_in("lead")
    assert "Emergency access was used" not in lead.get("/lead/").text
    begin(desk_client)
    for _ in range(2):
        desk_client.get(address(visit))
    clock.pass_time(minutes=7)
    still_here(app, clock)
    desk_client.send(desk_client.get(DAY), button=END)
    clock.pass_time(hours=2)
    still_here(app, clock)
    begin(signed_in("admin"), "The provider is away and a patient is unwell.")
    home = folded(lead.get("/lead/").text)
    assert "Emergency access was used 2 times in the last thirty days" in home
    assert home.index("Alex Admin") < home.index("Dana Desk"), "newest first"
    for page in (home, folded(lead.get("/lead/emergencies").text)):
        assert REASON in page
        assert "09:00 to 09:07" in page
        assert "11:07 to 12:07" in page
        assert page.count("Monday 23 November, 11:00, with Pat Provider") == 1
        assert "Robin Example" not in page
    assert "used 2 times" in folded(lead.get("/lead/emergencies").text)
    clock.pass_time(days=31)
    still_here(app, clock)
    assert "Emergency access was used" not in lead.get("/lead/").text
    assert "used 2 times" in folded(lead.get("/lead/emergencies?from=2026-11-23&to=2026-11-23").text)
    assert "used 0 times" in folded(lead.get("/lead/emergencies?from=2026-11-24&to=2026-11-24").text)


@pytest.mark.parametrize(
    ("who", "is_shown"), [("desk", True), ("admin", True), ("lead", True), ("provider", False)]
)
def test_the_way_in_is_on_every_page_of_who_may_need_it(
    signed_in: Callable[[str], Any], who: str, is_shown: bool
) -> None:
    page = signed_in(who).get("/staff/", follow_redirects=True).text
    assert bool(find(parsed(page), "a", href=BEGIN)) is is_shown
