"""The provider's pages through the front door: reading, deciding, signing."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from screening.domain.decisions import Decision, rests_on_unknown
from screening.domain.protocol.article_sections import ARTICLE_SLUGS
from screening.extensions import db
from screening.records.answers import flags_of, latest_submission
from screening.records.appointments import add_another_appointment
from screening.records.transaction import writing
from screening.storage.models import Appointment, Disposition, Override, SignOff, SignOffVoid
from tests.conftest import still_here
from tests.support.acupuncture import PREGNANT, WARFARIN, device, devices
from tests.support.answering import begin
from tests.support.databases import one_database
from tests.support.events import recorded_acts
from tests.support.factories import DESK, PACEMAKER, answered, appointment, corrected, link, signed
from tests.support.pages import find, form_fields, parsed, words

RISKS = PREGNANT | {"preg.weeks": "0-12"} | WARFARIN | {"imp.any": "yes", "imp.devices": [PACEMAKER]}


@pytest.fixture
def visit(app: Flask) -> UUID:
    """A patient with a pacemaker, warfarin and ten weeks of pregnancy, for whom electricity is planned."""
    with app.app_context():
        made = appointment(planned=("MA", "EA"))
        answered(made, RISKS)
        return made.id


def address(visit: UUID) -> str:
    return f"/provider/appointments/{visit}"


def flags(app: Flask, visit: UUID) -> dict[str, str]:
    """Rules by the mark that their fields carry."""
    with app.app_context():
        submission = latest_submission(visit)
        assert submission is not None
        return {flag.rule: row.id.hex for row, flag in flags_of(submission)}


def decide(app: Flask, visit: UUID, decision: str, **more: Any) -> dict[str, Any]:
    """The same decision on every flag, with all that it may need."""
    fields: dict[str, Any] = {}
    with app.app_context():
        submission = latest_submission(visit)
        for row, flag in flags_of(submission) if submission else []:
            mark = row.id.hex
            fields |= {f"decision-{mark}": decision, f"reason-{mark}": "Talked about it"}
            fields |= {f"said-{mark}": "Yes, always"} if rests_on_unknown(flag) else {}
    return fields | more


def sign(app: Flask, client: Any, visit: UUID, decision: str, **more: Any) -> Any:
    return client.send(
        client.get(address(visit)), decide(app, visit, decision, **more), button="Save and sign"
    )


def test_my_day_shows_my_appointments_and_everyone_s_on_request(app: Flask, provider_client: Any) -> None:
    with app.app_context():
        appointment(name="Mine Patient")
        appointment(name="Other Patient", with_provider="second@clinic.example")
    mine = provider_client.get("/provider/").text
    assert "Mine Patient" in mine
    assert "Other Patient" not in mine
    assert "Other Patient" in provider_client.get("/provider/?everyone=1").text


@pytest.mark.parametrize("day", ["x", "2026-02-30", "0001-01-01", "%00"])
def test_an_odd_day_shows_today(provider_client: Any, day: str) -> None:
    assert "you see today" in provider_client.get(f"/provider/?day={day}").text


def test_the_page_shows_what_the_patient_said_and_why_it_matters(provider_client: Any, visit: UUID) -> None:
    page = provider_client.get(address(visit)).text
    for line in (
        "27 March 1980",
        "Yes, I am",
        "Warfarin",
        "Pacemaker",
        "Ask before treatment",
        "After your review",
        "clashes with the plan",
        "Forbidden points",
        "judgement, no published source read",
        "read in the source itself",
        "Stop",
        "Caution",
    ):
        assert line in page


def test_L4_every_flag_names_its_rule_reason_sources_and_a_section(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    tree = parsed(provider_client.get(address(visit)).text)
    cards = list(tree.iter("article"))
    assert len(cards) == len(flags(app, visit))
    for card in cards:
        links = [link.get("href") or "" for link in card.iter("a")]
        sections = {href.partition("#")[2] for href in links if href.startswith("/article/#")}
        assert sections
        assert sections <= ARTICLE_SLUGS
        assert find(card, "blockquote")
        assert list(card.iter("li"))


def test_opening_the_page_is_recorded(app: Flask, provider_client: Any, visit: UUID) -> None:
    provider_client.get(address(visit))
    with app.app_context():
        acts = recorded_acts()
    assert acts.count("answers opened") == 1


def test_nothing_is_decided_beforehand(provider_client: Any, visit: UUID) -> None:
    form = next(
        form
        for form in parsed(provider_client.get(address(visit)).text).iter("form")
        if "/sign" in str(form.get("action"))
    )
    assert not [name for name in form_fields(form) if name.startswith("decision-")]


@pytest.mark.parametrize(
    ("decision", "label"),
    [("cleared", "Ready"), ("adapt", "Ready with changes"), ("refer", "Do not treat")],
)
def test_the_outcome_follows_from_the_decisions(
    app: Flask, provider_client: Any, visit: UUID, decision: str, label: str
) -> None:
    assert sign(app, provider_client, visit, decision).status_code == 303
    page = provider_client.get(address(visit)).text
    assert f"Signed: {label}." in page
    assert "Signed by Pat Provider" in page
    assert label in provider_client.get("/provider/").text


def test_a_postponement_takes_a_day_after_today(app: Flask, provider_client: Any, visit: UUID) -> None:
    assert sign(app, provider_client, visit, "postpone").status_code == 422
    assert sign(app, provider_client, visit, "postpone", postponed_until="2026-11-23").status_code == 409
    assert sign(app, provider_client, visit, "postpone", postponed_until="2026-11-30").status_code == 303
    assert "Postponed" in provider_client.get(address(visit)).text


def test_the_strictest_decision_is_the_outcome(app: Flask, provider_client: Any, visit: UUID) -> None:
    one = next(iter(flags(app, visit).values()))
    assert sign(app, provider_client, visit, "cleared", **{f"decision-{one}": "refer"}).status_code == 303
    assert "Do not treat" in provider_client.get(address(visit)).text


def test_L1_nothing_is_ready_before_somebody_signed(app: Flask, provider_client: Any) -> None:
    with app.app_context():
        made = appointment()
        answered(made)
        where = address(made.id)
    page = provider_client.get(where)
    assert "tone-green" not in page.text
    assert "Needs review" in page.text
    provider_client.send(page, button="Save and sign")
    assert "tone-green" in provider_client.get(where).text


def test_a_flag_without_a_decision_keeps_everything_that_was_typed(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    marks = list(flags(app, visit).values())
    fields = decide(app, visit, "adapt") | {f"reason-{marks[0]}": "Keep these words"}
    del fields[f"decision-{marks[0]}"]
    answer = provider_client.send(provider_client.get(address(visit)), fields, button="Save and sign")
    assert answer.status_code == 422
    assert "Keep these words" in answer.text
    assert answer.text.count(" checked>") == len(marks) - 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignOff)) == 0


def test_clearing_a_stop_takes_a_reason(app: Flask, provider_client: Any, visit: UUID) -> None:
    stop = flags(app, visit)["I1"]
    answer = sign(app, provider_client, visit, "cleared", **{f"reason-{stop}": ""})
    assert answer.status_code == 422
    assert "Write why I1 can be cleared" in answer.text


def test_L2_clearing_an_unknown_answer_takes_what_the_patient_said(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    unknown = flags(app, visit)["I2"]
    answer = sign(app, provider_client, visit, "cleared", **{f"said-{unknown}": " "})
    assert answer.status_code == 422
    assert "Write what the patient said about I2" in answer.text
    assert sign(app, provider_client, visit, "cleared").status_code == 303
    with app.app_context():
        said = db.session.scalars(select(Disposition.patient_said)).all()
    assert "Yes, always" in said


@one_database
@pytest.mark.parametrize("odd", ["perhaps", ["cleared", "adapt"], "a\x00b", ""])
def test_an_odd_decision_is_an_error(app: Flask, provider_client: Any, visit: UUID, odd: Any) -> None:
    mark = flags(app, visit)["I1"]
    answer = sign(app, provider_client, visit, "adapt", **{f"decision-{mark}": odd})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_a_decision_for_another_flag_signs_nothing(app: Flask, provider_client: Any, visit: UUID) -> None:
    answer = sign(app, provider_client, visit, "adapt", **{f"decision-{uuid4().hex}": "cleared"})
    assert answer.status_code == 409
    assert "nothing was signed" in answer.text


@one_database
@pytest.mark.parametrize("field", ["signed_by", "outcome", "severity", "patient_id", "role"])
def test_extra_fields_sign_nothing(app: Flask, provider_client: Any, visit: UUID, field: str) -> None:
    assert sign(app, provider_client, visit, "adapt", **{field: "ready"}).status_code == 409


def test_a_page_that_was_open_too_long_keeps_every_decision(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    answer = sign(app, provider_client, visit, "adapt", csrf_token="stale")
    assert answer.status_code == 422
    assert "open for a long time" in answer.text
    assert provider_client.send(answer, button="Save and sign").status_code == 303


def test_answers_that_came_in_meanwhile_are_read_first(app: Flask, provider_client: Any) -> None:
    with app.app_context():
        made = appointment()
        answered(made)
        visit = made.id
    page = provider_client.get(address(visit))
    with app.app_context():
        answered(db.session.get(Appointment, visit), {"also": ["o5"]})  # type: ignore[arg-type]
    answer = provider_client.send(page, button="Save and sign")
    assert answer.status_code in (409, 422)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignOff)) == 0


def test_the_same_flags_on_other_answers_are_a_conflict(app: Flask, provider_client: Any) -> None:
    with app.app_context():
        made = appointment()
        answered(made)
        visit = made.id
    page = provider_client.get(address(visit))
    with app.app_context():
        answered(db.session.get(Appointment, visit), {"ask.provider": "One more thing"})  # type: ignore[arg-type]
    answer = provider_client.send(page, button="Save and sign")
    assert answer.status_code == 409
    assert "New answers came in" in answer.text


def test_L7_new_answers_void_the_sign_off_and_both_stay_on_record(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    sign(app, provider_client, visit, "cleared")
    with app.app_context():
        answered(db.session.get(Appointment, visit), WARFARIN)  # type: ignore[arg-type]
    page = provider_client.get(address(visit)).text
    assert "Needs review" in page
    assert "tone-green" not in page
    assert "What changed since the last signed answers" in page
    assert "Sign-off no longer valid" in page
    assert "New answers were received" in page
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignOff)) == 1
        assert db.session.scalar(select(func.count()).select_from(SignOffVoid)) == 1


def test_signing_again_replaces_what_was_signed(app: Flask, provider_client: Any, visit: UUID) -> None:
    sign(app, provider_client, visit, "cleared")
    assert "Save and sign" not in provider_client.get(address(visit)).text
    again = provider_client.get(address(visit) + "?again=1")
    provider_client.send(again, decide(app, visit, "refer"), button="Save and sign")
    page = provider_client.get(address(visit)).text
    assert "Do not treat" in page
    assert "Signed again on the same answers" in page


def test_out_of_date_answers_cannot_be_signed(app: Flask, provider_client: Any, clock: Any) -> None:
    with app.app_context():
        made = appointment(clock() + timedelta(days=40))
        answered(made, WARFARIN)
        where = address(made.id)
    page = provider_client.get(where)
    assert "out of date" in page.text
    assert "Save and sign" not in page.text


def test_a_session_that_was_signed_is_marked_as_held(app: Flask, provider_client: Any, visit: UUID) -> None:
    sign(app, provider_client, visit, "cleared")
    provider_client.send(provider_client.get(address(visit)), button="Mark the session as held")
    assert "Done" in provider_client.get(address(visit)).text
    with app.app_context():
        assert db.session.scalar(select(Override.id)) is None


def test_a_session_without_a_screening_takes_a_reason_that_is_counted(
    app: Flask, provider_client: Any
) -> None:
    with app.app_context():
        where = address(appointment().id)
    page = provider_client.get(where)
    refused = provider_client.send(page, button="Mark it as held")
    assert refused.status_code == 409
    assert "no valid screening" in refused.text
    held = provider_client.send(page, {"reason": "The server was down"}, button="Mark it as held")
    assert held.status_code == 303
    assert "The server was down" in provider_client.get(where).text
    with app.app_context():
        assert db.session.scalars(select(Override.state)).all() == ["not-sent"]


def test_L8_the_gate_waits_for_the_question_on_arrival(app: Flask, provider_client: Any, clock: Any) -> None:
    with app.app_context():
        made = appointment(clock() + timedelta(days=1))
        answered(made)
        visit = made.id
    provider_client.send(provider_client.get(address(visit)), button="Save and sign")
    clock.pass_time(days=1)
    still_here(app, clock)
    page = provider_client.get(address(visit))
    assert "not asked again on arrival" in page.text
    assert provider_client.send(page, button="Mark it as held").status_code == 409


def test_a_call_reaches_the_desk(app: Flask, provider_client: Any, desk_client: Any, visit: UUID) -> None:
    page = provider_client.get(address(visit))
    provider_client.send(page, {"about": "Which hospital?"}, button="Ask the desk to call")
    assert "Which hospital?" in desk_client.get(f"/desk/appointments/{visit}").text
    assert "Waiting for our call" in desk_client.get("/desk/").text


def test_any_provider_may_sign_and_the_page_says_whose_patient_it_is(
    app: Flask, signed_in: Any, visit: UUID
) -> None:
    second = signed_in("second")
    assert "This is an appointment of Pat Provider" in second.get(address(visit)).text
    assert sign(app, second, visit, "adapt").status_code == 303
    assert "Signed by Sam Second" in second.get(address(visit)).text


@pytest.mark.parametrize("who", ["desk", "admin", "lead"])
def test_only_a_provider_signs(app: Flask, signed_in: Any, visit: UUID, who: str) -> None:
    assert (
        signed_in(who).post(f"{address(visit)}/sign", data=decide(app, visit, "cleared")).status_code == 403
    )


def test_an_appointment_that_does_not_exist_says_so(provider_client: Any) -> None:
    assert provider_client.get(address(uuid4())).status_code == 404
    assert provider_client.get("/provider/appointments/1").status_code == 404


def test_a_patient_who_has_not_answered_is_waited_for(app: Flask, provider_client: Any) -> None:
    with app.app_context():
        made = appointment()
        where = address(made.id)
        assert "has not given the patient a link" in provider_client.get(where).text
        link(made)
    assert "has a link and has not sent answers" in provider_client.get(where).text


def test_what_was_signed_for_one_patient_says_nothing_of_another(app: Flask, provider_client: Any) -> None:
    with app.app_context():
        one, other = appointment(), appointment(name="Kim Another")
        answered(one)
        answered(other)
        signed(one)
        where = address(other.id)
    assert "tone-green" not in provider_client.get(where).text


def test_a_second_device_of_a_kind_is_told_apart(app: Flask, provider_client: Any) -> None:
    with app.app_context():
        made = appointment()
        answered(made, devices(device("metalwork", loc="knee-left"), device("metalwork", loc="ankle-right")))
        where = address(made.id)
    page = provider_client.get(where).text
    assert len(re.findall(r"device 1, knee, left", page)) == 1
    assert len(re.findall(r"device 2, ankle or foot, right", page)) == 1


def test_at_the_next_visit_the_page_begins_with_what_changed_since_the_last(
    app: Flask, provider_client: Any
) -> None:
    with app.app_context():
        first = appointment()
        answered(first, WARFARIN)
        signed(first, Decision.ADAPT)
        with writing():
            again = add_another_appointment(
                first.patient,
                contact="",
                starts_at=first.starts_at + timedelta(days=7),
                provider_id=first.provider_id,
                planned=["MA"],
                at=first.created_at,
                by=DESK,
            )
        answered(again)
        where = address(again.id)
    page = provider_client.get(where).text
    assert "What changed since the last signed answers" in page
    assert page.index("What changed") < page.index("What can be offered")
    assert "Warfarin" in page


@pytest.mark.parametrize("odd", [{"csrf_token": "stale"}, {"postponed_until": "x" * 11}])
def test_L7_a_page_that_is_sent_back_never_takes_newer_answers_for_those_that_were_read(
    app: Flask, provider_client: Any, odd: dict[str, str]
) -> None:
    with app.app_context():
        made = appointment()
        answered(made)
        visit = made.id
    page = provider_client.get(address(visit))
    with app.app_context():
        answered(db.session.get(Appointment, visit), {"ask.provider": "One more thing"})  # type: ignore[arg-type]
    answer = provider_client.send(page, odd, button="Save and sign")
    assert answer.status_code == 409
    assert "New answers came in" in answer.text
    assert "One more thing" in answer.text


def test_two_marks_of_what_is_signed_are_an_error(app: Flask, provider_client: Any, visit: UUID) -> None:
    answer = sign(app, provider_client, visit, "adapt", digest=["a", "b"])
    assert answer.status_code in (400, 409, 422)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(SignOff)) == 0


@pytest.mark.parametrize(("added", "state"), [("EA", "Needs review"), ("AU", "Needs review"), ("", "Ready")])
def test_L1_what_was_cleared_as_planned_is_reviewed_again_when_more_is_planned(
    app: Flask, provider_client: Any, desk_client: Any, added: str, state: str
) -> None:
    with app.app_context():
        made = appointment(planned=("MA",))
        answered(made, devices(device("pacemaker")))
        visit = made.id
    sign(app, provider_client, visit, "cleared")
    change = desk_client.get(f"/desk/appointments/{visit}/change")
    planned = [code for code in ("MA", added) if code]
    assert desk_client.send(change, {"planned": planned, "time": "16:00"}).status_code == 303
    page = provider_client.get(address(visit)).text
    assert f">{state}</span>" in page
    assert ("What is planned was changed" in page) == bool(added)
    assert f">{state}</span>" in desk_client.get("/desk/").text


def test_days_are_said_as_people_say_them(
    app: Flask, provider_client: Any, desk_client: Any, visit: UUID
) -> None:
    sign(app, provider_client, visit, "postpone", postponed_until="2026-12-01")
    for page in (
        provider_client.get(address(visit)).text,
        desk_client.get(f"/desk/appointments/{visit}").text,
    ):
        assert "until Tuesday 1 December 2026" in page
        assert "01 December" not in page


def test_a_correction_is_shown_against_what_it_corrects_where_nothing_was_signed(
    app: Flask, provider_client: Any
) -> None:
    with app.app_context():
        made = appointment()
        first = answered(made)
        corrected(made, first, {"preg.status": "might-be"})
        visit = made.id
    page = provider_client.get(address(visit)).text
    assert "What changed since the last signed answers" not in page
    assert "What answers 2 changed against answers 1" in page
    assert "number 2, which corrects number 1" in page
    assert "online, by the patient" in page
    assert "I might be (for example my period is late)" in page
    assert "No longer valid" not in page


def test_a_signature_that_no_longer_counts_stays_struck_through_with_who_when_and_why(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    sign(app, provider_client, visit, "adapt")
    with app.app_context():
        made = db.session.get(Appointment, visit)
        first = latest_submission(visit)
        assert made is not None
        assert first is not None
        corrected(made, first, {"preg.status": "no", **WARFARIN})
    page = provider_client.get(address(visit))
    (old,) = [words(each) for each in parsed(page.text).iter("li") if each.get("class") == "voided"]
    assert old.startswith("Signed by Pat Provider, 23 November 2026, 09:00: Ready with changes, on answers 1")
    assert "No longer valid since 23 November 2026, 09:00. The patient corrected answers, by Patient" in old
    assert "answers 2, online, by the patient" in old
    assert "Adapt" in old
    assert "Signed by Pat Provider</h2>" not in page.text
    sign(app, provider_client, visit, "adapt")
    again = provider_client.get(address(visit)).text
    assert "Signed by Pat Provider</h2>" in again
    assert again.count('class="voided"') == 1


def test_a_change_that_was_begun_and_not_sent_is_said(
    app: Flask, client: Any, provider_client: Any, visit: UUID
) -> None:
    with app.app_context():
        made = db.session.get(Appointment, visit)
        assert made is not None
        token = link(made)
        answered(made, RISKS)
    begin(client, token)
    assert "was begun and is not sent" not in provider_client.get(address(visit)).text
    client.send(client.get("/s/sent"), button="Change my answers")
    assert "was begun and is not sent" in provider_client.get(address(visit)).text
