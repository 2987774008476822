"""Who sees what of a patient's answers: the patient everything that was sent, staff what their task needs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from screening.extensions import db
from screening.records.protocol_versions import current_protocol
from screening.storage.models import Submission
from tests.support.acupuncture import WARFARIN
from tests.support.answering import answer_everything, begin, follow
from tests.support.events import recorded_acts
from tests.support.factories import NOTHING, appointment, link
from tests.support.pages import find, parsed, words

ANSWERS = NOTHING | WARFARIN | {"ask.provider": "Does the needle hurt?"}


@pytest.fixture
def visit(app: Flask, client: Any) -> tuple[UUID, str]:
    with app.app_context():
        made = appointment(name="Robin Example")
        token = link(made)
        visit_id = made.id
    answer_everything(client, token, ANSWERS)
    return visit_id, token


def test_R4_the_patient_sees_all_that_was_sent_and_can_print_it(
    app: Flask, client: Any, visit: tuple[UUID, str]
) -> None:
    """Also when coming back later, on another device."""
    for page in (client.get("/s/sent"), begin(app.test_client(), visit[1])):
        assert page.request.path == "/s/sent"
        shown = words(find(parsed(page.text), "main")[0])
        with app.app_context():
            questions = current_protocol().questions
            asked = [questions[name].wording for name in ANSWERS]
        for wording in asked:
            assert " ".join(wording.split()) in shown
        assert "Warfarin" in shown
        assert "Does the needle hurt?" in shown
        assert len(find(parsed(page.text), "button", data_print="")) == 1


def test_R4_the_patient_can_correct_what_was_sent(app: Flask, client: Any, visit: tuple[UUID, str]) -> None:
    follow(client, client.send(client.get("/s/sent"), button="Change my answers"))
    check = follow(client, client.send(client.get("/s/questions"), {"ask.provider": ""}, button="Continue"))
    done = follow(client, client.send(check, button="Send my changed answers"))
    assert "Does the needle hurt?" not in done.text
    with app.app_context():
        answers = [
            each.answers for each in db.session.scalars(select(Submission).order_by(Submission.number))
        ]
    assert answers[0]["ask.provider"] == "Does the needle hurt?"
    assert not answers[1].get("ask.provider")


def test_R4_the_desk_sees_tasks_and_no_answer_until_it_opens_them(
    app: Flask, desk_client: Any, visit: tuple[UUID, str]
) -> None:
    address = f"/desk/appointments/{visit[0]}"
    for path in ("/desk/", "/desk/day-sheet", address):
        page = desk_client.get(path).text
        assert "Warfarin" not in page
        assert "Does the needle hurt?" not in page
    with app.app_context():
        assert "answers opened" not in recorded_acts()
    opened = desk_client.send(desk_client.get(address), button="Open the answers")
    assert "Warfarin" in opened.text
    with app.app_context():
        assert recorded_acts().count("answers opened") == 1


@pytest.mark.parametrize("who", ["lead", "admin"])
def test_R4_who_has_no_task_with_a_patient_sees_no_answer(
    signed_in: Any, visit: tuple[UUID, str], who: str
) -> None:
    client = signed_in(who)
    for path in ("/staff/audit", "/lead/", "/lead/overrides", "/desk/", f"/desk/appointments/{visit[0]}"):
        page = client.get(path)
        assert "Warfarin" not in page.text.replace("lead/protocol", "")
        assert "Does the needle hurt?" not in page.text
    assert client.get(f"/provider/appointments/{visit[0]}").status_code == 403
    assert client.post(f"/desk/appointments/{visit[0]}/answers").status_code == 403
