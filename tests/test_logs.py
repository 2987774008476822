"""The log: a line of JSON for each request and each fault, and nothing of what people typed."""

import io
import json
import logging
import sys
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, g

from screening import logs
from screening.extensions import db
from screening.storage.database import give_up
from screening.storage.models import User
from tests.support.acupuncture import WARFARIN
from tests.support.answering import answer_everything
from tests.support.factories import NOTHING, PACEMAKER, appointment, link

CANARY = "canary-warfarin"


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def requests(text: str) -> list[dict[str, Any]]:
    return [line for line in lines(text) if line["event"] == "request"]


def test_a_request_is_one_line_with_the_template_of_its_address(
    client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get(f"/s/{CANARY}?x={CANARY}", headers={"X-Note": CANARY})
    text = capsys.readouterr().err
    (line,) = lines(text)
    assert CANARY not in text
    assert (line["event"], line["route"], line["method"], line["status"]) == (
        "request",
        "/s/<token>",
        "GET",
        404,
    )
    assert line["milliseconds"] > 0
    assert line["request"]
    assert set(line) == {
        "time",
        "level",
        "event",
        "request",
        "route",
        "method",
        "status",
        "milliseconds",
        "staff",
    }


def test_the_log_names_staff_by_number_and_patients_not_at_all(
    app: Flask, signed_in: Callable[[str], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with app.app_context():
        number = db.session.query(User.id).filter(User.email == "desk@clinic.example").scalar()
        token = link(appointment())
    desk = signed_in("desk")
    desk.get("/desk/")
    assert requests(capsys.readouterr().err)[-1]["staff"] == number
    desk.get(f"/s/{token}")
    assert requests(capsys.readouterr().err)[-1]["staff"] is None


def test_every_request_has_a_name_of_its_own(client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        client.get("/")
    assert len({line["request"] for line in requests(capsys.readouterr().err)}) == 3


def test_the_name_is_the_same_everywhere_in_a_request(app: Flask) -> None:
    assert logs.request_id() == ""
    with app.test_request_context("/"):
        assert len(logs.request_id()) >= 10
        assert logs.request_id() == logs.request_id()


@pytest.mark.parametrize(
    "typed", ["\r\nINJECTED", "\x1b[31mINJECTED", "\u2028INJECTED", "\x85INJECTED", "\x00"]
)
def test_nothing_that_is_typed_begins_a_line_of_its_own(
    app: Flask, client: Any, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    client.post("/s/questions", data={"preg.status": typed})
    client.post("/staff/sign-in", data={"email": typed, "password": typed})
    client.open("/", method="GE" + typed.replace("\x00", "T").replace("\r\n", "T"))
    with app.test_request_context("/"):
        # Even where a part of ours would log it by mistake.
        logs.say("mistake", words=typed)
    text = capsys.readouterr().err
    assert len(text.splitlines()) == len(lines(text)) == 4
    assert text.isascii()
    assert "\x1b" not in text
    assert "INJECTED" not in text.replace(json.dumps(typed)[1:-1], "")


def test_a_method_that_nobody_knows_is_not_repeated(client: Any, capsys: pytest.CaptureFixture[str]) -> None:
    client.open("/", method="CANARY")
    assert requests(capsys.readouterr().err)[0]["method"] == "other"


def test_the_words_of_libraries_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("some.library").exception("could not read %s", CANARY)
    text = capsys.readouterr().err
    (line,) = lines(text)
    assert CANARY not in text
    assert (line["event"], line["logger"], line["kind"]) == ("library", "some.library", "ValueError")
    assert line["at"].partition(":")[0].endswith("tests/test_logs.py")


def test_the_server_may_say_that_it_started(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("_granian").warning("Listening at: %s", "http://127.0.0.1:8000")
    (line,) = lines(capsys.readouterr().err)
    assert line["words"] == "Listening at: http://127.0.0.1:8000"


def test_a_refusal_is_logged_with_the_role_s_page_and_person(
    signed_in: Callable[[str], Any], capsys: pytest.CaptureFixture[str]
) -> None:
    provider = signed_in("provider")
    capsys.readouterr()
    page = provider.get("/desk/")
    said = [line for line in lines(capsys.readouterr().err) if line["event"] != "audit head"]
    refused, request = said
    assert (refused["event"], refused["level"], refused["endpoint"]) == ("refused", "warning", "desk.queue")
    assert refused["staff"] == request["staff"]
    assert refused["request"] == request["request"]
    assert request["request"] in page.text


def test_L10_a_whole_journey_leaves_no_answer_and_no_link_in_the_log(
    app: Flask, client: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with app.app_context():
        token = link(appointment(name="Canaria Example"))
    answers = NOTHING | WARFARIN | {"ask.provider": CANARY}
    sent = answer_everything(client, token, answers | {"imp.any": "yes", "imp.devices": [PACEMAKER]})
    text = capsys.readouterr().err
    assert "reference" in sent.text
    for secret in (token, token[:16], "Canaria", CANARY, "warfarin", "heartbeat", "pacemaker", "1980"):
        assert secret not in text
    assert {"/s/<token>", "/s/more/<int:position>", "/s/sent"} <= {line["route"] for line in requests(text)}


def test_logging_is_set_up_once_however_many_applications_there_are(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.start_logging()
    logs.start_logging()
    logs.say("once")
    assert len(lines(capsys.readouterr().err)) == 1


def test_a_process_that_lost_its_standard_error_goes_on(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(logging, "raiseExceptions", False)
    monkeypatch.setattr(sys, "stderr", Gone())
    assert client.get("/").status_code == 200


def test_giving_up_outside_of_a_request_does_nothing() -> None:
    give_up()
    with Flask("another").app_context():
        assert list(g) == [], "what comes next does not give up"
        give_up()
        assert list(g) != []
