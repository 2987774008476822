"""What people type stays where it belongs: in no file in the open, no log, address, title, cookie or error page."""

from __future__ import annotations

import base64
import logging
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError

from screening.domain.protocol.loading import acupuncture
from screening.extensions import db
from screening.lead import verification_report
from screening.questionnaire import check_views, question_views
from tests.conftest import Clock
from tests.support.answering import fill_in, follow
from tests.support.canaries import (
    BORN,
    BORN_SPELLINGS,
    Canaries,
    Listening,
    Overheard,
    found_in,
    listen,
    places_to_search,
    spellings,
)
from tests.support.changed_protocol import OTHER_WORDS
from tests.support.commands import ADDRESS, CLINIC, ROOT, run_here
from tests.support.deciding import decisions
from tests.support.factories import provider

DAY = "2026-11-23"


@dataclass
class Left:
    """What a clinic left behind after all of this was done to it."""

    hidden: dict[str, str]
    """Each secret word, by the field that it was typed into."""
    overheard: Overheard
    places: dict[str, bytes]
    logged: str
    sought: str
    """What the desk looked for by name: filters stand in the address."""


_LEFT: dict[str, Left] = {}
"""Lived through once for each database, and looked at by several tests."""


@pytest.fixture
def left(
    app: Flask,
    database_url: str,
    clock: Clock,
    signed_in: Callable[[str], Any],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Left:
    """Every journey and every fault, each field with a word of its own."""
    which = database_url.partition(":")[0]
    if which in _LEFT:
        return _LEFT[which]
    monkeypatch.setattr(app, "test_client_class", Listening)
    monkeypatch.setattr(
        verification_report, "_checked", lambda _protocol: verification_report.CheckResult((), "")
    )
    with caplog.at_level(logging.DEBUG):
        life = Life(app, clock, signed_in)
        life.until_a_draft()
        early = places_to_search(app)
        life.until_the_end()
        life.with_faults(monkeypatch)
    written = capfd.readouterr()
    logged = "\n".join([caplog.text, written.out, written.err, *(_whole(each) for each in caplog.records)])
    places = {f"{place}, while drafts were open": content for place, content in early.items()}
    places |= places_to_search(app)
    _LEFT[which] = Left(life.hidden, life.overheard, places, logged, life.typed["sought"])
    return _LEFT[which]


def _whole(record: logging.LogRecord) -> str:
    """Also what a handler that formats differently could write."""
    return f"{record.__dict__}"


class Life:
    """The people of a clinic, and what they type."""

    def __init__(self, app: Flask, clock: Clock, signed_in: Callable[[str], Any]) -> None:
        self.app, self.clock = app, clock
        self.typed = Canaries()
        self.overheard = listen(app)
        self.desk, self.provider, self.lead, self.admin = (
            signed_in(who) for who in ("desk", "provider", "lead", "admin")
        )
        self.patient: Any = app.test_client()
        self.later: Any = app.test_client()
        self.tokens: list[str] = []

    @property
    def hidden(self) -> dict[str, str]:
        born = {f"date of birth as {look}": look for look in BORN_SPELLINGS}
        return {**self.typed, **born, **{f"link {n}": token for n, token in enumerate(self.tokens, 1)}}

    def until_a_draft(self) -> None:
        self.visit = self._book()
        self._refused_at_the_desk()
        self._begin(self.patient, self.visit)
        page = self.patient.get("/s/questions")
        self._wrong_at_the_patient(page)
        self.check = fill_in(self.patient, page, self._answers("first"))
        assert self.check.request.path == "/s/check"

    def until_the_end(self) -> None:
        sent = follow(self.patient, self.patient.send(self.check, button="Send my answers"))
        self._correct(sent)
        self._read_and_act_at_the_desk()
        self._decide()
        self._return_by_phone()
        self._past_the_gate()
        self._in_an_emergency()
        self._sign_a_version()

    def _in_an_emergency(self) -> None:
        page = self.admin.get("/staff/emergency")
        assert self.admin.send(page, {"reason": self.typed["too short a reason"]}).status_code == 422
        reason = f"Somebody fainted just now: {self.typed['emergency']}"
        assert self.admin.send(page, {"reason": reason}).status_code == 303
        for path in ("day", f"appointments/{self.visit}"):
            assert self.admin.get(f"/staff/emergency/{path}").status_code == 200
        self.lead.get("/lead/emergencies")

    # The desk

    def _visit_fields(self, **changes: Any) -> dict[str, Any]:
        with self.app.app_context():
            who = str(provider().id)
        fields = {"contact": self.typed["contact"], "day": DAY, "time": "15:30", "provider": who}
        return fields | {"planned": ["MA", "EA"]} | changes

    def _book(self) -> str:
        born = "-".join((BORN["year"], BORN["month"].zfill(2), BORN["day"]))
        person = {"name": f"Robin {self.typed['name']}", "born": born}
        page = self.desk.get("/desk/new")
        again = self.desk.send(page, self._visit_fields(**person, time="late"))
        assert again.status_code == 422
        added = self.desk.send(page, self._visit_fields(**person))
        return str(re.findall(r"/desk/appointments/([\w-]+)", added.location)[0])

    def _at_desk(self, path: str = "", visit: str = "") -> str:
        return f"/desk/appointments/{visit or self.visit}{path}"

    def _refused_at_the_desk(self) -> None:
        page = self.desk.get(self._at_desk())
        about = {"about": self.typed["call refused"] * 60}
        assert self.desk.send(page, about, button="Put the call on the list").status_code == 422
        stale = {"about": self.typed["call too late"], "csrf_token": "from long ago"}
        assert self.desk.send(page, stale, button="Put the call on the list").status_code == 422
        assert (
            self.desk.send(page, {"about": self.typed["call asked"]}, button="Put the call").status_code
            == 303
        )
        assert (
            self.desk.send(page, {"about": self.typed["call not seen"]}, button="Put the call").status_code
            == 409
        )

    def _begin(self, patient: Any, visit: str) -> Any:
        page = self.desk.send(self.desk.get(self._at_desk(visit=visit)), button="Make a")
        token = re.findall(r"http://localhost/s/([\w-]+)", page.text)[0]
        self.tokens.append(token)
        page = follow(patient, patient.send(patient.get(f"/s/{token}")))
        wrong = {"born-day": "1", "born-month": self.typed["wrong date"], "born-year": "1931"}
        assert patient.send(page, wrong).status_code == 422
        return follow(patient, patient.send(page, {f"born-{part}": value for part, value in BORN.items()}))

    def _read_and_act_at_the_desk(self) -> None:
        page = self.desk.get(self._at_desk())
        assert self.typed["question corrected"] in self.desk.send(page, button="Open the answers").text
        assert self.desk.send(page, {"what_was_said": ""}, button="Save the note").status_code == 422
        assert (
            self.desk.send(page, {"what_was_said": self.typed["said"]}, button="Save the note").status_code
            == 303
        )
        again = self.desk.send(page, {"what_was_said": self.typed["said too late"]}, button="Save the note")
        assert again.status_code == 409
        page = self.desk.get(self._at_desk("/change"))
        changed = self._visit_fields(contact=self.typed["contact changed"])
        assert self.desk.send(page, changed).status_code == 303
        other = self.desk.send(page, changed | {"contact": self.typed["contact overtaken"]})
        assert other.status_code == 409
        for path in ("/desk/", "/desk/day-sheet", f"/desk/?q={self.typed['sought']}"):
            self.desk.get(path)

    # The patient

    def _answers(self, which: str) -> dict[str, Any]:
        device = {"kind": "pacemaker", "loc": "chest-left", "date": "over-1-year", "state": "working"}
        other = device | {"kind": "other", "text": self.typed[f"device {which}"]}
        more = {"issue": "no", "card": "yes"}
        return {
            "preg.status": "no",
            "bleed.condition": "other",
            "bleed.condition.text": self.typed[f"bleeding {which}"],
            "bleed.medicine": ["warfarin", "other"],
            "bleed.medicine.text": self.typed[f"medicine {which}"],
            "bleed.inr": "in-range",
            "bleed.inr.date": "2026-11-13",
            "bleed.inr.value": "2.371",
            "bleed.why": "irregular-heartbeat",
            "imp.any": "yes",
            "imp.devices": [device | more | {"depend": "not-sure"}, other | more],
            "also": ["o8"],
            "ask.provider": self.typed[f"question {which}"],
        }

    def _wrong_at_the_patient(self, page: Any) -> None:
        assert self.patient.send(page, {"ask.provider": self.typed["blank page"]}).status_code == 422
        assert self.patient.send(page, {"ask.provider": self.typed["too long"] * 80}).status_code == 422
        stale = {"ask.provider": self.typed["stale page"], "csrf_token": "from long ago"}
        assert self.patient.send(page, stale).status_code == 422

    def _correct(self, sent: Any) -> None:
        page = follow(self.patient, self.patient.send(sent, button="Change my answers"))
        page = self.patient.get("/s/questions")
        check = fill_in(self.patient, page, self._answers("corrected"))
        check = self.patient.get("/s/check")
        follow(self.patient, self.patient.send(check, button="Send my changed answers"))

    # The provider and the clinical lead

    def _at_provider(self, path: str = "", visit: str = "") -> str:
        return f"/provider/appointments/{visit or self.visit}{path}"

    def _decide(self) -> None:
        client, page = self.provider, self.provider.get(self._at_provider())
        assert (
            client.send(page, {"about": self.typed["provider asks"]}, button="Ask the desk").status_code
            == 303
        )
        for place in range(30):
            found = client.get(self._at_provider(f"/answers/{place}"))
            if "bleed.medicine.text" in found.text:
                break
        said = {"answer": self.typed["verified"], "source": "packet"}
        assert client.send(found, said | {"source": ""}).status_code == 422
        assert client.send(found, said).status_code == 303
        page = client.get(self._at_provider())
        words = {"reason": self.typed["reason"], "said": self.typed["patient said"]}
        decided = decisions(self.app, UUID(self.visit), "adapt")
        typed = {name: words.get(name.partition("-")[0], value) for name, value in decided.items()}
        assert client.send(page, typed | {"digest": "another"}, button="Save and sign").status_code == 409
        assert client.send(page, typed, button="Save and sign").status_code == 303

    def _return_by_phone(self) -> None:
        """The patient comes again: the recap at home, then the rest by phone, answered by somebody else."""
        page = self.desk.get(self._at_desk("/another"))
        added = self.desk.send(page, self._visit_fields(time="16:30", contact=self.typed["contact later"]))
        self.again = str(re.findall(r"/desk/appointments/([\w-]+)", added.location)[0])
        first = self._begin(self.later, self.again)
        assert "Warfarin" in first.text
        self.later.send(first, {"ask.provider": self.typed["begun at home"]})
        page = self.desk.get(self._at_desk("/phone", self.again))
        born = "-".join((BORN["year"], BORN["month"].zfill(2), BORN["day"]))
        caller = {"said_name": "y", "born": born, "who": "other"}
        who = {"name": self.typed["who answers"], "relation": self.typed["relation"]}
        wrong = self.desk.send(page, caller | who | {"born": "1999-01-01"})
        assert wrong.status_code == 422
        page = follow(self.desk, self.desk.send(page, caller | who))
        page = self.desk.get(self._at_desk("/phone/questions", self.again))
        changed = {
            f"unchanged:{core}": "changed" for core in ("bleed.condition", "bleed.medicine", "imp.any")
        }
        check = fill_in(self.desk, page, self._answers("by phone") | changed)
        follow(self.desk, self.desk.send(check, button="Send the answers"))

    def _past_the_gate(self) -> None:
        page = self.provider.get(self._at_provider(visit=self.again))
        assert self.provider.send(page, {"reason": ""}, button="Start it").status_code == 409
        assert (
            self.provider.send(page, {"reason": self.typed["override"]}, button="Start it").status_code == 303
        )
        late = self.provider.send(page, {"reason": self.typed["override late"]}, button="Start it")
        assert late.status_code == 409

    def _sign_a_version(self) -> None:
        page = self.lead.send(self.lead.get("/lead/versions"), {"text": self.typed["no file"], "file": None})
        assert page.status_code == 422
        page = self.lead.send(self.lead.get("/lead/versions"), {"text": OTHER_WORDS, "file": None})
        page = self.lead.get(page.location)
        wrong = {"number": self.typed["number"], "why": self.typed["why refused"]}
        assert self.lead.send(page, wrong).status_code == 422
        right = {"number": "2", "why": self.typed["why signed"], "has_read": "yes"}
        assert self.lead.send(page, right).status_code == 303
        tried = self.lead.send(
            self.lead.get("/lead/simulator"), {"ask.provider": self.typed["tried"]}, button="Show"
        )
        assert tried.status_code == 200
        for path in ("/lead/", "/lead/overrides"):
            self.lead.get(path)

    # What goes wrong

    def with_faults(self, monkeypatch: pytest.MonkeyPatch) -> None:
        word = self.typed["in a bad request"]
        for client in (self.patient, self.desk, self.provider, self.lead, self.admin, self.app.test_client()):
            client.post("/s/questions", json={"ask.provider": word})
            client.post("/desk/new", data={"name": word * 9000})
            client.post(self._at_provider("/sign"), data={"reason": word})
            client.post("/desk/", data={"name": word})
            client.post("/lead/versions/x/sign", data={"why": word})
        for status in (400, 403, 404, 405, 413):
            assert status in self.overheard.statuses, status
        self._broken(monkeypatch)
        self.clock.pass_time(days=40)
        late = {"ask.provider": self.typed["after the end"]}
        assert self.patient.post("/s/questions", data=late).status_code in (403, 410)
        assert self.patient.post(f"/s/{self.tokens[-1]}", data=late).status_code == 410

    def _broken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The database is lost while it writes, a view fails, a row is refused: each with the answers in hand."""
        self.app.config["TESTING"] = self.app.testing = False
        visit = self._book_another()
        patient: Any = self.app.test_client()
        page = self._begin(patient, visit)
        answers = self._answers("lost")
        fields = {"ask.provider": answers["ask.provider"], "preg.status": "no", "bleed.condition": "no"}
        fields |= {"bleed.medicine": ["none"], "imp.any": "no", "also": ["none"]}
        for status, failure in FAILURES:
            with self.app.app_context():
                engine = db.engine
            fail = failing(failure)
            event.listen(engine, "before_cursor_execute", fail)
            answer = patient.send(page, fields)
            event.remove(engine, "before_cursor_execute", fail)
            assert answer.status_code == status, answer.text
        with monkeypatch.context() as patch:
            patch.setattr(question_views, "save_draft", _fails_with_its_answers)
            assert patient.send(page, fields).status_code == 500
        check = fill_in(patient, page, {"ask.provider": answers["ask.provider"]} | fields)
        with monkeypatch.context() as patch:
            patch.setattr(check_views, "submit", _fails_with_its_answers)
            assert patient.send(check, button="Send my answers").status_code == 500

    def _book_another(self) -> str:
        page = self.desk.get(self._at_desk("/another"))
        added = self.desk.send(page, self._visit_fields(time="17:30"))
        return str(re.findall(r"/desk/appointments/([\w-]+)", added.location)[0])


FAILURES: list[tuple[int, type[OperationalError] | type[IntegrityError]]] = [
    (503, OperationalError),
    (500, IntegrityError),
]


def failing(failure: Callable[..., Exception]) -> Callable[..., None]:
    """The statement that writes the draft is refused, with all that it was to write."""

    def fail(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT INTO DRAFT", "UPDATE DRAFT")):
            raise failure(statement, parameters, Exception(str(parameters)))

    return fail


def _fails_with_its_answers(*args: Any, **named: Any) -> None:
    raise RuntimeError(f"{args} {named}")


def _told_in(places: dict[str, bytes]) -> list[str]:
    """Answers that are chosen, not typed, and rules: no column tells them. Files hold the protocol's own text."""
    protocol = acupuncture()
    codes = {option.code for question in protocol.questions.values() for option in question.options}
    named = [
        code
        for code in codes | set(protocol.questions)
        if code[0].isalpha() and ({"-", "."} & {*code} or len(code) > 8)
    ]
    whole = re.compile(rf"(?<![\w+/=.-])({'|'.join(map(re.escape, [*protocol.rules, *named]))})(?![\w+/=.-])")
    columns = {place: content.decode() for place, content in places.items() if "/" not in place}
    return [
        f"{found[1]} in {place}" for place, content in columns.items() for found in whole.finditer(content)
    ]


SHOWN = (
    "name",
    "contact",
    "question corrected",
    "reason",
    "patient said",
    "override",
    "who answers",
    "why signed",
)


def test_what_was_typed_was_stored_and_is_shown_to_who_may_read_it(left: Left) -> None:
    """Or else there would be nothing to find."""
    shown = "\n".join(left.overheard.pages)
    assert [name for name in SHOWN if left.hidden[name] not in shown] == []


def test_no_file_and_no_column_of_the_database_tells_it(left: Left) -> None:
    assert len([place for place in left.places if "/" in place]) >= 6, "the database's own files are missing"
    assert found_in(left.places, left.hidden) == []


def test_no_column_tells_what_was_chosen_or_which_rules_it_raised(left: Left) -> None:
    assert _told_in(left.places) == []


def test_L10_no_log_tells_it(left: Left) -> None:
    assert left.logged
    assert found_in({"the log": left.logged.encode()}, left.hidden) == []


def test_L10_no_address_and_no_header_tells_it(left: Left) -> None:
    """The link stands in the address of its own first page only, and the desk's search in its own."""
    own = [f"/s/{token}" for name, token in left.hidden.items() if name.startswith("link")]
    heard = [address for address in left.overheard.addresses if not address.endswith((*own, left.sought))]
    places = {"addresses": "\n".join(heard), "headers": "\n".join(left.overheard.headers)}
    assert found_in({place: text.encode() for place, text in places.items()}, left.hidden) == []


def test_L10_no_title_tells_an_answer_and_none_of_a_patient_a_name(left: Left) -> None:
    hidden = {name: word for name, word in left.hidden.items() if name != "name"}
    assert found_in({"titles of staff": "\n".join(left.overheard.staff_titles).encode()}, hidden) == []
    assert found_in({"titles": "\n".join(left.overheard.patient_titles).encode()}, left.hidden) == []


def test_no_cookie_holds_it(left: Left) -> None:
    assert left.overheard.cookies
    assert found_in({f"cookie {cookie!r}": cookie for cookie in left.overheard.cookies}, left.hidden) == []


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 413, 500, 503])
def test_L10_no_error_page_tells_it(left: Left, status: int) -> None:
    pages = left.overheard.error_pages[status]
    assert pages
    if status == 503:
        # What could not be stored goes back to whoever sent it, unseen, so that one button sends it again.
        pages = [re.sub(r'<input type="hidden" name="[^"]*" value="[^"]*">', "", page) for page in pages]
    assert found_in({f"page {status}": "\n".join(pages).encode()}, left.hidden) == []


def test_the_search_finds_a_word_however_it_is_spelled() -> None:
    """The control taken out: plain, in base64 at any place, and in hex."""
    hidden = {"name": Canaries()["name"]}
    for shift in range(4):
        plain = f"{'x' * shift}{hidden['name']} and more".encode()
        for content in (plain, base64.b64encode(plain), plain.hex().encode()):
            assert found_in({"place": content}, hidden) == ["name in place"]
    assert found_in({"place": b"something else"}, hidden) == []


@pytest.mark.parametrize("word", BORN_SPELLINGS)
def test_no_spelling_is_so_short_that_chance_writes_it(word: str) -> None:
    """Encrypted, a clinic is random bytes: four letters of base64 turn up in a few megabytes of them."""
    assert min(len(spelling) for spelling in spellings(word)) >= 8
    for shift in range(3):
        assert found_in({"place": base64.b64encode(b"x" * shift + word.encode() + b"yz")}, {"born": word})


class Served:
    """The service as a clinic runs it, behind a proxy that speaks HTTPS."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.output = directory, directory / "output"
        where = [*ADDRESS, "--database", f"sqlite:///{directory}/real.db"]
        assert run_here("init", *CLINIC, *where, cwd=directory).returncode == 0
        assert run_here("db", "upgrade", cwd=directory).returncode == 0
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        serve = [str(Path(sys.executable).parent / "screening"), "serve", "--workers", "1"]
        command = [*serve, "--port", str(self.port)]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=directory, env=environment(), stdout=output, stderr=subprocess.STDOUT
            )
        self._wait()

    def _wait(self) -> None:
        for _ in range(300):
            try:
                self.ask("GET", "/")
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(self.output.read_text())

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None, **headers: str) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {"Host": "forms.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
        sent |= {"Content-Type": "application/x-www-form-urlencoded"} if fields else {}
        connection.request(method, path, urlencode(fields or {}), sent | headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def raw(self, request: bytes) -> None:
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(request)
            with suppress(OSError):
                connection.recv(1000)

    def stop(self) -> str:
        self.process.terminate()
        self.process.wait(20)
        return self.output.read_text(errors="replace")


def environment() -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("SCREENING_")}
    return plain | {"PYTHONPATH": str(ROOT)}


@pytest.mark.drill
def test_L10_the_running_service_writes_nothing_of_what_is_sent_to_it(tmp_path: Path) -> None:
    """Its output is the log of a clinic: whatever is sent, well formed or not, whole database or broken."""
    served, typed = Served(tmp_path), Canaries()
    try:
        forged = f"%0a2026-11-23%20{typed['forged line']}%1b[31m"
        assert served.ask("GET", f"/s/{typed['link']}?{typed['query']}=1") == 404
        assert served.ask("GET", f"/{forged}") == 404
        signing_in = {"email": typed["e-mail"], "password": typed["password"]}
        assert served.ask("POST", "/staff/sign-in", signing_in) < 500
        headers = {"User-Agent": typed["agent"], "Referer": f"https://forms.example.org/{typed['referer']}"}
        assert served.ask("GET", "/", None, **headers, Cookie=f"__Host-staff={typed['cookie']}") == 200
        assert served.ask("POST", "/staff/sign-in", {"email": typed["large"] * 9000}) == 413
        served.raw(f"GET /{typed['half']} HTTP/1.1\r\nHost: {typed['host']}\r\n\r\n".encode())
        served.raw(f"{typed['no request']}\x1b[2J\r\n\r\n".encode())
        served.raw(
            f"POST / HTTP/1.1\r\nHost: forms.example.org\r\nContent-Length: {typed['length']}\r\n\r\n".encode()
        )
        with sqlite3.connect(tmp_path / "real.db") as database:
            database.execute('ALTER TABLE "user" RENAME TO elsewhere')
            database.execute("ALTER TABLE link RENAME TO away")
        assert served.ask("POST", "/staff/sign-in", signing_in) < 600
        assert served.ask("GET", f"/s/{typed['link of a broken database']}") in (500, 503)
    finally:
        output = served.stop()
    assert found_in({"output": output.encode()}, typed) == []
    assert "\x1b[2J" not in output
    assert "Traceback" not in output
    assert '"event": "fault"' in output
