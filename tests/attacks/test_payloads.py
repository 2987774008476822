"""What is typed stays text, wherever it is shown: opened in a real Chromium, page by page, as each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser

from screening.domain.verification.checks import verify
from screening.lead import verification_report
from tests.support import hostile
from tests.support.browser import DESK, Clinic, enter, sign_in
from tests.support.databases import close
from tests.support.hostile import Hostile, Visit
from tests.support.invented import Invented, serving
from tests.support.payloads import PAYLOADS, REFUSED, TELLING, every_way_out, everything
from tests.support.watching import Watched


class Place:
    """A served clinic, and the one thread in which its records are changed beside the browser."""

    def __init__(self, clinic: Clinic, pool: ThreadPoolExecutor) -> None:
        self.clinic, self.pool = clinic, pool

    def do(self, act: Callable[..., Any], *args: Any) -> Any:
        return self.pool.submit(_inside, self.clinic.app, act, args).result()


def _inside(app: Flask, act: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    with app.app_context():
        return act(*args)


@contextmanager
def served(invented: Invented, directory: Path) -> Iterator[Place]:
    with ThreadPoolExecutor(1) as pool:
        app, tokens = pool.submit(invented.open, directory).result()
        with serving(app) as port:
            yield Place(Clinic(app, tokens, f"http://localhost:{port}"), pool)
        pool.submit(close, app).result()


@pytest.fixture(scope="module")
def place(invented: Invented, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with served(invented, tmp_path_factory.mktemp("hostile")) as place:
        yield place


@pytest.fixture(scope="module")
def typed(place: Place) -> Hostile:
    filled: Hostile = place.do(hostile.fill)
    place.do(hostile.call_staff, every_way_out())
    return filled


Watch = Callable[..., Watched]


@pytest.fixture(scope="module")
def watch(chromium: Browser, place: Place) -> Iterator[Watch]:
    """A watched browser of somebody: each role signs in once."""
    contexts = []
    known: dict[str, Watched] = {}

    def of(who: str = "", at: Place = place) -> Watched:
        key = f"{who} {at.clinic.address}"
        if not who or key not in known:
            context = chromium.new_context(viewport=DESK, locale="en-GB")  # type: ignore[arg-type]
            context.set_default_timeout(60_000)
            contexts.append(context)
            known[key] = Watched(context, at.clinic.address)
            if who:
                sign_in(known[key].page, at.clinic, who, "/staff/")
        return known[key]

    yield of
    for context in contexts:
        context.close()


@pytest.fixture
def desk(watch: Watch) -> Watched:
    return watch("desk")


@pytest.fixture
def provider(watch: Watch) -> Watched:
    return watch("provider")


@pytest.fixture
def lead(watch: Watch) -> Watched:
    return watch("lead")


def at_desk(visit: Visit, path: str = "") -> str:
    return f"/desk/appointments/{visit.id}{path}"


def at_provider(visit: Visit, path: str = "") -> str:
    return f"/provider/appointments/{visit.id}{path}"


def test_there_are_many_payloads_and_none_twice() -> None:
    assert len(PAYLOADS) == len(set(PAYLOADS)) >= 200


def test_every_name_stands_in_the_lists_as_it_was_typed(
    typed: Hostile, desk: Watched, provider: Watched
) -> None:
    for path in ("/desk/", "/desk/day-sheet"):
        desk.open(f"{path}?day={typed.names_on}", *PAYLOADS)
    provider.open(f"/provider/?day={typed.names_on}", *PAYLOADS)
    provider.open(f"/provider/?everyone=1&day={typed.names_on}", *PAYLOADS)


def test_the_desk_reads_every_text_of_a_visit_as_it_was_typed(typed: Hostile, desk: Watched) -> None:
    for visit in typed.visits:
        desk.open(at_desk(visit), *visit.texts)
        desk.press("Open the answers (this is recorded)", visit.texts[-1])


def test_the_provider_reads_every_text_of_a_visit_as_it_was_typed(typed: Hostile, provider: Watched) -> None:
    for visit in typed.visits:
        provider.open(at_provider(visit), *visit.texts)
        seen = provider.look()
        for text in visit.texts:
            # The call and what was said, who answered, the reason and what the patient said for each flag.
            assert seen["text"].count(text) >= 8, text


def test_every_page_about_one_patient_shows_the_text_as_it_was_typed(
    typed: Hostile, desk: Watched, provider: Watched
) -> None:
    visit = typed.visits[0]
    for path in ("", "/change", "/cancel", "/another", "/phone"):
        desk.open(at_desk(visit, path), everything().strip())
    provider.open(at_provider(visit) + "?again=1", everything())
    links = provider.page.locator('a[href*="/answers/"]').evaluate_all("all => all.map(e => e.pathname)")
    assert len(set(links)) > 10
    for path in set(links):
        provider.open(path, everything())


AT_DESK = [
    ("", "Save the note: the call is done"),
    ("/change", "Save the change"),
    ("/another", "Add the appointment"),
    ("/phone", "Begin the questions"),
]
AT_PROVIDER = [
    ("?again=1", "Save and sign"),
    ("", "Ask the desk to call"),
    ("/answers/2", "Note this beside the answer"),
]


@pytest.mark.parametrize(("path", "button"), AT_DESK)
def test_a_refused_form_of_the_desk_comes_back_as_it_was_typed(
    typed: Hostile, desk: Watched, path: str, button: str
) -> None:
    for text in (every_way_out(), " ".join(REFUSED)):
        desk.open(at_desk(typed.visits[1], path))
        desk.refused(button, text, stale=True)


@pytest.mark.parametrize(("path", "button"), AT_PROVIDER)
def test_a_refused_form_of_the_provider_comes_back_as_it_was_typed(
    typed: Hostile, provider: Watched, path: str, button: str
) -> None:
    for text in (every_way_out(), " ".join(REFUSED)):
        provider.open(at_provider(typed.visits[1], path))
        provider.refused(button, text, stale=True)


@pytest.mark.parametrize("text", [every_way_out(), " ".join(REFUSED)], ids=["ways out", "controls"])
def test_what_validators_refuse_comes_back_as_it_was_typed(
    desk: Watched, lead: Watched, watch: Watch, text: str
) -> None:
    desk.open("/desk/new")
    desk.refused("Add the appointment", text)
    lead.open("/lead/versions")
    lead.refused("Show what it changes", text)
    lead.open("/lead/simulator")
    lead.refused("Show what it means", text)
    nobody = watch()
    nobody.open("/staff/sign-in")
    nobody.refused("Sign in", text)


def test_what_stands_in_an_address_is_text_on_the_page(
    typed: Hostile, desk: Watched, provider: Watched, lead: Watched
) -> None:
    for text in TELLING:
        said = quote(text)
        desk.open(f"/desk/?q={said}&state={said}&days={said}", text)
        desk.open(f"/desk/?day={said}")
        desk.open(f"{at_desk(typed.visits[1])}?q={said}&day={said}&state={said}&days={said}")
        desk.open(f"/desk/new?day={said}&q={said}", text)
    for text in (every_way_out(), " ".join(REFUSED)):
        said = quote(text)
        desk.open(f"/desk/day-sheet?day={said}&q={said}")
        desk.open(f"/nowhere/{said}?{said}={said}")
        desk.open(f"/s/{said}")
        provider.open(f"/provider/?day={said}&everyone={said}")
        lead.open(f"/lead/overrides?from={said}&to={said}")
        lead.open(f"/lead/versions/{said}?weeks={said}")


def test_signing_in_with_a_hostile_way_on_stays_text(watch: Watch) -> None:
    nobody = watch()
    for text in (every_way_out(), "javascript:ran()", "//other.example/"):
        nobody.open(f"/staff/sign-in?next={quote(text)}&email={quote(text)}")
        nobody.refused("Sign in", text)


def test_reasons_to_go_past_the_gate_are_text(
    place: Place, typed: Hostile, provider: Watched, lead: Watched
) -> None:
    visit = place.do(hostile.new_visit, TELLING)
    place.do(hostile.answer_again, visit)
    for button in ("Start it, with this reason", "Mark it as held, with this reason"):
        provider.open(at_provider(visit))
        provider.refused(button, every_way_out(), stale=True)
    # Visits of their own: once their session has begun, some pages of a visit are closed.
    begun = [place.do(hostile.new_visit, each.texts) for each in typed.visits]
    place.do(hostile.begin_sessions, (*begun, visit))
    provider.open(at_provider(visit), *visit.texts)
    lead.open("/lead/overrides", *PAYLOADS)


def test_two_at_once_both_see_text(place: Place, desk: Watched, provider: Watched) -> None:
    visit = place.do(hostile.new_visit, TELLING)
    desk.open(at_desk(visit, "/change"))
    place.do(hostile.change_contact, visit, everything())
    desk.page.get_by_label("Phone number or e-mail address").fill(every_way_out()[:120])
    desk.press("Save the change", everything(), every_way_out()[:120])
    provider.open(at_provider(visit) + "?again=1")
    place.do(hostile.answer_differently, visit)
    for box in provider.page.locator("textarea[name^=reason-], textarea[name^=said-]").all():
        box.fill(every_way_out())
    provider.press("Save and sign", every_way_out(), *visit.texts)


def test_a_patient_reads_every_text_as_it_was_typed(place: Place, watch: Watch) -> None:
    patient = watch()
    link = place.do(hostile.link_with_draft, everything()[:99].strip())
    patient.page.goto(f"{place.clinic.address}/s/{link}")
    patient.press("Start")
    patient.refused("Continue", every_way_out())
    enter(patient.page, f"{place.clinic.address}/s/{link}", ("27", "3", "1980"))
    for path in ("/s/questions", "/s/more/1", "/s/more/2", "/s/more/3", "/s/more/4", "/s/check"):
        patient.open(path)
    patient.look(everything()[:99].strip())
    for path in ("/s/questions", "/s/more/1"):
        patient.open(path)
        patient.refused("Continue", every_way_out(), stale=True)


def test_a_page_that_came_too_late_is_given_back_as_it_was_typed(place: Place, watch: Watch) -> None:
    patient = watch()
    link = place.do(hostile.link_with_draft, TELLING[0])
    enter(patient.page, f"{place.clinic.address}/s/{link}", ("27", "3", "1980"))
    patient.open("/s/questions")
    patient.page.context.clear_cookies()
    patient.refused("Continue", every_way_out())
    patient.page.evaluate(
        """([name, value]) => {
      const field = document.querySelector("main form input:not([name=csrf_token])");
      [field.name, field.value] = [name, value];
    }""",
        [every_way_out(), everything()],
    )
    patient.press("Send this page again")


def test_what_is_read_in_an_emergency_is_text(typed: Hostile, desk: Watched, lead: Watched) -> None:
    visit, reason = typed.visits[0], f"Somebody fainted just now: {every_way_out()}"
    desk.open("/staff/emergency")
    desk.refused("Open for one hour", reason, stale=True)
    desk.press("Open for one hour (this is recorded)")
    desk.open(f"/staff/emergency/day?day={typed.names_on}", *PAYLOADS)
    desk.open(f"/staff/emergency/day?day={quote(every_way_out())}")
    desk.open(f"/staff/emergency/appointments/{visit.id}", everything())
    for path in ("/lead/", "/lead/emergencies"):
        lead.open(path, reason)


def test_what_staff_typed_when_their_session_ended_is_given_back_as_it_was_typed(
    place: Place, typed: Hostile, watch: Watch
) -> None:
    staff = watch("second")
    staff.open(at_provider(typed.visits[1]))
    staff.page.context.clear_cookies()
    staff.refused("Ask the desk to call", every_way_out())
    assert staff.page.get_by_role("button", name="Open the form again").count() == 1


def test_accounts_are_shown_as_they_were_typed(typed: Hostile, watch: Watch) -> None:
    """A name that was typed at an invitation, and an address that was refused."""
    admin, name = watch("admin"), every_way_out()[:119].strip()
    admin.open("/staff/accounts/", every_way_out())
    admin.open("/staff/accounts/new")
    admin.refused("Make the invitation", every_way_out())
    admin.page.get_by_label("Name, as patients and staff know it").fill(name)
    admin.page.get_by_label("E-mail address").fill("hostile@clinic.example")
    admin.page.get_by_label("Provider").check()
    admin.press("Make the invitation", name)
    admin.open("/staff/accounts/", name)


def test_a_wrong_code_on_the_tablet_comes_back_as_it_was_typed(watch: Watch) -> None:
    for text in (every_way_out(), " ".join(REFUSED)):
        tablet = watch()
        tablet.open("/s/tablet")
        tablet.refused("Begin", text)


@pytest.fixture
def hostile_words(invented: Invented, tmp_path: Path) -> Iterator[Place]:
    """A clinic whose protocol itself is hostile in every text, as it was brought and signed by a clinical lead."""
    with served(invented, tmp_path) as place:
        place.do(hostile.publish_hostile_protocol)
        yield place


def test_the_words_of_a_protocol_are_text_on_every_page(
    hostile_words: Place, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification_report, "verify", lambda protocol: verify(protocol, quick=True))
    place, words = hostile_words, every_way_out()
    desk, provider, lead = (watch(who, place) for who in ("desk", "provider", "lead"))
    visit = place.do(hostile.new_visit, (words,))
    for path in ("/desk/", "/desk/day-sheet"):
        desk.open(f"{path}?day={place.do(hostile.day_of, visit)}", words)
    desk.open(at_desk(visit), words)
    desk.press("Open the answers (this is recorded)", words)
    provider.open(at_provider(visit) + "?again=1", words)
    provider.open(at_provider(visit, "/answers/2"), words)
    provider.open("/lead/protocol", words)
    digest = place.do(hostile.shipped_digest)
    for path in ("", "/protocol", "/simulator", f"?weeks={quote(words)}"):
        lead.open(f"/lead/versions/{digest}{path}")
    lead.open("/lead/", everything())
    for path in ("/lead/protocol", "/lead/simulator"):
        lead.open(path, words)


def test_the_words_of_a_protocol_are_text_for_the_patient_and_on_the_phone(
    hostile_words: Place, watch: Watch
) -> None:
    place, words = hostile_words, every_way_out()
    nobody, patient = watch("", place), watch("", place)
    nobody.open("/article/", words)
    link = place.do(hostile.link_with_draft, words[:99])
    enter(patient.page, f"{place.clinic.address}/s/{link}", ("27", "3", "1980"))
    for path in ("/s/questions", "/s/more/1", "/s/more/2", "/s/more/3", "/s/more/4", "/s/check"):
        patient.open(path, words)
    patient.press("Send my answers", words)
    patient.press("Change my answers")


def test_a_hostile_file_is_compared_as_text_and_its_signature_too(
    place: Place, lead: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification_report, "verify", lambda protocol: verify(protocol, quick=True))
    words = every_way_out()
    lead.open("/lead/versions")
    candidate = hostile.hostile_protocol(words)
    file = {"name": f"{words[:80]}.yaml", "mimeType": "text/plain", "buffer": candidate.text.encode()}
    lead.page.get_by_label("Or the file itself").set_input_files(file)  # type: ignore[arg-type]
    lead.press("Show what it changes", words)
    assert lead.page.url.endswith(candidate.digest)
    lead.open(lead.page.url.removeprefix(place.clinic.address) + "/simulator", words)
    lead.page.go_back()
    lead.refused("Sign version 2", words, stale=True)


@pytest.mark.parametrize("policy", [True, False], ids=["with policy", "without"])
def test_the_watch_sees_what_escaping_prevents(
    invented: Invented, tmp_path: Path, watch: Watch, policy: bool
) -> None:
    """The control taken out: were text not escaped, the same look at the same page would say so."""
    with served(invented, tmp_path) as place:
        desk = watch("desk", place)
        visit = place.do(hostile.new_visit, (every_way_out(),))
        desk.open(at_desk(visit))
        app = place.clinic.app
        app.jinja_env.cache = app.jinja_env.bytecode_cache = None
        app.jinja_env.autoescape = False
        if not policy:
            app.after_request_funcs[None].insert(0, _without_policy)
        with pytest.raises(AssertionError) as seen:
            desk.open(at_desk(visit))
        said = str(seen.value)
        assert ("Content Security Policy" in said) if policy else ("console: ran" in said), said


def _without_policy(response: Response) -> Response:
    del response.headers["Content-Security-Policy"]
    return response
