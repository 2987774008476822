"""Each object is reached through its owner: another patient's, a void one and none at all look the same."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from screening.clock import now
from screening.extensions import db
from screening.intake.visit import mark_of_link
from screening.records.answers import flags_of, latest_submission
from screening.records.calls import ask_for_call
from screening.records.transaction import writing
from screening.storage.models import Call, Link, SignOff, Submission
from tests.provider.test_verifying import NOTE
from tests.support.access_world import World
from tests.support.factories import DESK, anew, answered, appointment
from tests.support.pages import form_fields, parsed

DESK_PAGES = (
    "",
    "/change",
    "/cancel",
    "/another",
    "/phone",
    "/phone/questions",
    "/phone/more/1",
    "/phone/check",
)
DESK_ACTS = (
    "/link",
    "/answers",
    "/call",
    "/called",
    "/asked-again",
    "/change",
    "/cancel",
    "/another",
    "/phone",
)
PROVIDER_PAGES = ("", "/answers/0")
PROVIDER_ACTS = ("/sign", "/call", "/session-start", "/session-held", "/answers/0")


@pytest.fixture(scope="module")
def ids(world: World) -> dict[str, Any]:
    """Two patients whose answers wait for a signature, each with an open call; and what belongs to the other."""
    with world.app.app_context():
        ours, theirs = appointment(name="Ours Patient"), appointment(name="Theirs Patient")
        found: dict[str, Any] = {"visit": ours.id, "other": theirs.id}
        for visit in (ours, theirs):
            answered(visit, {"also": ["o7"]})
            with writing():
                ask_for_call(anew(visit.id), "Ask again", now(), DESK)
        submission = latest_submission(theirs.id)
        assert submission is not None
        found |= {
            "submission": submission.id,
            "flag": flags_of(submission)[0][0].id,
            "call": db.session.scalars(select(Call.id).where(Call.appointment_id == theirs.id)).one(),
            "sign_off": db.session.scalars(select(SignOff.id)).first(),
        }
    return found


def fields(page: Any, button: str) -> dict[str, Any]:
    """What a browser would send from this page."""
    for form in parsed(page.text).iter("form"):
        if any(button in "".join(each.itertext()) for each in form.iter("button")):
            return {name: values[0] for name, values in form_fields(form).items()}
    raise AssertionError(f"no form has a button that reads {button!r}")


def bare(text: str, *typed: str) -> str:
    """The page without its tokens, which hold the second at which they were made, and without what was typed."""
    for words in typed:
        text = text.replace(words, "")
    return re.sub(r'name="csrf_token" value="[^"]*"', "", text)


def refused_alike(world: World, client: Any, address: str, sent: list[dict[str, Any]]) -> Any:
    """Sends each; all get one and the same answer, and not one row changes."""
    before = world.mark()
    answers = [client.post(address, data=each) for each in sent]
    assert world.mark() == before, "something was written"
    assert len({(each.status_code, bare(each.text)) for each in answers}) == 1, [
        each.status_code for each in answers
    ]
    return answers[0]


@pytest.mark.parametrize(
    ("who", "start", "pages", "acts"),
    [
        ("desk", "/desk", DESK_PAGES, DESK_ACTS),
        ("provider", "/provider", PROVIDER_PAGES, PROVIDER_ACTS),
    ],
)
def test_an_appointment_that_nobody_has_is_one_and_the_same_404(
    world: World, who: str, start: str, pages: tuple[str, ...], acts: tuple[str, ...]
) -> None:
    client, before, texts = world.people[who], world.mark(), set()
    token = world.token_of(client, f"{start}/")
    for wanted in (str(uuid4()), str(world.visits["absent"]), "1", "own", "..%2f", "' OR 1=1"):
        for path in pages:
            answer = client.get(f"{start}/appointments/{wanted}{path}")
            assert answer.status_code == 404, (wanted, path)
            texts.add(answer.text)
        for path in acts:
            answer = client.post(
                f"{start}/appointments/{wanted}{path}", data={"csrf_token": token, "submission": str(uuid4())}
            )
            assert answer.status_code == 404, (wanted, path)
            texts.add(answer.text)
    assert len(texts) == 1
    assert world.mark() == before


def test_a_call_of_another_patient_is_not_noted(world: World, ids: dict[str, Any]) -> None:
    client = world.people["desk"]
    page = client.get(f"/desk/appointments/{ids['visit']}")
    typed = fields(page, "Save the note") | {"what_was_said": "She will come"}
    wrong = [str(ids["call"]), str(uuid4()), str(ids["submission"]), "", "x"]
    address = f"/desk/appointments/{ids['visit']}/called"
    answer = refused_alike(world, client, address, [typed | {"call": each} for each in wrong])
    assert answer.status_code == 404
    assert "Patient" not in answer.text


def test_the_question_on_arrival_is_not_noted_on_answers_of_another_patient(
    world: World, ids: dict[str, Any]
) -> None:
    client = world.people["desk"]
    token = world.token_of(client, "/desk/")
    wrong = [str(ids["submission"]), str(uuid4()), str(ids["call"]), "", "x"]
    address = f"/desk/appointments/{ids['visit']}/asked-again"
    answer = refused_alike(
        world, client, address, [{"csrf_token": token, "submission": each} for each in wrong]
    )
    assert answer.status_code == 404
    assert "Patient" not in answer.text


def signing(world: World, ids: dict[str, Any]) -> dict[str, Any]:
    """What signs, if nothing of it is changed."""
    page = world.people["provider"].get(f"/provider/appointments/{ids['visit']}")
    typed = fields(page, "Save and sign")
    with world.app.app_context():
        submission = latest_submission(ids["visit"])
        assert submission is not None
        for row, _ in flags_of(submission):
            typed |= {f"decision-{row.id.hex}": "adapt", f"reason-{row.id.hex}": "As agreed"}
    return typed


def signatures(world: World) -> int:
    with world.app.app_context():
        return len(db.session.scalars(select(SignOff.id)).all())


def test_nobody_signs_on_answers_of_another_patient(world: World, ids: dict[str, Any]) -> None:
    typed = signing(world, ids)
    wrong = [str(ids["submission"]), str(uuid4()), str(ids["flag"]), "", "x"]
    answer = refused_alike(
        world,
        world.people["provider"],
        f"/provider/appointments/{ids['visit']}/sign",
        [typed | {"submission": each} for each in wrong],
    )
    assert answer.status_code == 404
    assert "Patient" not in answer.text


@pytest.mark.parametrize("name", ["decision-{}", "digest", "seen"])
def test_what_a_signature_stands_on_is_never_taken_from_elsewhere(
    world: World, ids: dict[str, Any], name: str
) -> None:
    """The page is shown as it is, the same for another patient's as for what nobody has; nothing is signed."""
    client, typed, before = world.people["provider"], signing(world, ids), signatures(world)
    if name == "seen":
        ours, typed = typed, typed | {"digest": "0" * 64}
        wrong = [typed | {"seen": str(each)} for each in (ids["sign_off"], uuid4())]
        assert ours["seen"] == ""
    elif name == "digest":
        with world.app.app_context():
            foreign = db.session.scalars(select(SignOff.digest)).first()
        wrong = [typed | {"digest": each} for each in (str(foreign), "0" * 64)]
    else:
        wrong = [typed | {name.format(each.hex): "cleared"} for each in (ids["flag"], uuid4())]
    answers = [client.post(f"/provider/appointments/{ids['visit']}/sign", data=each) for each in wrong]
    assert [each.status_code for each in answers] == [409, 409]
    shown = {
        bare(each.text, *(str(sent[field]) for field in ("seen", "digest") if sent[field]))
        for sent, each in zip(wrong, answers, strict=True)
    }
    assert len(shown) == 1
    assert "Theirs Patient" not in answers[0].text
    assert signatures(world) == before


def test_nothing_is_verified_on_answers_of_another_patient(world: World, ids: dict[str, Any]) -> None:
    client, address = world.people["provider"], f"/provider/appointments/{ids['visit']}/answers/0"
    page = client.get(address)
    typed = fields(page, NOTE) | {"answer": "no", "source": "said"}
    wrong = [str(ids["submission"]), str(uuid4()), "", "x"]
    answer = refused_alike(world, client, address, [typed | {"submission": each} for each in wrong])
    assert answer.status_code == 404
    assert "Patient" not in answer.text
    before = world.mark()
    assert client.get(address.removesuffix("0") + "999").status_code == 404
    assert world.mark() == before


def test_a_caller_of_one_patient_opens_nothing_of_another(world: World, ids: dict[str, Any]) -> None:
    client = world.people["desk"]
    phone = f"/desk/appointments/{ids['visit']}/phone"
    begun = client.send(
        client.get(phone), {"said_name": "y", "born": "1980-03-27", "who": "patient"}, button="Begin"
    )
    assert begun.status_code == 303
    before = world.mark()
    for path in ("/questions", "/more/1", "/check"):
        elsewhere = f"/desk/appointments/{ids['other']}/phone"
        for answer in (client.get(elsewhere + path), client.post(elsewhere + path, data={"csrf_token": ""})):
            assert answer.status_code == 303, path
            assert answer.location.split("?")[0] == elsewhere
    assert world.mark() == before
    assert client.get(f"{phone}/check").status_code in (200, 303)


def test_a_patient_s_page_stores_nothing_for_another(world: World) -> None:
    client = world.people["patient"]
    with world.app.app_context():
        other: UUID = db.session.scalars(
            select(Link.id).where(Link.appointment_id == world.visits["another"])
        ).one()
    for path in ("/s/check", "/s/keep", "/s/change", "/s/questions"):
        wrong = [mark_of_link(other), mark_of_link(uuid4()), str(world.visits["another"]), "", "x"]
        answer = refused_alike(world, client, path, [{"visit": each, "csrf_token": ""} for each in wrong])
        assert answer.status_code == 409, path
    # Looking at another link does not change whose form is open.
    assert client.get(f"/s/{world.links['another']}").status_code == 200
    assert client.get("/s/sent").status_code == 200
    with world.app.app_context():
        latest = latest_submission(world.visits["own"])
        assert isinstance(latest, Submission)
        assert latest.reference in client.get("/s/sent").text


def test_a_link_that_nobody_has_is_one_and_the_same_404(world: World) -> None:
    before = world.mark()
    wrong = ["no-such-link", "x" * 43, str(world.visits["own"]), str(uuid4())]
    texts = {world.people["nobody"].get(f"/s/{each}").text for each in wrong}
    texts |= {world.people["nobody"].post(f"/s/{each}", data={"csrf_token": ""}).text for each in wrong}
    assert len(texts) == 1
    assert world.mark() == before


KNOWN_IDS = {
    "call": "must be of the appointment, else 404",
    "submission": "must be of the appointment, else 404",
    "seen": "compared with what stands there now, never looked up",
    "digest": "compared with what stands there now, never looked up",
    "mark": "compared with what stands there now, never looked up",
    "question": "a question of the protocol",
    "in_use": "compared with the version in use, never looked up",
    "devices": "numbers in the simulator, which stores nothing",
}


def test_every_id_that_a_page_of_staff_carries_is_known_here(world: World, ids: dict[str, Any]) -> None:
    """A new hidden field fails until somebody says what becomes of another patient's value in it."""
    visit = ids["visit"]
    pages = {
        "desk": [
            f"/desk/appointments/{visit}{path}" for path in ("", "/change", "/cancel", "/another", "/phone")
        ],
        "provider": [f"/provider/appointments/{visit}", f"/provider/appointments/{visit}/answers/0"],
        "lead": ["/lead/simulator", "/lead/versions", f"/lead/versions/{world.digest}"],
    }
    carried = set()
    for who, addresses in pages.items():
        for address in addresses:
            page = world.people[who].get(address)
            assert page.status_code == 200, address
            carried |= {
                control.get("name")
                for control in parsed(page.text).iter("input")
                if control.get("type") == "hidden" and not (control.get("name") or "").startswith("device-")
            }
    assert carried - {"csrf_token"} <= set(KNOWN_IDS)
