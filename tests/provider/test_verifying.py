"""What turns out when the patient is asked stands beside what was reported, never instead of it."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from screening.extensions import db
from screening.records.answers import flags_of, latest_submission
from screening.storage.models import Event, VerifiedAnswer
from tests.support.acupuncture import WARFARIN, device, devices
from tests.support.deciding import acts, address, answer_again, sign
from tests.support.factories import answered, appointment
from tests.support.pages import folded, form_fields, parsed

NOTE = "Note this beside the answer"
UNSURE = (
    WARFARIN | {"preg.status": "not-sure"} | devices(device("pacemaker", depend="not-sure"), device("other"))
)


@pytest.fixture
def visit(app: Flask) -> UUID:
    with app.app_context():
        made = appointment()
        answered(made, UNSURE)
        return made.id


# What was asked last at which place of a visit: a question is looked for there first, and then where nobody looked.
SEEN: dict[str, str] = {}


def asking(client: Any, visit: UUID, key: str) -> Any:
    """The page on which a question is noted, found as a reader would: by trying the links of the visit."""
    links = dict.fromkeys(re.findall(r'href="[^"]+/answers/(\d+)"', client.get(address(visit)).text))
    for place in sorted(links, key=lambda place: (SEEN.get(place) != key, place in SEEN)):
        page = client.get(f"{address(visit)}/answers/{place}")
        (SEEN[place],) = re.findall(r'name="question" value="([^"]+)"', page.text)
        if SEEN[place] == key:
            return page
    raise AssertionError(f"no page asks about {key}")


def note(client: Any, visit: UUID, key: str, answer: Any, source: str = "said") -> Any:
    page = asking(client, visit, key)
    return client.send(page, {"answer": answer, "source": source}, button=NOTE)


def test_a_verified_answer_stands_beside_the_reported_one(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    before = flag_rules(app, visit)
    assert note(provider_client, visit, "imp.depend:0", "no", "card").status_code == 303
    page = folded(provider_client.get(address(visit)).text)
    assert page.count("Verified with the patient") >= 3
    assert "It is on the device card · Pat Provider, Monday 23 November, 09:00" in page
    assert "Ask before treatment" in page
    assert "Not sure" in page
    assert flag_rules(app, visit) == before
    assert "An answer was verified" in page


def flag_rules(app: Flask, visit: UUID) -> list[tuple[str, int]]:
    with app.app_context():
        latest = latest_submission(visit)
        assert latest is not None
        return [(flag.rule, int(flag.severity)) for _, flag in flags_of(latest)]


def test_it_clears_nothing_by_itself(app: Flask, provider_client: Any, visit: UUID) -> None:
    note(provider_client, visit, "preg.status", "no")
    page = provider_client.get(address(visit))
    assert "Needs review" in page.text
    assert provider_client.send(page, button="Save and sign").status_code == 422


def test_the_latest_is_on_top_and_earlier_ones_stay(
    app: Flask, provider_client: Any, visit: UUID, clock: Any
) -> None:
    note(provider_client, visit, "bleed.medicine", ["apixaban"])
    clock.pass_time(minutes=5)
    note(provider_client, visit, "bleed.medicine", ["warfarin", "aspirin"], "packet")
    answers = provider_client.get(address(visit)).text.partition("All answers")[2]
    assert answers.index("medicine packet") < answers.index("Verified before that")
    assert answers.index("Verified before that") < answers.index("Apixaban")


def test_L2_nothing_is_chosen_beforehand_and_both_must_be_told(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    for link in dict.fromkeys(
        re.findall(r'href="([^"]+/answers/\d+)"', provider_client.get(address(visit)).text)
    ):
        page = provider_client.get(link)
        form = next(
            form for form in parsed(page.text).iter("form") if "/sign-out" not in str(form.get("action"))
        )
        sent = {name for name, values in form_fields(form).items() if any(values)}
        assert sent == {"csrf_token", "submission", "question"}
        answer = provider_client.send(page, button=NOTE)
        assert answer.status_code == 422
        assert "Choose how you know it" in answer.text
        assert "in-person" not in page.text
    with app.app_context():
        assert db.session.scalar(select(VerifiedAnswer.id)) is None


@pytest.mark.parametrize(
    ("key", "fields", "status"),
    [
        ("preg.status", {"answer": "perhaps"}, 422),
        ("preg.status", {"answer": ["no", "yes"]}, 422),
        ("bleed.medicine", {"answer": ["none", "warfarin"]}, 422),
        ("bleed.inr.date", {"answer-day": "31", "answer-month": "2", "answer-year": "2026"}, 422),
        ("bleed.inr.date", {"answer-day": "20", "answer-month": "11", "answer-year": "2027"}, 422),
        ("bleed.inr.date", {"answer-day": "20", "answer-month": "11", "answer-year": "2026"}, 303),
        ("imp.kind:1", {"answer": "port"}, 303),
        ("imp.kind.text:1", {"answer": ""}, 422),
        ("imp.kind.text:1", {"answer": "A <b>port</b>"}, 303),
        ("imp.loc:0", {"answer": "chest-left"}, 303),
        ("also", {"answer": ["o8"]}, 303),
        ("preg.status", {"answer": "no", "source": "guess"}, 422),
    ],
)
def test_each_question_is_noted_in_its_own_field(
    app: Flask, provider_client: Any, visit: UUID, key: str, fields: dict[str, Any], status: int
) -> None:
    page = asking(provider_client, visit, key)
    answer = provider_client.send(page, {"source": "said"} | fields, button=NOTE)
    assert answer.status_code == status
    with app.app_context():
        assert (db.session.scalar(select(VerifiedAnswer.id)) is not None) is (status == 303)


def test_devices_that_the_patient_wants_to_name_in_person_are_noted_as_kinds(
    app: Flask, provider_client: Any
) -> None:
    with app.app_context():
        made = appointment()
        answered(made, {"imp.any": "yes", "imp.devices": "in-person"})
        visit = made.id
    assert note(provider_client, visit, "imp.devices", ["pacemaker", "stent-filter"]).status_code == 303
    page = provider_client.get(address(visit)).text
    assert "Pacemaker; " in page


def test_new_answers_begin_without_verified_ones(app: Flask, provider_client: Any, visit: UUID) -> None:
    note(provider_client, visit, "preg.status", "no")
    answer_again(app, visit, UNSURE)
    assert "Verified with the patient" not in provider_client.get(address(visit)).text
    with app.app_context():
        assert db.session.scalar(select(VerifiedAnswer.answer)) == "no"


def test_what_was_found_out_stays_when_new_answers_came_in(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    page = asking(provider_client, visit, "preg.status")
    answer_again(app, visit, UNSURE | {"preg.status": "no"})
    late = provider_client.send(page, {"answer": "yes", "source": "result"}, button=NOTE)
    assert late.status_code == 409
    assert "New answers came in" in late.text
    assert 'value="yes" checked' in late.text.replace(' id="answer-1"', "")
    assert provider_client.send(late, button=NOTE).status_code == 303


def test_what_was_found_out_is_shown_where_its_question_is_gone(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    page = asking(provider_client, visit, "imp.loc:1")
    answer_again(app, visit, WARFARIN)
    late = provider_client.send(page, {"answer": "knee-left", "source": "card"}, button=NOTE)
    assert late.status_code == 409
    assert "New answers came in" in late.text
    assert "You had noted: Where in or on your body is it? Knee, left" in late.text
    assert provider_client.send(page, {"question": "no.such"}, button=NOTE).status_code == 409
    with app.app_context():
        assert db.session.scalar(select(VerifiedAnswer.id)) is None


def test_L6_a_verified_answer_is_never_changed(app: Flask, provider_client: Any, visit: UUID) -> None:
    note(provider_client, visit, "preg.status", "no")
    with app.app_context(), pytest.raises(Exception, match="append-only"):
        db.session.execute(update(VerifiedAnswer).values(by_name="x"))


def test_L10_neither_the_event_nor_the_address_nor_the_title_tells_an_answer(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    page = asking(provider_client, visit, "imp.depend:0")
    assert re.fullmatch(rf"/provider/appointments/{visit}/answers/\d+", page.request.full_path.rstrip("?"))
    assert "<title>Note what you found out - " in page.text
    note(provider_client, visit, "imp.depend:0", "no", "card")
    assert acts(app).count("answer verified") == 1
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.act == "answer verified")).one()
        assert set(event.on) == {"appointment", "submission", "verified", "from", "request"}


def test_after_the_visit_nothing_more_is_noted(app: Flask, provider_client: Any, visit: UUID) -> None:
    page = asking(provider_client, visit, "preg.status")
    sign(app, provider_client, visit, "adapt")
    provider_client.send(provider_client.get(address(visit)), button="Mark the session as held")
    assert "Note what you found out" not in provider_client.get(address(visit)).text
    late = provider_client.send(page, {"answer": "no", "source": "said"}, button=NOTE)
    assert late.status_code == 409
    assert "You had noted" in late.text


def test_a_place_that_does_not_exist_says_so(provider_client: Any, visit: UUID) -> None:
    assert provider_client.get(f"{address(visit)}/answers/999").status_code == 404


def test_what_is_no_answer_is_shown_as_typed_when_new_answers_came(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    page = asking(provider_client, visit, "preg.status")
    for question, typed in (
        ("bleed.inr.value", {"answer": "1_0 x\x00"}),
        ("bleed.inr.date", {"answer-day": "3٣"}),
    ):
        late = provider_client.send(page, {"question": question, "source": "said", **typed}, button=NOTE)
        assert late.status_code == 409
        assert "You had noted" in late.text
        assert ("1_0 x\ufffd" in late.text) or ("3٣" in late.text)
