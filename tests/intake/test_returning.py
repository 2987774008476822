"""A patient who returns: old answers as text, nothing chosen beforehand, only what has ended asked anew."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from screening.domain.decisions import Decision
from screening.domain.protocol.loading import parse
from screening.extensions import db
from screening.records.answers import flags_of, latest_submission
from screening.records.appointments import change_appointment
from screening.records.protocol_versions import current_protocol
from screening.records.transaction import writing
from screening.storage.models import Appointment, Draft, Submission
from tests.support.acupuncture import APIXABAN, WARFARIN, device, devices
from tests.support.answering import begin, fields_for, fill_in, follow
from tests.support.factories import (
    DESK,
    NOTHING,
    anew,
    another,
    answered,
    appointment,
    link,
    provider,
    signed,
)
from tests.support.pages import find, form_fields, parsed, words

MEDICINE = "Do you take medicine that thins your blood or stops clots?"
BLOCKS = ("bleed.condition", "bleed.medicine", "imp.any")
SAME = {f"unchanged:{core}": "same" for core in BLOCKS}
ASKED_EACH_TIME = {"preg.status": "no", "also": ["none"]}
CHANGED_SINCE = "Has anything changed since 23 November 2026?"


def visits(
    app: Flask, clock: Any, answers: dict[str, Any], *, days: int = 7, sign: bool = True
) -> tuple[Any, str]:
    """A first visit, signed unless said otherwise; then the link of a second one, some days later."""
    with app.app_context():
        first = appointment()
        answered(first, answers)
        if sign:
            signed(first, Decision.ADAPT)
        clock.pass_time(days=days)
        second = another(first)
        return second.id, link(second)


def latest(app: Flask, visit: Any) -> Submission:
    with app.app_context():
        found = latest_submission(visit)
        assert found is not None
        return found


def say(client: Any, page: Any, answers: dict[str, Any]) -> Any:
    return follow(client, client.send(page, fields_for(page, answers), button="Continue"))


def filled_in(page: Any) -> dict[str, list[str]]:
    """The answers that a page would send when nothing is touched."""
    (form,) = find(parsed(page.text), "form")
    return {name: values for name, values in form_fields(form).items() if "." in name or name == "also"}


def send(client: Any, check: Any) -> Any:
    return follow(client, client.send(check, button="Send my answers"))


def test_L5_a_returning_patient_with_nothing_new_answers_one_page(
    app: Flask, client: Any, clock: Any
) -> None:
    visit, token = visits(app, clock, {})
    page = begin(client, token)
    assert page.text.count(CHANGED_SINCE) == 3
    check = say(client, page, ASKED_EACH_TIME | SAME)
    assert check.request.path == "/s/check"
    send(client, check)
    assert latest(app, visit).answers == NOTHING


def test_L2_nothing_of_last_time_is_chosen_beforehand(app: Flask, client: Any, clock: Any) -> None:
    risks = APIXABAN | devices(device("pacemaker")) | {"also": ["o8"], "ask.provider": "Does it hurt?"}
    _, token = visits(app, clock, risks)
    page = begin(client, token)
    assert filled_in(page) == {"ask.provider": [""]}
    text = words(parsed(page.text))
    assert "Last time (23 November 2026): Diabetes, or numb feet or hands" in text
    assert "Last time (23 November 2026): Does it hurt?" in text
    assert "Last time (23 November 2026): No Yes, I am" in text
    for told in (
        "Apixaban (Eliquis)",
        "Pacemaker",
        "Why do you take it?Other",
        "How is it now? (Pacemaker)In and working",
    ):
        assert told in text


def test_L2_whether_anything_has_changed_must_be_said_of_each_block(
    app: Flask, client: Any, clock: Any
) -> None:
    _, token = visits(app, clock, APIXABAN)
    page = begin(client, token)
    said = ASKED_EACH_TIME | SAME | {"unchanged:bleed.medicine": None}
    answer = client.send(page, fields_for(page, said), button="Continue")
    assert answer.status_code == 422
    assert f"Say whether anything has changed: {MEDICINE}" in answer.text
    assert client.get("/s/check").status_code == 303


def test_L8_what_is_kept_stays_as_old_as_it_was(app: Flask, client: Any, clock: Any) -> None:
    first_given = clock.now
    visit, token = visits(app, clock, APIXABAN | devices(device("pacemaker")), days=20)
    check = say(client, begin(client, token), ASKED_EACH_TIME | SAME)
    assert check.text.count("As on 23 November 2026, nothing has changed") == 11
    asked = [words(each) for each in find(parsed(check.text), "dt")]
    assert len(asked) == len(set(asked)) == 11 + len(ASKED_EACH_TIME) + 1
    send(client, check)
    stored = latest(app, visit)
    assert stored.answers == NOTHING | APIXABAN | devices(device("pacemaker"))
    assert stored.kept is not None
    assert set(stored.kept.values()) == {first_given.isoformat()}
    assert stored.kept.keys() >= {"bleed.condition", "bleed.medicine", "bleed.why", "imp.any", "imp.devices"}
    assert not stored.kept.keys() & {"preg.status", "also", "ask.provider"}
    assert stored.fresh_until == datetime(2026, 12, 24, tzinfo=UTC)


def test_L8_keeping_again_does_not_make_an_answer_younger(app: Flask, client: Any, clock: Any) -> None:
    visit, token = visits(app, clock, APIXABAN, days=20)
    send(client, say(client, begin(client, token), ASKED_EACH_TIME | SAME))
    with app.app_context():
        second = db.session.get(Appointment, visit)
        assert second is not None
        signed(second, Decision.ADAPT)
        clock.pass_time(days=10)
        soon, late = another(second), another(second, clock.now + timedelta(days=1))
        token_soon, token_late = link(soon), link(late)
    page = begin(app.test_client(), token_soon)
    assert page.text.count(CHANGED_SINCE) == 3
    page = begin(app.test_client(), token_late)
    assert page.text.count(CHANGED_SINCE) == 1
    assert "Last time (23 November 2026): Apixaban (Eliquis)" in page.text


@pytest.mark.parametrize("said", ["changed", "not-sure"])
def test_L2_what_changed_or_may_have_changed_is_asked_anew_and_empty(
    app: Flask, client: Any, clock: Any, said: str
) -> None:
    visit, token = visits(app, clock, APIXABAN)
    page = say(client, begin(client, token), ASKED_EACH_TIME | SAME | {"unchanged:bleed.medicine": said})
    assert page.request.path == "/s/more/1"
    assert filled_in(page) == {}
    assert "Last time (23 November 2026): Apixaban (Eliquis)" in page.text
    assert "Has a health worker" not in page.text
    check = fill_in(client, page, WARFARIN)
    send(client, check)
    stored = latest(app, visit)
    assert stored.answers == NOTHING | WARFARIN
    assert stored.kept is not None
    assert stored.kept.keys() == {"bleed.condition", "imp.any"}


def test_L9_kept_answers_sent_twice_are_stored_once(app: Flask, client: Any, clock: Any) -> None:
    visit, token = visits(app, clock, APIXABAN)
    check = say(client, begin(client, token), ASKED_EACH_TIME | SAME)
    for _ in range(2):
        sent = send(client, check)
        stored = latest(app, visit)
        assert stored.reference in sent.text
        assert stored.number == 1
        assert (stored.kept or {}).keys() == {"bleed.condition", "bleed.medicine", "bleed.why", "imp.any"}


def test_L10_no_address_and_no_title_tells_that_something_changed(
    app: Flask, client: Any, clock: Any
) -> None:
    _, token = visits(app, clock, APIXABAN)
    page = say(client, begin(client, token), ASKED_EACH_TIME | SAME | {"unchanged:imp.any": "changed"})
    assert re.fullmatch("/s/more/[0-9]+", page.request.path)
    assert words(find(parsed(page.text), "title")[0]).startswith("A few more questions")


def test_the_kept_answers_raise_the_same_flags(app: Flask, client: Any, clock: Any) -> None:
    risks = APIXABAN | devices(device("pacemaker"))
    visit, token = visits(app, clock, risks)
    send(client, say(client, begin(client, token), ASKED_EACH_TIME | SAME))
    with app.app_context():
        first = db.session.scalars(select(Submission).order_by(Submission.received_at)).first()
        assert first is not None
        raised = [[flag.as_json() for _, flag in flags_of(each)] for each in (first, latest(app, visit))]
    assert raised[0] == raised[1] != []


def test_L8_a_kept_test_still_ages_by_the_day_of_the_appointment(app: Flask, client: Any, clock: Any) -> None:
    """The INR test was ten days old at the first visit, and is thirty days old at this one."""
    visit, token = visits(app, clock, WARFARIN, days=20)
    send(client, say(client, begin(client, token), ASKED_EACH_TIME | SAME))
    with app.app_context():
        first = db.session.scalars(select(Submission).order_by(Submission.received_at)).first()
        assert first is not None
        rules = [{flag.rule for _, flag in flags_of(each)} for each in (first, latest(app, visit))]
    assert "B9" not in rules[0]
    assert "B9" in rules[1]


def test_change_on_the_check_page_asks_anew(app: Flask, client: Any, clock: Any) -> None:
    visit, token = visits(app, clock, APIXABAN)
    check = say(client, begin(client, token), ASKED_EACH_TIME | SAME)
    row = next(
        each for each in find(parsed(check.text), "div") if words(each).startswith("Why do you take it?")
    )
    assert "As on 23 November 2026, nothing has changed" in words(row)
    (change,) = find(row, "a")
    page = client.get(change.get("href"))
    page = say(client, page, {**ASKED_EACH_TIME, **SAME, "unchanged:bleed.medicine": "changed"})
    assert MEDICINE in page.text
    check = say(client, page, NOTHING)
    assert check.request.path == "/s/check"
    assert "Apixaban" not in check.text
    assert "Answers that we dropped" not in check.text
    send(client, check)
    assert latest(app, visit).answers == NOTHING


def test_what_was_answered_anew_falls_when_nothing_has_changed_after_all(
    app: Flask, client: Any, clock: Any
) -> None:
    visit, token = visits(app, clock, {})
    page = say(
        client, begin(client, token), {**ASKED_EACH_TIME, **SAME, "unchanged:bleed.medicine": "changed"}
    )
    check = fill_in(client, page, APIXABAN)
    page = client.get("/s/questions")
    check = say(client, page, ASKED_EACH_TIME | SAME)
    assert "Answers that we dropped" in check.text
    send(client, check)
    stored = latest(app, visit)
    assert stored.answers == NOTHING
    assert "bleed.medicine" in (stored.kept or {})


def test_what_was_said_is_kept_when_the_link_is_opened_again(app: Flask, client: Any, clock: Any) -> None:
    _, token = visits(app, clock, APIXABAN)
    say(client, begin(client, token), ASKED_EACH_TIME | SAME)
    again = app.test_client()
    begin(again, token)
    assert again.get("/s/check").status_code == 200
    with app.app_context():
        (draft,) = db.session.scalars(select(Draft))
        assert "bleed.medicine" not in draft.answers["answers"]


@pytest.mark.parametrize("unknown", ["not-sure", "in-person"])
def test_L2_what_was_not_known_is_shown_and_asked_anew(
    app: Flask, client: Any, clock: Any, unknown: str
) -> None:
    _, token = visits(app, clock, {"bleed.medicine": [unknown], "imp.any": unknown})
    page = begin(client, token)
    assert page.text.count(CHANGED_SINCE) == 1
    assert page.text.count("Last time (23 November 2026): ") == 4


def test_L8_what_has_ended_is_asked_anew(app: Flask, client: Any, clock: Any) -> None:
    visit, token = visits(app, clock, APIXABAN | devices(device("pacemaker")), days=31)
    page = begin(client, token)
    assert page.text.count(CHANGED_SINCE) == 1
    said = NOTHING | {"unchanged:imp.any": "same"}
    send(client, fill_in(client, page, said))
    stored = latest(app, visit)
    assert stored.answers == NOTHING | devices(device("pacemaker"))
    assert "bleed.medicine" not in (stored.kept or {})


@pytest.mark.parametrize("sign", [True, False])
def test_answers_that_nobody_signed_are_not_used(app: Flask, client: Any, clock: Any, sign: bool) -> None:
    _, token = visits(app, clock, APIXABAN, sign=sign)
    assert (CHANGED_SINCE in begin(client, token).text) == sign


def test_L7_answers_whose_sign_off_was_voided_are_not_used(app: Flask, client: Any, clock: Any) -> None:
    with app.app_context():
        first = appointment()
        answered(first, APIXABAN)
        signed(first, Decision.ADAPT)
        answered(first, devices(device("pacemaker")))
        clock.pass_time(days=7)
        token = link(another(first))
    page = begin(client, token)
    for old in ("Last time", CHANGED_SINCE, "Pacemaker", "This is what you told us"):
        assert old not in page.text


def test_answers_of_a_later_appointment_are_not_used(app: Flask, client: Any, clock: Any) -> None:
    with app.app_context():
        soon = appointment()
        late = another(soon, clock.now + timedelta(days=3))
        answered(late, APIXABAN)
        signed(late, Decision.ADAPT)
        token = link(soon)
    assert "Last time" not in begin(client, token).text


def test_L2_what_was_told_since_and_not_signed_takes_the_old_answer_away(
    app: Flask, client: Any, clock: Any
) -> None:
    with app.app_context():
        first = appointment()
        answered(first)
        signed(first)
        clock.pass_time(days=7)
        missed = another(first)
        answered(missed, APIXABAN)
        clock.pass_time(days=1)
        token = link(another(first))
    page = begin(client, token)
    assert page.text.count(CHANGED_SINCE) == 2
    assert "Last time (23 November 2026): None of these" in page.text
    assert "unchanged:bleed.medicine" not in page.text
    assert 'name="bleed.medicine"' in page.text


def test_nothing_of_one_patient_is_ever_shown_to_another(app: Flask, clock: Any) -> None:
    with app.app_context():
        ann, ben = appointment(name="Ann Alike"), appointment(name="Ann Alike")
        answered(ann, APIXABAN | {"ask.provider": "canary of Ann"})
        answered(ben, WARFARIN | {"ask.provider": "canary of Ben"})
        signed(ann, Decision.ADAPT)
        signed(ben, Decision.ADAPT)
        new = appointment(name="Ann Alike")
        clock.pass_time(days=3)
        tokens = {who: link(another(visit)) for who, visit in (("Ann", ann), ("Ben", ben))}
        token_of_new = link(new)
    pages = {who: begin(app.test_client(), token).text for who, token in tokens.items()}
    assert "canary of Ann" in pages["Ann"]
    assert "canary of Ben" not in pages["Ann"]
    assert "canary of Ben" in pages["Ben"]
    assert "canary of Ann" not in pages["Ben"]
    with app.app_context():
        clock.pass_time(days=-3)
    page = begin(app.test_client(), token_of_new).text
    assert "canary" not in page
    assert "Last time" not in page


def test_a_page_about_other_old_answers_keeps_nothing(app: Flask, client: Any, clock: Any) -> None:
    """The page was opened before the first visit's answers were corrected and signed again."""
    visit, token = visits(app, clock, {})
    page = begin(client, token)
    with app.app_context():
        second = db.session.get(Appointment, visit)
        assert second is not None
        first = db.session.scalars(select(Appointment).where(Appointment.id != visit)).one()
        answered(first, APIXABAN)
        signed(first, Decision.ADAPT)
    answer = client.send(page, fields_for(page, ASKED_EACH_TIME | SAME), button="Continue")
    shown = answer
    assert shown.request.path == "/s/questions"
    assert "Apixaban (Eliquis)" in shown.text
    assert client.get("/s/check").status_code == 303


def test_what_was_said_of_other_old_answers_is_asked_again(app: Flask, client: Any, clock: Any) -> None:
    visit, token = visits(app, clock, {})
    check = say(client, begin(client, token), ASKED_EACH_TIME | SAME)
    with app.app_context():
        first = db.session.scalars(select(Appointment).where(Appointment.id != visit)).one()
        answered(first, APIXABAN)
        signed(first, Decision.ADAPT)
    page = follow(client, client.send(check, button="Send my answers"))
    assert page.request.path == "/s/questions"
    assert "Apixaban (Eliquis)" in page.text
    assert not [
        each for each in find(parsed(page.text), "input", checked="") if "unchanged" in each.get("name", "")
    ]


def test_what_was_answered_before_the_earlier_visit_was_signed_is_not_asked_again(
    app: Flask, client: Any, clock: Any
) -> None:
    visit, token = visits(app, clock, {}, sign=False)
    check = fill_in(client, begin(client, token), NOTHING | APIXABAN)
    with app.app_context():
        signed(db.session.scalars(select(Appointment).where(Appointment.id != visit)).one())
    assert CHANGED_SINCE not in client.get("/s/questions").text
    send(client, check)
    stored = latest(app, visit)
    assert stored.answers == NOTHING | APIXABAN
    assert stored.kept is None


def test_L8_a_draft_keeps_nothing_once_the_appointment_has_moved_too_far(
    app: Flask, client: Any, clock: Any
) -> None:
    visit, token = visits(app, clock, APIXABAN)
    check = say(client, begin(client, token), ASKED_EACH_TIME | SAME)
    with app.app_context(), writing():
        moved = db.session.get(Appointment, visit)
        assert moved is not None
        change_appointment(
            anew(moved),
            contact="robin@mail.example",
            starts_at=clock.now + timedelta(days=30),
            provider_id=provider().id,
            planned=moved.planned,
            at=clock.now,
            by=DESK,
        )
    answer = client.send(check, button="Send my answers")
    page = follow(client, answer)
    assert page.request.path == "/s/questions"
    assert 'name="bleed.medicine"' in page.text
    assert 'name="unchanged:imp.any"' in page.text


def test_a_draft_from_before_a_new_wording_asks_anew(app: Flask, client: Any, clock: Any) -> None:
    _, token = visits(app, clock, APIXABAN)
    say(client, begin(client, token), ASKED_EACH_TIME | SAME)
    with app.app_context():
        text = current_protocol().text.replace("Why do you take it?", "What do you take it for?")
    app.extensions["protocol"] = parse(text)
    page = follow(client, client.get("/s/check"))
    assert page.request.path == "/s/questions"
    assert 'name="bleed.medicine"' in page.text
    assert page.text.count(CHANGED_SINCE) == 2


@pytest.mark.parametrize("odd", ["yes", "", "none", "same-"])
def test_what_none_of_our_pages_sends_keeps_nothing(app: Flask, client: Any, clock: Any, odd: str) -> None:
    _, token = visits(app, clock, APIXABAN)
    page = begin(client, token)
    said = ASKED_EACH_TIME | SAME | {"unchanged:bleed.medicine": odd}
    assert client.send(page, fields_for(page, said), button="Continue").status_code == 422


def test_a_new_patient_cannot_say_that_nothing_has_changed(app: Flask, client: Any, clock: Any) -> None:
    with app.app_context():
        token = link(appointment())
    page = begin(client, token)
    answer = client.send(page, {**fields_for(page, ASKED_EACH_TIME), **SAME}, button="Continue")
    assert answer.status_code == 422
    assert client.get("/s/check").status_code == 303
