"""A changed file, from the paste to the signature, through the front door."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from screening.clock import now
from screening.domain.protocol.loading import acupuncture, parse
from screening.extensions import db
from screening.lead import verification_report, version_views
from screening.records.protocol_releases import keep_version
from screening.records.protocol_versions import current_protocol
from screening.records.transaction import writing
from screening.storage.models import Appointment, Event, ProtocolVersion
from tests.support.changed_protocol import ASPIRIN_STOPS, OTHER_WORDS, changed
from tests.support.factories import answered, appointment, signed
from tests.support.pages import folded, parsed, words

SHIPPED = acupuncture().digest
ASPIRIN = {"bleed.medicine": ["aspirin"], "bleed.why": "other"}


@pytest.fixture(autouse=True)
def proved_before(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof itself is tested elsewhere, and takes seconds."""
    monkeypatch.setattr(
        verification_report, "_checked", lambda _protocol: verification_report.CheckResult((), "")
    )


@pytest.fixture
def lead(signed_in: Callable[[str], Any]) -> Any:
    return signed_in("lead")


def load(lead: Any, text: str) -> Any:
    return lead.send(lead.get("/lead/versions"), {"text": text, "file": None})


def upload(lead: Any, content: bytes, **more: Any) -> Any:
    page = lead.get("/lead/versions")
    token = next(
        field.get("value") for field in parsed(page.text).iter("input") if field.get("name") == "csrf_token"
    )
    sent = {"csrf_token": token, "text": "", "file": (io.BytesIO(content), "changed.yaml"), **more}
    return lead.post("/lead/versions", data=sent, content_type="multipart/form-data")


def page_of(lead: Any, text: str) -> Any:
    answer = load(lead, text)
    assert answer.status_code == 303, answer.text
    return lead.get(answer.location)


def sign(lead: Any, page: Any, **fields: Any) -> Any:
    number = words(parsed(page.text).find(".//h1")).removeprefix("Version ")  # type: ignore[arg-type]
    filled = {"number": number, "why": "Read with the team", "has_read": "yes", **fields}
    return lead.send(page, filled, button="Sign version")


def acts(name: str) -> int:
    return db.session.scalar(select(func.count()).select_from(Event).where(Event.act == name)) or 0


def test_a_changed_file_is_pasted_and_shown_in_words(app: Flask, lead: Any) -> None:
    page = page_of(lead, ASPIRIN_STOPS)
    assert "Severity: note → stop (stricter)" in words(parsed(page.text))
    with app.app_context():
        assert current_protocol().version == "1"
        assert acts("protocol loaded") == 1


def test_a_changed_file_can_be_uploaded(lead: Any) -> None:
    answer = upload(lead, b"\xef\xbb\xbf" + ASPIRIN_STOPS.replace("\n", "\r\n").encode())
    assert answer.status_code == 303
    assert answer.location.endswith(parse(ASPIRIN_STOPS).digest)


def test_a_mistake_is_shown_with_its_line_and_what_was_typed_stays(app: Flask, lead: Any) -> None:
    broken = ASPIRIN_STOPS.replace("severity: stop", "severity: stopp", 1)
    line = broken[: broken.index("severity: stopp")].count("\n") + 1
    answer = load(lead, broken)
    assert answer.status_code == 422
    assert f"Line {line}: rule P1" in answer.text
    assert "Use one of: note, caution, stop" in answer.text
    kept = next(parsed(answer.text).iter("textarea")).text or ""
    assert kept.strip() == broken.strip()
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(ProtocolVersion)) == 0


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"text": ""}, "Paste a protocol file, or choose one"),
        ({"text": "protocol: \x00"}, "character that is not allowed"),
        ({"text": OTHER_WORDS.replace("protocol: acupuncture", "protocol: massage", 1)}, "of the protocol"),
    ],
)
def test_what_is_no_version_of_this_protocol_is_refused_with_words(
    lead: Any, sent: dict[str, str], says: str
) -> None:
    answer = load(lead, sent["text"])
    assert answer.status_code in (409, 422)
    assert says in words(parsed(answer.text))


def test_a_file_that_is_no_text_is_refused_with_words(lead: Any) -> None:
    answer = upload(lead, b"\xff\xfe\x00")
    assert (answer.status_code, "not UTF-8 text" in answer.text) == (422, True)


def test_a_file_and_a_pasted_text_together_are_refused(lead: Any) -> None:
    answer = upload(lead, ASPIRIN_STOPS.encode(), text="protocol: x")
    assert (answer.status_code, "not both" in answer.text) == (422, True)


def test_a_number_that_another_content_has_is_refused(lead: Any) -> None:
    assert load(lead, ASPIRIN_STOPS).status_code == 303
    answer = load(lead, OTHER_WORDS)
    assert answer.status_code == 409
    assert "another version 2 with other content" in answer.text
    assert load(lead, changed(("Cupping}", "Cups}"), version="1")).status_code == 409


def test_the_same_content_again_is_the_same_version(app: Flask, lead: Any) -> None:
    first = load(lead, ASPIRIN_STOPS)
    again = load(lead, ASPIRIN_STOPS.replace("# Pregnancy", "# A comment", 1))
    assert again.location == first.location
    with app.app_context():
        assert acts("protocol loaded") == 1


def test_only_this_page_takes_files_and_long_bodies(lead: Any, desk_client: Any) -> None:
    long = "x" * 70_000
    assert lead.post("/lead/versions", data={"text": long}).status_code == 422
    assert lead.post("/lead/versions", data={"text": "x" * 1_000_001}).status_code == 413
    assert lead.post("/lead/simulator", data={"on": long}).status_code == 413
    assert desk_client.post("/desk/new", data={"name": long}).status_code == 413
    assert desk_client.post("/desk/new", data={"file": (io.BytesIO(b"x"), "x")}).status_code == 400


def test_this_page_takes_one_file_in_its_own_field(lead: Any) -> None:
    other = {"other": (io.BytesIO(b"x"), "x")}
    assert upload(lead, b"x", **other).status_code == 400
    both = {"file": [(io.BytesIO(b"x"), "x"), (io.BytesIO(b"y"), "y")]}
    assert lead.post("/lead/versions", data=both, content_type="multipart/form-data").status_code == 400


def test_only_a_clinical_lead_may_send_a_long_body(desk_client: Any) -> None:
    assert desk_client.post("/lead/versions", data={"text": "x" * 70_000}).status_code == 403


def test_the_shipped_version_is_signed_and_no_page_says_draft(
    app: Flask, lead: Any, desk_client: Any
) -> None:
    assert "not yet signed" in desk_client.get("/desk/").text
    page = lead.get(f"/lead/versions/{SHIPPED}")
    assert "What it changes" not in page.text
    answer = sign(lead, page)
    assert answer.status_code == 303, answer.text
    assert "Signed by Lee Lead" in words(parsed(lead.get("/lead/").text))
    assert "not yet signed" not in desk_client.get("/desk/").text
    with app.app_context():
        assert acts("protocol signed") == 1


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        ({"number": "1"}, "not the number of the version on this page, 2"),
        ({"number": ""}, "Type the number of the version"),
        ({"why": " "}, "Write a few words"),
        ({"has_read": None}, "Tick that you have read it"),
    ],
)
def test_signing_takes_the_number_a_note_and_a_tick(
    app: Flask, lead: Any, left_out: dict[str, Any], says: str
) -> None:
    page = page_of(lead, ASPIRIN_STOPS)
    assert "checked" not in page.text
    answer = sign(lead, page, **left_out)
    assert (answer.status_code, says in words(parsed(answer.text))) == (422, True)
    with app.app_context():
        assert current_protocol().digest == SHIPPED


def test_a_version_with_a_finding_is_not_signed(
    app: Flask, lead: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = page_of(lead, ASPIRIN_STOPS)
    bad = verification_report.CheckResult((("B12", "it is lost when more is reported"),), "")
    monkeypatch.setattr(version_views, "check_result_of", lambda _protocol: bad)
    shown = lead.get(page.request.path)
    assert "it is lost when more is reported" in shown.text
    assert "Sign version" not in shown.text
    answer = sign(lead, page)
    assert (answer.status_code, version_views.UNPROVED in answer.text) == (409, True)
    with app.app_context():
        assert current_protocol().digest == SHIPPED


def test_a_version_that_was_signed_meanwhile_is_shown_and_nothing_is_signed(app: Flask, lead: Any) -> None:
    page = page_of(lead, ASPIRIN_STOPS)
    other = page_of(lead, OTHER_WORDS.replace('version: "2"', 'version: "3"', 1))
    assert sign(lead, other).status_code == 303
    late = sign(lead, page)
    assert late.status_code == 409
    assert "Version 3 was signed in the meantime" in late.text
    assert "What it changes against version 3" in words(parsed(late.text))
    with app.app_context():
        assert current_protocol().version == "3"
    assert sign(lead, late).status_code == 303


def test_L1_signing_takes_readiness_only_where_a_severity_or_an_effect_changes(
    app: Flask, lead: Any, desk_client: Any
) -> None:
    with app.app_context():
        aspirin = appointment(name="Ada Aspirin")
        nothing = appointment(now() + timedelta(hours=3), name="Nora Nothing")
        answered(aspirin, ASPIRIN)
        answered(nothing)
        signed(aspirin)
        signed(nothing)
    assert sign(lead, page_of(lead, OTHER_WORDS)).status_code == 303
    assert state_of_row(desk_client, "Ada Aspirin") == "Ready"
    page = page_of(lead, ASPIRIN_STOPS.replace('version: "2"', 'version: "3"', 1))
    told = words(parsed(page.text))
    assert "1 patient would gain a stop, none would lose one" in told
    assert "1 sign-off would stop to hold" in told
    assert "Ada Aspirin" in told
    assert "Nora Nothing" not in told
    answer = sign(lead, page)
    assert answer.status_code == 303
    assert "1 appointment to come is now out of date" in lead.get("/lead/").text
    assert state_of_row(desk_client, "Ada Aspirin") == "Out of date"
    assert state_of_row(desk_client, "Nora Nothing") == "Ready"


def test_L1_a_signature_that_does_not_hold_today_is_none_that_would_be_lost(app: Flask, lead: Any) -> None:
    with app.app_context():
        planned_anew, both = appointment(name="Ada Aspirin"), appointment(name="Bo Both")
        for visit in (planned_anew, both):
            answered(visit, ASPIRIN)
            signed(visit)
        with writing() as session:
            # Behind the product's back: nothing voided the signature, but it speaks of another plan.
            session.get_one(Appointment, planned_anew.id).planned = ["EA"]
    told = words(parsed(page_of(lead, ASPIRIN_STOPS).text))
    assert "Ada Aspirin" in told
    assert "1 sign-off would stop to hold" in told


def state_of_row(desk: Any, name: str) -> str:
    rows = [row for row in parsed(desk.get("/desk/").text).iter("tr") if name in words(row)]
    tags = [each for each in rows[0].iter("span") if "tag" in (each.get("class") or "")]
    return words(tags[0])


def test_L10_the_page_of_a_version_shows_no_answer(app: Flask, lead: Any) -> None:
    with app.app_context():
        answered(appointment(name="Ada Aspirin"), ASPIRIN | {"ask.provider": "A very private question"})
    page = page_of(lead, ASPIRIN_STOPS)
    assert "Ada Aspirin" in page.text
    assert "A very private question" not in page.text


def test_the_replay_looks_back_as_far_as_asked(app: Flask, lead: Any, clock: Any) -> None:
    with app.app_context():
        visit = appointment(now() + timedelta(hours=1))
        answered(visit, ASPIRIN)
    clock.pass_time(days=40)
    address = load(lead := _again(app), ASPIRIN_STOPS).location
    assert "1 set of answers of the last 8 weeks" in words(parsed(lead.get(address).text))
    assert "0 sets of answers of the last 2 weeks" in words(parsed(lead.get(address + "?weeks=2").text))
    assert "last 8 weeks" in folded(lead.get(address + "?weeks=x").text)


def _again(app: Flask) -> Any:
    """Signed in again: the form of the earlier sign-in is weeks old."""
    client: Any = app.test_client()
    client.send(
        client.get("/staff/sign-in"), {"email": "lead@clinic.example", "password": "an invented password"}
    )
    return client


def test_L6_old_answers_stay_as_they_were_answered(app: Flask, lead: Any, provider_client: Any) -> None:
    with app.app_context():
        visit = appointment()
        answered(visit)
        address = f"/provider/appointments/{visit.id}"
    before = provider_client.get(address).text
    assert sign(lead, page_of(lead, OTHER_WORDS)).status_code == 303
    after = provider_client.get(address).text
    assert "Are you pregnant, or could you be?" in after
    assert "Could you be pregnant now?" not in after
    assert answers_part(before) == answers_part(after)


def answers_part(page: str) -> str:
    return page[page.index("<summary>All answers") : page.index("</dl></details>")]


def test_an_earlier_version_can_be_signed_again(app: Flask, lead: Any, clock: Any) -> None:
    assert sign(lead, page_of(lead, ASPIRIN_STOPS)).status_code == 303
    clock.pass_time(minutes=1)
    page = lead.get(f"/lead/versions/{SHIPPED}")
    assert "Severity: stop → note (milder)" in words(parsed(page.text))
    assert sign(lead, page).status_code == 303
    with app.app_context():
        assert current_protocol().digest == SHIPPED


def test_the_list_shows_every_version_and_which_is_in_use(app: Flask, lead: Any) -> None:
    with app.app_context(), writing():
        keep_version(parse(OTHER_WORDS), now())
    told = words(parsed(lead.get("/lead/versions").text))
    assert "Version 1 in use comes with the product" in told
    assert "Version 2" in told
    assert "Draft, not signed" in told


def test_the_file_of_a_version_is_saved_as_it_was_read(lead: Any) -> None:
    answer = lead.get(f"/lead/versions/{SHIPPED}/file")
    assert answer.text == acupuncture().text
    assert "attachment" in answer.headers["Content-Disposition"]


def test_an_unknown_version_is_not_guessed(lead: Any) -> None:
    for path in ("", "/protocol", "/simulator", "/file"):
        assert lead.get(f"/lead/versions/{'0' * 64}{path}").status_code == 404


def test_what_was_written_stays_when_the_version_was_signed_meanwhile(lead: Any) -> None:
    page = page_of(lead, ASPIRIN_STOPS)
    assert sign(lead, page).status_code == 303
    late = sign(lead, page, number="7", why="Read it twice")
    assert late.status_code == 409
    assert "signed and put in use in the meantime" in late.text
    assert "Read it twice" in late.text
