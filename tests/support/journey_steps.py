"""Every act that must leave an event, as steps of one long journey through the front door.

A step first prepares its page, and then does one thing on it: so each can be tried while the record of events is
blocked, and done afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from click.testing import CliRunner
from flask import Flask

from screening.commands.main import main
from tests.conftest import PASSWORD
from tests.support.acupuncture import WARFARIN
from tests.support.answering import begin, fill_in, follow
from tests.support.changed_protocol import OTHER_WORDS
from tests.support.deciding import decisions
from tests.support.factories import NOTHING, appointment, link, provider
from tests.support.pages import parsed, words

Press = Callable[[], Any]
# What a step does, and the events that it leaves, in order.
Step = tuple[str, Press, tuple[str, ...]]

_BORN = {"born-day": "27", "born-month": "3", "born-year": "1980"}
_CALLER = {"said_name": "y", "born": "1980-03-27", "who": "patient"}
_ANSWERS = NOTHING | WARFARIN


def journey(app: Flask, signed_in: Callable[[str], Any]) -> Iterator[Step]:
    """From the first sign-in on. Each step is prepared when it is asked for, so it must be done before the next."""
    second: Any = app.test_client()
    yield _sent("signing in", second, "/staff/sign-in", _RIGHT_PASSWORD, leaves=("signed in",))
    stranger: Any = app.test_client()
    yield _sent("failing to", stranger, "/staff/sign-in", _WRONG_PASSWORD, leaves=("sign-in refused",))
    desk = signed_in("desk")
    yield "being refused", lambda: desk.get("/provider/"), ("access refused",)
    yield from _booking(app, desk)
    yield from _tablet(app, desk)
    yield from _visit(app, signed_in, desk)
    yield from _protocol(signed_in("lead"))
    admin = signed_in("admin")
    yield "reading the audit", lambda: admin.get("/staff/audit"), ("audit read",)
    yield "adding an account", lambda: _run(app, *_NEW_USER), ("user added", "invitation made")
    yield "removing what is over", lambda: _run(app, "retention", "run"), ("retention run",)


_RIGHT_PASSWORD = {"email": "second@clinic.example", "password": PASSWORD}
_WRONG_PASSWORD = {"email": "desk@clinic.example", "password": "something else here"}
_NEW_USER = ["user", "add", "new@clinic.example", "--name", "New", "--role", "provider"]


def _run(app: Flask, *command: str) -> Any:
    with app.app_context():
        answer = CliRunner().invoke(main, list(command), catch_exceptions=False)
        assert answer.exit_code == 0, answer.output
        return answer


def _sent(
    what: str, client: Any, address: str, fields: dict[str, Any], button: str = "", *, leaves: tuple[str, ...]
) -> Step:
    page = client.get(address)
    return what, lambda: client.send(page, fields, button=button), leaves


def _booking(app: Flask, desk: Any) -> Iterator[Step]:
    with app.app_context():
        doctor, visit = str(provider().id), appointment(name="Sam Booked").id
    when = {"contact": "x@mail.example", "day": "2026-11-24", "time": "09:00", "provider": doctor}
    new = {"name": "New Person", "born": "1990-01-01", **when}
    here = f"/desk/appointments/{visit}"
    yield _sent("adding", desk, "/desk/new", new, leaves=("appointment added",))
    yield _sent("adding another", desk, f"{here}/another", when, leaves=("appointment added",))
    planned = {"planned": ["EA"]}
    yield _sent("planning", desk, f"{here}/change", planned, leaves=("plan changed", "appointment changed"))
    yield _sent("moving", desk, f"{here}/change", {"time": "15:00"}, leaves=("appointment changed",))
    yield _sent("linking", desk, here, {}, "link", leaves=("link issued",))
    about, said = {"about": "the card"}, {"what_was_said": "Nobody answered"}
    yield _sent(
        "asking for a call", desk, here, about, "Put the call on the list", leaves=("call asked for",)
    )
    yield _sent("noting a call", desk, here, said, "Save", leaves=("call noted",))
    yield _sent("cancelling", desk, f"{here}/cancel", {}, leaves=("appointment cancelled",))


def _tablet(app: Flask, desk: Any) -> Iterator[Step]:
    with app.app_context():
        here = f"/desk/appointments/{appointment(name='Alex Tablet').id}"
    page, issued = desk.get(here), list[Any]()
    press = lambda: issued.append(desk.send(page, button="Make a code for the tablet"))  # noqa: E731
    yield "making a code", press, ("tablet code issued",)
    tablet: Any = app.test_client()
    found = re.search(r'class="reference">(\w{4}) (\w{4})<', issued[-1].text)
    assert found
    code = {"code": found[1] + found[2]}
    yield _sent("starting the tablet", tablet, "/s/tablet", code, leaves=("tablet opened",))
    asked = tablet.get("/s/birth-date")
    back = lambda: tablet.send(asked, button="Give the tablet back")  # noqa: E731
    yield "giving the tablet back", back, ("tablet closed",)


def _visit(app: Flask, signed_in: Callable[[str], Any], desk: Any) -> Iterator[Step]:
    with app.app_context():
        made = appointment(name="Robin Visit")
        visit, token = made.id, link(made)
    here, there = f"/desk/appointments/{visit}", f"/provider/appointments/{visit}"
    patient: Any = app.test_client()
    asked = follow(patient, patient.send(patient.get(f"/s/{token}")))
    wrong = _BORN | {"born-year": "1981"}
    yield "a wrong birth date", lambda: patient.send(asked, wrong), ("birth date refused",)
    check = fill_in(patient, begin(patient, token), _ANSWERS)
    yield "sending", lambda: patient.send(check, button="Send my answers"), ("answers received",)
    yield _sent("opening answers", desk, here, {}, "Open the answers", leaves=("answers opened",))
    doctor = signed_in("provider")
    yield "reading answers", lambda: doctor.get(there), ("answers opened",)
    yield _noting(doctor, there)
    yield _signing(app, doctor, visit, there)
    yield from _correcting(patient, desk, here)
    page = doctor.get(there)
    reason = {"reason": "Severe pain"}
    yield (
        "starting without a screening",
        lambda: doctor.send(page, reason, button="Start it, with this reason"),
        ("session started against the gate",),
    )
    yield _sent("ending", doctor, there, {}, "Mark the session as held", leaves=("session held",))


def _noting(doctor: Any, there: str) -> Step:
    page = doctor.get(f"{there}/answers/0")
    found = {"answer": "no", "source": "said"}
    return "noting an answer", lambda: doctor.send(page, found), ("answers opened", "answer verified")


def _signing(app: Flask, doctor: Any, visit: Any, there: str) -> Step:
    page = doctor.get(there)
    decided = decisions(app, visit, "adapt")
    press = lambda: doctor.send(page, decided, button="Save and sign")  # noqa: E731
    return "signing", press, ("answers opened", "signed off")


def _correcting(patient: Any, desk: Any, here: str) -> Iterator[Step]:
    follow(patient, patient.send(patient.get("/s/sent"), button="Change my answers"))
    first = patient.send(patient.get("/s/questions"), {"preg.status": "might-be"}, button="Continue")
    check = follow(patient, first)
    leaves = ("sign-off voided", "answers corrected")
    yield "correcting", lambda: patient.send(check, button="Send my changed answers"), leaves
    start = f"{here}/phone"
    wrong = _CALLER | {"born": "1981-03-27"}
    yield _sent("a wrong caller", desk, start, wrong, "Begin", leaves=("birth date refused",))
    began = ("answers by phone begun", "answers opened")
    yield _sent("a call", desk, start, _CALLER, "Begin", leaves=began)
    kept = desk.get(f"{here}/phone/check")
    yield "giving a correction up", lambda: desk.send(kept, button="Keep"), ("correction ended",)


def _protocol(lead: Any) -> Iterator[Step]:
    page = lead.get("/lead/versions")
    brought: list[Any] = []
    sent = {"text": OTHER_WORDS, "file": None}
    yield "loading a protocol", lambda: brought.append(lead.send(page, sent)), ("protocol loaded",)
    version = lead.get(brought[-1].location)
    number = words(parsed(version.text).find(".//h1")).removeprefix("Version ")  # type: ignore[arg-type]
    filled = {"number": number, "why": "Read with the team", "has_read": "yes"}
    yield (
        "signing a protocol",
        lambda: lead.send(version, filled, button="Sign version"),
        ("protocol signed",),
    )
