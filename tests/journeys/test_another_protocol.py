"""The whole house on a protocol that shares no id with the one of the product: only the file is another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from screening.app import create_app
from screening.domain.assessment import assess
from screening.domain.decisions import rests_on_unknown
from screening.domain.protocol.loading import acupuncture, load
from screening.domain.protocol.model import Protocol
from screening.domain.verification.checks import verify
from screening.records.answers import flags_of, latest_submission
from tests.conftest import config_for, fresh
from tests.support.databases import close
from tests.support.factories import appointment, link
from tests.support.pages import PageClient, parsed, words

PROTOCOL = load(Path(__file__).parents[1] / "support" / "fixtures" / "ear-seeds.yaml")
NOTHING = {"ear.skin": "fine", "plaster": ["none"], "worn.some": "no"}
BROKEN = NOTHING | {"ear.skin": "broken", "words": "It weeps a little."}


@pytest.fixture
def app(request: pytest.FixtureRequest, clock: Any, staff: Any) -> Iterator[Flask]:
    url = fresh(request, "sqlite")
    app = create_app(config_for(url), now=clock, protocol=PROTOCOL)
    app.test_client_class = PageClient
    app.testing = True
    with app.app_context():
        staff.fill(url)
    yield app
    close(app)


class Visit:
    """One appointment, seen by each who has to do with it."""

    def __init__(self, app: Flask, signed_in: Callable[[str], Any]) -> None:
        self.app, self.signed_in = app, signed_in
        with app.app_context():
            made = appointment(planned=("SEED",))
            self.id, self.token = made.id, link(made)

    def at(self, audience: str) -> str:
        return f"/{audience}/appointments/{self.id}"

    def answered(self, *pages: dict[str, Any]) -> Any:
        """The patient answers page by page, and sends; gives the page that says so."""
        client: Any = self.app.test_client()
        page = _followed(client, client.send(client.get(f"/s/{self.token}")))
        page = _followed(
            client, client.send(page, {"born-day": "27", "born-month": "3", "born-year": "1980"})
        )
        for fields in pages:
            page = _followed(client, client.send(page, fields, button="Continue"))
        assert page.request.path == "/s/check", words(parsed(page.text))
        return _followed(client, client.send(page, button="Send my answers"))

    def sign(self, decision: str) -> Any:
        client = self.signed_in("provider")
        fields: dict[str, Any] = {}
        with self.app.app_context():
            submission = latest_submission(self.id)
            for row, flag in flags_of(submission) if submission else []:
                fields |= {f"decision-{row.id.hex}": decision, f"reason-{row.id.hex}": "Looked at together"}
                fields |= {f"said-{row.id.hex}": "It is so"} if rests_on_unknown(flag) else {}
        return _followed(client, client.send(client.get(self.at("provider")), fields, button="Save and sign"))


@pytest.fixture
def visit(app: Flask, signed_in: Callable[[str], Any]) -> Visit:
    return Visit(app, signed_in)


def _followed(client: Any, answer: Any) -> Any:
    assert answer.status_code in (302, 303), words(parsed(answer.text))[:2000]
    return client.get(answer.location)


def read(page: Any) -> str:
    assert page.status_code == 200, page.text[:2000]
    return words(parsed(page.text))


def test_it_shares_no_id_with_the_protocol_of_the_product() -> None:
    parts: tuple[Callable[[Protocol], Any], ...] = (
        lambda protocol: protocol.questions,
        lambda protocol: protocol.rules,
        lambda protocol: protocol.principles,
        lambda protocol: protocol.topics,
        lambda protocol: protocol.modalities,
        lambda protocol: protocol.sources,
        lambda protocol: protocol.conditions,
    )
    for part in parts:
        assert set(part(PROTOCOL)).isdisjoint(part(acupuncture()))
    assert PROTOCOL.help_section != acupuncture().help_section


def test_everything_that_is_claimed_of_a_protocol_is_proven_of_it() -> None:
    report = verify(PROTOCOL)
    assert report.findings == ()
    assert report.whole > 10_000


def test_its_principles_read_what_is_not_known(clock: Any) -> None:
    devices = [{"kind": "hearing-aid", "spot": "not-sure", "now": "not-sure"}]
    answers = {"ear.skin": "not-sure", "worn.some": "yes", "worn.things": devices}
    found = assess(PROTOCOL, answers, ["SEED"], clock().date())
    assert {flag.rule: flag.via for flag in found.flags} == {
        "skin-broken": ("unsure",),
        "plaster-trouble": ("untold",),
        "aid-in": ("detail", "seat"),
        "thing-stuck": ("detail", "seat"),
    }


def test_a_patient_with_nothing_to_report_is_ready_once_a_provider_signs(visit: Visit) -> None:
    sent = read(visit.answered(NOTHING))
    assert "Thank you. We read this before you come." in sent
    desk = visit.signed_in("desk")
    assert "Needs review" in read(desk.get("/desk/"))
    assert "Nothing was reported" in read(visit.signed_in("provider").get(visit.at("provider")))
    assert "Signed by Pat Provider" in read(visit.sign("cleared"))
    queue = read(desk.get("/desk/"))
    assert "Ready" in queue
    assert "Nothing before the visit" in queue


def test_a_stop_is_seen_by_all_and_ends_in_do_not_treat(visit: Visit) -> None:
    sent = read(visit.answered(BROKEN))
    assert "We need to talk with you before we begin." in sent
    assert "If your ear hurts a lot now, go and see a doctor." in sent
    assert sent.index("When it cannot wait") < sent.index("Sore ears")
    provider = read(visit.signed_in("provider").get(visit.at("provider")))
    for words_of in ("skin-broken · It is cut or it weeps", "It weeps a little.", "Ear seeds: avoid"):
        assert words_of in provider
    desk = visit.signed_in("desk")
    assert "Tell the patient that the skin has to heal first" in read(desk.get("/desk/"))
    assert "Tell the patient that the skin has to heal first" in read(desk.get(visit.at("desk")))
    visit.sign("refer")
    assert "Do not treat" in read(desk.get("/desk/"))


def test_each_thing_has_its_page_and_its_flags_and_no_task_stays_off_the_list(visit: Visit) -> None:
    visit.answered(
        NOTHING | {"worn.some": "yes"},
        {"worn.what": ["stud", "hearing-aid"]},
        {"worn.spot": "lobe", "worn.now": "stuck"},
        {"worn.spot": "rim", "worn.now": "loose"},
    )
    provider = read(visit.signed_in("provider").get(visit.at("provider")))
    assert "thing-stuck · It does not come out (device 1, in the soft part)" in provider
    assert "aid-in · A hearing aid (device 1, in the soft part)" in provider
    assert "stud-on-rim · A stud or a ring (device 2, on the hard rim)" in provider
    queue = read(visit.signed_in("desk").get("/desk/"))
    assert "Keep a quiet room" in queue
    assert "There is nothing to lay out" not in queue


def test_what_holds_for_one_visit_is_asked_again_in_its_own_words(visit: Visit, clock: Any) -> None:
    clock.now -= timedelta(days=1)
    visit.answered(NOTHING)
    clock.now += timedelta(days=1)
    visit.sign("cleared")
    assert "Ask again on arrival: how are your ears today?" in read(visit.signed_in("desk").get("/desk/"))
    asked = "How are your ears today? and Is there a new thing in them?"
    assert asked in read(visit.signed_in("desk").get(visit.at("desk")))
    reads = "The desk asks on arrival how the ears are and whether there is a new thing in them."
    assert reads in read(visit.signed_in("provider").get(visit.at("provider")))


def test_the_clinical_lead_reads_it_and_tries_answers(app: Flask, signed_in: Callable[[str], Any]) -> None:
    lead = signed_in("lead")
    page = read(lead.get("/lead/protocol"))
    assert "The skin of the ears is “It is cut or it weeps” or not known" in page
    assert "The trouble with plasters includes “A red rash” or “Blisters”" in page
    tried = read(lead.send(lead.get("/lead/simulator"), BROKEN | {"planned": ["SEED"]}))
    assert "Clash Ear seeds is planned" in tried


def test_the_article_and_its_urgent_section_stand_beside_it(app: Flask) -> None:
    page: Any = app.test_client().get("/article/")
    assert '<section class="level-2 urgent"' in page.text
    assert "A book on ear seeds" in page.text
