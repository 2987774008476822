"""L10: until somebody opens them, which is recorded, no page or print of the desk holds a word of the answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest

from screening.clock import now
from screening.domain.decisions import Decision
from screening.domain.protocol.loading import acupuncture
from screening.extensions import db
from screening.records.answers import flags_of
from screening.records.calls import ask_for_call, close_call
from screening.records.sessions import start_session
from screening.records.transaction import writing
from screening.records.verified_answers import verify_answer
from screening.staff.answers_shown import answers_of, protocol_of
from screening.staff.flags_shown import shown_flag
from screening.storage.models import Appointment
from tests.intake.test_pages import SAMPLES
from tests.support.access_world import World
from tests.support.events import recorded_acts
from tests.support.factories import DESK, anew, another, answered, appointment, provider_actor, signed

WISH, SAID, WHY = "Zanzibar wish", "asked and looked at", "Quokka reason to go on"
ABOUT, NOTED = "Ask for the leaflet of March", "She will bring the leaflet"
# Words of answers that every page uses, or that tell nothing by themselves.
PLAIN = {
    "no",
    "yes",
    "not sure",
    "not answered",
    "nothing written",
    "none of these",
    "other",
    "something else",
}


@dataclass
class Told:
    """What was answered, and what the rules and a provider made of it."""

    visits: list[UUID] = field(default_factory=list)
    words: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def told(world: World) -> Told:
    """A patient for every rule, each with a free text; some of them signed, called and in session."""
    found = Told(words={WISH.lower(), SAID.lower(), WHY.lower()})
    with world.app.app_context():
        for sample in SAMPLES.values():
            visit = appointment(name="Somebody Else")
            _tell(found, visit, sample)
        _go_on(found, world.app)
    found.words -= PLAIN
    assert len(found.words) > 150
    return found


def _tell(found: Told, visit: Appointment, sample: Any) -> None:
    submission = answered(visit, {**sample, "ask.provider": WISH})
    protocol = protocol_of(submission)
    found.visits.append(visit.id)
    found.words |= {words.lower() for each in answers_of(submission) for words in each.answers}
    for _, flag in flags_of(submission):
        heading = shown_flag(protocol, flag, submission.answers).heading.partition(" · ")[2]
        found.words |= {heading.lower(), flag.reason.lower(), *flag.advice.lower().split("\n")} - {""}


def _go_on(found: Told, app: Any) -> None:
    """A signature, an answer that was verified, a call, and a session past the gate."""
    visits = [db.session.get_one(Appointment, each) for each in found.visits[:3]]
    signed(visits[0], Decision.ADAPT)
    latest = answered(visits[0], {**SAMPLES["I1"], "ask.provider": WISH})
    with writing():
        verify_answer(
            anew(visits[0]), latest.id, "preg.status", None, "might-be", "said", now(), provider_actor()
        )
        call = ask_for_call(anew(visits[1]), ABOUT, now(), provider_actor())
        close_call(anew(visits[1]), call, NOTED, now(), DESK)
        start_session(anew(visits[2]), now(), provider_actor(), WHY)
    found.visits.append(another(visits[0]).id)


def pages(client: Any, told: Told) -> Iterator[Any]:
    """Everything that the desk can look at or print, and what it is told where something is refused."""
    for path in ("", "?days=7", "day-sheet", "new", "?q=Zanzibar", "?state=needs-review"):
        yield client.get(f"/desk/{path}")
    yield from (client.get(f"/desk/appointments/{visit}") for visit in told.visits)
    # The rest shows who the patient is, and is the same for every rule.
    for visit in told.visits[:4]:
        for path in ("/change", "/cancel", "/another", "/phone", "/phone/questions", "/phone/sent"):
            yield client.get(f"/desk/appointments/{visit}{path}")
        for path in (
            "/asked-again",
            "/call",
            "/called",
            "/link",
            "/phone",
            "/phone/questions",
            "/phone/keep",
        ):
            yield client.post(f"/desk/appointments/{visit}{path}", data={"csrf_token": ""})
    yield client.get(f"/desk/appointments/{uuid4()}")
    yield client.get(f"/provider/appointments/{told.visits[0]}")


def opened(world: World) -> int:
    with world.app.app_context():
        return recorded_acts().count("answers opened")


@pytest.mark.parametrize("who", ["desk", "admin"])
def test_L10_no_page_of_the_desk_holds_an_answer_before_it_is_opened(
    world: World, told: Told, who: str
) -> None:
    before, seen = opened(world), 0
    for page in pages(world.people[who], told):
        text, seen = page.text.lower(), seen + 1
        found = [words for words in told.words if words in text]
        assert not found, (page.request.path, found)
    assert seen > 120
    assert opened(world) == before


def test_opening_the_answers_is_one_step_that_is_recorded(world: World, told: Told) -> None:
    client, before = world.people["desk"], opened(world)
    page = client.get(f"/desk/appointments/{told.visits[5]}")
    assert WISH not in page.text
    assert WISH in client.send(page, button="Open the answers").text
    assert opened(world) == before + 1
    assert WISH not in client.get(f"/desk/appointments/{told.visits[5]}").text


@pytest.mark.parametrize(("who", "are_shown"), [("desk", True), ("admin", False)])
def test_notes_of_calls_are_for_those_who_call(world: World, told: Told, who: str, are_shown: bool) -> None:
    page = world.people[who].get(f"/desk/appointments/{told.visits[1]}").text
    assert "Call noted" in page
    assert (ABOUT in page) is (NOTED in page) is are_shown
    assert ("With a note that your role does not read" in page) is not are_shown


@pytest.mark.parametrize("who", ["desk", "admin"])
def test_why_a_session_went_past_the_gate_is_for_those_who_treat(world: World, told: Told, who: str) -> None:
    page = world.people[who].get(f"/desk/appointments/{told.visits[2]}").text
    assert "Session started without a valid screening" in page
    assert WHY not in page
    assert WHY in world.people["provider"].get(f"/provider/appointments/{told.visits[2]}").text


def test_no_task_names_what_the_patient_has() -> None:
    """A task says what to do. It names a thing only where the desk has to say it to do it."""
    has = ("pacemaker", "pump", "stroke", "heart", "cancer", "warfarin", "stimulator", "haemophilia")
    protocol = acupuncture()
    tasks = {rule.id: rule.task for rule in protocol.rules.values()}
    tasks |= {
        f"{name} {option.code}": option.task
        for name, question in protocol.questions.items()
        for option in question.options
    }
    assert not {name: task for name, task in tasks.items() if any(word in task for word in has)}
