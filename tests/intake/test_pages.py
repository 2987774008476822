"""The patient's pages through the front door, on both databases."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from screening.extensions import db
from screening.records.answers import flags_of
from screening.records.appointments import cancel_appointment
from screening.records.transaction import writing
from screening.storage.models import Draft, Submission
from tests.support.acupuncture import APIXABAN, PREGNANT, WARFARIN, device, devices
from tests.support.answering import answer_everything, begin, fields_for, fill_in, follow
from tests.support.databases import one_database
from tests.support.events import recorded_events
from tests.support.evidence import RULES
from tests.support.factories import DESK, NOTHING, PACEMAKER, anew, answered, appointment, link
from tests.support.pages import form_fields, parsed, words

CORE = NOTHING | {"bleed.medicine": ["warfarin"]}


@pytest.fixture
def token(app: Flask) -> str:
    with app.app_context():
        return link(appointment())


def stored(app: Flask) -> list[Submission]:
    with app.app_context():
        return list(db.session.scalars(select(Submission)))


def test_L5_a_patient_with_nothing_to_report_answers_one_page(app: Flask, client: Any, token: str) -> None:
    page = begin(client, token)
    assert page.request.path == "/s/questions"
    check = follow(client, client.send(page, NOTHING, button="Continue"))
    assert check.request.path == "/s/check"
    sent = follow(client, client.send(check))
    (submission,) = stored(app)
    assert submission.reference in sent.text
    assert submission.answers == NOTHING


def test_everything_that_was_answered_is_received_as_it_was_answered(
    app: Flask, client: Any, token: str
) -> None:
    answers = NOTHING | PREGNANT | WARFARIN | {"imp.any": "yes", "imp.devices": [PACEMAKER]}
    answers |= {"bleed.inr.value": 2.4, "ask.provider": "Does it hurt?"}
    answer_everything(client, token, answers)
    (submission,) = stored(app)
    assert submission.answers == answers


SAMPLES: dict[str, dict[str, Any]] = {
    "P1": {**PREGNANT, "preg.concerns": ["twins"]},
    "P2": {**PREGNANT, "preg.weeks": "0-12"},
    "P3": PREGNANT,
    "P4": {**PREGNANT, "preg.weeks": "37-or-more"},
    "P5": {"preg.status": "might-be"},
    "P6": {"preg.status": "trying", "preg.trying": "yes"},
    "P7": {"preg.status": "trying", "preg.trying": "no"},
    "P8": {**PREGNANT, "preg.carer": "no"},
    "B1": {"bleed.condition": "haemophilia", "bleed.severity": "severe"},
    "B2": {"bleed.condition": "von-willebrand", "bleed.severity": "mild"},
    "B7": {"bleed.condition": "other", "bleed.condition.text": "factor five"},
    "B8": WARFARIN,
    "B9": {**WARFARIN, "bleed.inr": "too-high"},
    "B10": {**APIXABAN, "bleed.medicine": ["apixaban", "aspirin"]},
    "B11": {"bleed.medicine": ["clopidogrel"], "bleed.why": "other"},
    "B12": {"bleed.medicine": ["aspirin"], "bleed.why": "other"},
    "B13": {"also": ["bleed-recent"], "bleed.recent": ["black-poo"]},
    "B14": {"also": ["b14"]},
    "B15": {"also": ["bleed-organs"], "bleed.organs": ["liver"]},
    "B16": {**APIXABAN, "also": ["bleed-organs"], "bleed.organs": ["kidney"]},
    "B17": {"bleed.medicine": ["not-sure"], "bleed.why": "other"},
    "B18": {**APIXABAN, "bleed.why": "heart-valve"},
    "B19": {"also": ["bleed-recent"], "bleed.recent": ["stroke"]},
    "B20": {"bleed.medicine": ["other"], "bleed.medicine.text": "a thinner", "bleed.why": "other"},
    "B21": {"bleed.condition": "in-person"},
    "I1": devices(device("pacemaker")),
    "I2": devices(device("pacemaker", depend="not-sure")),
    "I3": devices(device("icd")),
    "I4": devices(device("heart-pump")),
    "I5": devices(device("rhythm-recorder")),
    "I6": devices(device("nerve-stimulator")),
    "I7": devices(device("medicine-pump")),
    "I8": devices(device("insulin-pump")),
    "I9": devices(device("hearing-implant")),
    "I10": devices(device("joint-replacement")),
    "I11": devices(device("metalwork", date="under-6-weeks")),
    "I12": devices(device("metalwork")),
    "I13": devices(device("heart-valve")),
    "I14": devices(device("breast-body-implant")),
    "I15": devices(device("shunt")),
    "I16": devices(device("port")),
    "I17": devices(device("stent-filter")),
    "I18": devices(device("pacemaker", state="removed")),
    "I20": devices(device("pacemaker", issue="yes")),
    "I21": {"imp.any": "not-sure"},
    "I22": devices(device("contraceptive")),
    "I23": devices(device("other", text="a clip")),
    "C1": {**PREGNANT, **APIXABAN},
    "C2": {**devices(device("pacemaker")), **APIXABAN},
    "U4": {"also": ["not-sure"]},
    **{f"O{number}": {"also": [f"o{number}"]} for number in range(1, 15)},
}
for _rule, _count in {"B3": "under-50", "B4": "not-sure", "B5": "50-to-99", "B6": "100-or-more"}.items():
    SAMPLES[_rule] = {
        "bleed.condition": "low-platelets",
        "bleed.platelets": _count,
        "bleed.platelets.date": WARFARIN["bleed.inr.date"],
    }


# Every fourth at each save, all of them in the build.
SOONER_OR_LATER = [
    pytest.param(rule, marks=pytest.mark.proof if number % 4 else []) for number, rule in enumerate(SAMPLES)
]


def test_there_is_a_patient_for_every_rule() -> None:
    assert set(SAMPLES) == set(RULES)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("rule", SOONER_OR_LATER)
def test_every_rule_can_be_reached_through_the_form(app: Flask, client: Any, token: str, rule: str) -> None:
    answer_everything(client, token, NOTHING | SAMPLES[rule])
    (submission,) = stored(app)
    with app.app_context():
        assert rule in {flag.rule for _, flag in flags_of(submission)}


def test_L2_nothing_is_chosen_on_a_page_that_was_not_answered(client: Any, token: str) -> None:
    for page in (begin(client, token), client.get("/s/questions")):
        form = list(parsed(page.text).iter("form"))[-1]
        sent = form_fields(form)
        assert {name for name, values in sent.items() if any(values)} == {"csrf_token", "visit", "page"}


def test_L2_a_blank_page_is_not_taken(app: Flask, client: Any, token: str) -> None:
    page = begin(client, token)
    again = client.send(page, button="Continue")
    assert again.status_code == 422
    assert words(next(parsed(again.text).iter("title"))).startswith("Error: ")
    assert again.text.count('class="field-error"') == 5
    assert not stored(app)


def test_what_was_right_on_a_page_with_an_error_is_kept(client: Any, token: str) -> None:
    page = begin(client, token)
    again = client.send(page, {"preg.status": "no", "ask.provider": "Is it <b>cold</b>?"}, button="Continue")
    assert again.status_code == 422
    assert form_fields(list(parsed(again.text).iter("form"))[-1])["preg.status"] == ["no"]
    assert "Is it &lt;b&gt;cold&lt;/b&gt;?" in again.text


BAD: list[tuple[dict[str, Any], str]] = [
    ({"preg.status": ["no", "yes"]}, "Give one answer only"),
    ({"preg.status": "perhaps"}, "Choose an answer on this page"),
    ({"bleed.medicine": ["none", "warfarin"]}, "Tick either"),
    ({"bleed.medicine": ["warfarin", "warfarin"]}, "Choose from the answers"),
    ({"also": ["o99"]}, "Choose from the answers"),
    ({"ask.provider": "a\x00b"}, "special characters"),
    ({"ask.provider": "x" * 1001}, "1000 letters or fewer"),
    ({"ask.provider": ["one", "two"]}, "Give one answer only"),
]


@one_database
@pytest.mark.parametrize(("wrong", "message"), BAD)
def test_a_bad_answer_gets_a_clear_message_and_is_not_stored(
    app: Flask, client: Any, token: str, wrong: dict[str, Any], message: str
) -> None:
    page = begin(client, token)
    again = client.send(page, NOTHING | wrong, button="Continue")
    assert again.status_code == 422
    assert message in again.text
    assert not stored(app)


DATES = [("31", "2", "2026"), ("1", "13", "2026"), ("0", "1", "2026"), ("1", "1", "26"), ("1", "1", "20260")]
DATES += [
    ("\u0663", "1", "2026"),
    ("1_0", "1", "2026"),
    ("1e1", "1", "2026"),
    ("-1", "1", "2026"),
    ("", "1", "2026"),
]
DATES += [("1", "1", "0001"), ("1", "1", "2999"), ("1" * 400, "1", "2026"), ("1\x00", "1", "2026")]


@one_database
@pytest.mark.parametrize("day", DATES)
def test_an_odd_date_gets_a_clear_message(client: Any, token: str, day: tuple[str, str, str]) -> None:
    page = begin(client, token)
    page = follow(client, client.send(page, CORE, button="Continue"))
    wrong = fields_for(page, WARFARIN) | dict(
        zip((f"bleed.inr.date-{part}" for part in ("day", "month", "year")), day, strict=True)
    )
    again = client.send(page, wrong, button="Continue")
    assert again.status_code == 422
    assert "date" in again.text


@one_database
@pytest.mark.parametrize("number", ["1e400", "NaN", "2,4x", "-1", "21", "9" * 300, "٣", "1_0", "0x1"])
def test_an_odd_number_gets_a_clear_message(client: Any, token: str, number: str) -> None:
    page = begin(client, token)
    page = follow(client, client.send(page, CORE, button="Continue"))
    again = client.send(page, fields_for(page, WARFARIN) | {"bleed.inr.value": number}, button="Continue")
    assert again.status_code == 422
    assert "Enter a number" in again.text


def test_a_page_that_was_open_too_long_loses_nothing(app: Flask, client: Any, token: str) -> None:
    page = begin(client, token)
    again = client.send(page, NOTHING | {"csrf_token": "stale", "ask.provider": "Keep me"}, button="Continue")
    assert again.status_code == 422
    assert "open for a long time" in again.text
    assert "Keep me" in again.text
    check = follow(client, client.send(again, button="Continue"))
    assert check.request.path == "/s/check"


def test_a_start_page_that_was_open_too_long_starts_again(client: Any, token: str) -> None:
    again = client.send(client.get(f"/s/{token}"), {"csrf_token": "stale"})
    assert again.status_code == 422
    assert "Please press Start again" in again.text
    assert follow(client, client.send(again)).request.path == "/s/birth-date"


def test_answers_as_json_or_as_a_file_are_refused(app: Flask, client: Any, token: str) -> None:
    begin(client, token)
    assert client.post("/s/questions", json=NOTHING).status_code == 400
    assert not stored(app)


def test_L9_sending_twice_stores_once(app: Flask, client: Any, token: str) -> None:
    check = fill_in(client, begin(client, token), NOTHING)
    first = client.send(check)
    second = client.send(check)
    assert first.location == second.location
    assert len(stored(app)) == 1


def test_L9_a_page_that_comes_after_the_answers_were_sent_is_not_called_received(
    app: Flask, client: Any, token: str
) -> None:
    page = begin(client, token)
    check = follow(client, client.send(page, NOTHING, button="Continue"))
    follow(client, client.send(check))
    late = client.send(page, NOTHING | {"imp.any": "yes"}, button="Continue")
    assert late.status_code == 409
    assert "it is not saved" in late.text
    (submission,) = stored(app)
    assert submission.answers == NOTHING


def test_L9_what_the_page_calls_received_is_in_the_database(app: Flask, client: Any, token: str) -> None:
    sent = answer_everything(client, token, NOTHING)
    db_file = app.extensions["engine"]
    assert db_file
    (submission,) = stored(app)
    assert submission.reference in sent.text


def test_L10_no_answer_stands_in_an_address_or_a_title(app: Flask, client: Any, token: str) -> None:
    answers = NOTHING | PREGNANT | WARFARIN | {"imp.any": "yes", "imp.devices": [PACEMAKER]}
    page = begin(client, token)
    seen = []
    while page.request.path != "/s/check":
        title = words(next(parsed(page.text).iter("title")))
        seen.append((page.request.path, title))
        assert page.request.query_string == b""
        page = follow(client, client.send(page, fields_for(page, answers), button="Continue"))
    assert {title.partition(" - ")[0] for _, title in seen} == {
        "Your safety questions",
        "A few more questions",
    }
    assert [path for path, _ in seen] == ["/s/questions", *(f"/s/more/{n}" for n in range(1, len(seen)))]


def test_L10_what_an_address_can_end_with_names_no_question(client: Any, token: str) -> None:
    core = begin(client, token)
    more = follow(client, client.send(core, fields_for(core, CORE | PREGNANT), button="Continue"))
    blank = client.send(more, button="Continue")
    check = fill_in(client, blank, PREGNANT | WARFARIN)
    for shown in (blank, check):
        ends = {link.get("href", "").partition("#")[2] for link in parsed(shown.text).iter("a")}
        own = ends - {slug for slug in ends if f"/article/#{slug}" in shown.text} - {"", "content"}
        assert own
        assert all(re.fullmatch(r"q[0-9]+(-1|-day)?", end) for end in own), own


def test_a_change_link_leads_to_its_question(client: Any, token: str) -> None:
    check = fill_in(client, begin(client, token), NOTHING)
    (link_,) = [each for each in parsed(check.text).iter("a") if "Do any of these apply" in words(each)]
    path, _, anchor = (link_.get("href") or "").partition("#")
    (target,) = [each for each in parsed(client.get(path).text).iter() if each.get("id") == anchor]
    assert "Do any of these apply" in words(target)


def test_a_change_that_opens_a_question_leads_through_it(client: Any, token: str) -> None:
    check = fill_in(client, begin(client, token), NOTHING)
    page = client.get("/s/questions")
    more = follow(client, client.send(page, {"bleed.medicine": ["warfarin"]}, button="Continue"))
    assert more.request.path == "/s/more/1"
    check = fill_in(client, more, WARFARIN)
    assert "Warfarin" in check.text


def test_answers_whose_parent_changed_are_shown_as_dropped_and_not_sent(
    app: Flask, client: Any, token: str
) -> None:
    fill_in(client, begin(client, token), NOTHING | WARFARIN)
    page = client.get("/s/questions")
    check = follow(client, client.send(page, {"bleed.medicine": ["none"]}, button="Continue"))
    assert "Answers that we dropped" in check.text
    follow(client, client.send(check))
    (submission,) = stored(app)
    assert submission.answers == NOTHING


def test_another_device_loses_nothing(app: Flask, client: Any, token: str) -> None:
    client.send(begin(client, token), CORE, button="Continue")
    other = app.test_client()
    begin(other, token)
    again = other.get("/s/questions")
    assert form_fields(list(parsed(again.text).iter("form"))[-1])["bleed.medicine"] == ["warfarin"]


def test_a_link_that_nobody_issued_says_so(client: Any) -> None:
    assert client.get("/s/no-such-link").status_code == 404


def test_a_link_ends_after_the_visit(app: Flask, client: Any, clock: Any, token: str) -> None:
    clock.pass_time(days=2)
    page = client.get(f"/s/{token}")
    assert page.status_code == 410
    assert "This link has ended" in page.text


def test_a_new_link_ends_the_old_one(app: Flask, client: Any) -> None:
    with app.app_context():
        visit = appointment()
        old = link(visit)
        link(visit)
    assert "replaced" in client.get(f"/s/{old}").text


def test_a_cancelled_appointment_asks_nothing(app: Flask, client: Any, clock: Any) -> None:
    with app.app_context():
        visit = appointment()
        token = link(visit)
        with writing():
            cancel_appointment(anew(visit), clock(), DESK)
    assert client.get(f"/s/{token}").status_code == 410


def test_a_wrong_date_of_birth_is_counted_and_then_closes_the_link(
    app: Flask, client: Any, token: str
) -> None:
    page = follow(client, client.send(client.get(f"/s/{token}")))
    wrong = {"born-day": "28", "born-month": "3", "born-year": "1980"}
    for _ in range(4):
        page = client.send(page, wrong)
        assert page.status_code == 422
        assert "not the date that the clinic has" in page.text
    assert client.send(page, wrong).status_code == 410
    assert client.get(f"/s/{token}").status_code == 410
    with app.app_context():
        refused = recorded_events("birth date refused")
    assert len(refused) == 5


def test_without_the_link_no_page_opens(client: Any) -> None:
    for path in ("/s/birth-date", "/s/questions", "/s/more/1", "/s/check", "/s/sent"):
        assert client.get(path).status_code == 403


def test_without_the_date_of_birth_no_question_opens(client: Any, token: str) -> None:
    client.send(client.get(f"/s/{token}"))
    assert client.get("/s/questions").status_code == 403


def test_looking_at_a_link_stores_nothing(app: Flask, client: Any, token: str) -> None:
    client.get(f"/s/{token}")
    with app.app_context():
        assert db.session.scalar(select(Draft.appointment_id)) is None


def test_two_patients_in_one_browser_never_mix(app: Flask, client: Any, token: str) -> None:
    with app.app_context():
        second = link(appointment(name="Kim Another"))
    first_page = begin(client, token)
    begin(client, second)
    answer = client.send(first_page, NOTHING, button="Continue")
    assert answer.status_code == 409
    assert not stored(app)


@pytest.mark.parametrize(
    ("answers", "due"),
    [
        (NOTHING, ()),
        (WARFARIN, ("keep taking your medicines",)),
        ({"also": ["o11"]}, ("get emergency help now", "needs to talk with you")),
        ({"also": ["bleed-recent"], "bleed.recent": ["black-poo"]}, ("get emergency help now",)),
        (PREGNANT, ("If you are or might be pregnant",)),
    ],
)
def test_the_last_page_says_what_is_due(
    client: Any, token: str, answers: dict[str, Any], due: tuple[str, ...]
) -> None:
    text = answer_everything(client, token, NOTHING | answers).text
    for line in due:
        assert line.casefold() in text.casefold()
    if answers is NOTHING:
        assert "get emergency help now" not in text


def to_read(sent: Any) -> list[str]:
    return [(link_.get("href") or "").partition("#")[2] for link_ in parsed(sent.text).iter("a")]


def test_the_last_page_leads_to_what_concerns_these_answers_first(client: Any, token: str) -> None:
    said = NOTHING | PREGNANT | WARFARIN | devices(device("pacemaker"))
    slugs = [slug for slug in to_read(answer_everything(client, token, said)) if slug]
    assert set(slugs[1:4]) == {"safety-pregnancy", "safety-bleeding", "safety-implants"}


def test_the_last_page_leads_to_urgent_help_before_anything_else(client: Any, token: str) -> None:
    slugs = [slug for slug in to_read(answer_everything(client, token, NOTHING | {"also": ["o11"]})) if slug]
    assert slugs[1] == "safety-get-help"


FORBIDDEN = (
    "you are safe",
    "cleared",
    "low risk",
    "all clear",
    "no risk",
    "stop taking",
    "electroacupuncture: avoid",
)


@pytest.mark.parametrize("rule", ["B8", "B13", "I1", "P2", "C2", "O11", "U4"])
def test_L12_no_page_of_a_patient_reassures_or_advises(client: Any, token: str, rule: str) -> None:
    answers = NOTHING | SAMPLES[rule]
    page = begin(client, token)
    texts = [page.text]
    check = fill_in(client, page, answers)
    texts += [check.text, follow(client, client.send(check)).text]
    for text in texts:
        for words_ in FORBIDDEN:
            assert words_ not in text.casefold()


def test_after_sending_the_link_shows_what_was_received(app: Flask, client: Any, token: str) -> None:
    answer_everything(client, token, NOTHING)
    assert begin(client, token).request.path in ("/s/sent", "/s/questions")
    assert client.get("/s/questions").location == "/s/sent"
    assert len(stored(app)) == 1


def test_the_first_view_is_small(client: Any, token: str) -> None:
    """A poor phone line carries 14 KB in its first round trip."""
    import gzip
    import re

    page = client.get(f"/s/{token}")
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    weight = len(gzip.compress(page.data))
    for address in files:
        with client.get(address) as answer:
            weight += len(gzip.compress(answer.data))
    assert 1 + len(files) <= 3
    assert weight <= 14 * 1024


def test_the_page_of_questions_is_small_too(client: Any, token: str) -> None:
    import gzip

    page = begin(client, token)
    assert len(gzip.compress(page.data)) <= 11 * 1024


def test_L8_answers_of_another_appointment_are_never_carried_over(app: Flask, client: Any) -> None:
    with app.app_context():
        answered(appointment(), PREGNANT)
        token = link(appointment())
    page = begin(client, token)
    assert "preg.status" not in form_fields(list(parsed(page.text).iter("form"))[-1])


def test_the_time_between_pages_does_not_matter(app: Flask, client: Any, clock: Any) -> None:
    with app.app_context():
        token = link(appointment(clock() + timedelta(days=3)))
    page = begin(client, token)
    page = follow(client, client.send(page, CORE, button="Continue"))
    clock.pass_time(hours=30)
    begin(client, token)
    fill_in(client, client.get(page.request.path), WARFARIN)
    assert client.get("/s/check").status_code == 200


def to_the_first_device(client: Any, token: str, answers: dict[str, Any]) -> Any:
    page = begin(client, token)
    page = follow(client, client.send(page, fields_for(page, answers), button="Continue"))
    return follow(client, client.send(page, fields_for(page, answers), button="Continue"))


def test_two_devices_of_a_kind_each_get_a_page(app: Flask, client: Any, token: str) -> None:
    left, right = device("joint-replacement", loc="knee-left"), device("joint-replacement", loc="hip-right")
    said = NOTHING | devices(left, right)
    page = to_the_first_device(client, token, NOTHING | devices(left))
    again = client.send(page, fields_for(page, said), button="Continue, and add another one like this")
    page = follow(client, again)
    assert "Joint replacement (2 of 2)" in page.text
    check = follow(client, client.send(page, fields_for(page, said), button="Continue"))
    follow(client, client.send(check))
    (submission,) = stored(app)
    assert submission.answers == said


@pytest.mark.parametrize(
    ("kind", "heading"), [("not-sure", "What you are not sure about"), ("other", "Something else")]
)
def test_the_page_of_a_device_without_a_name_says_what_it_is_about(
    client: Any, token: str, kind: str, heading: str
) -> None:
    page = to_the_first_device(client, token, NOTHING | devices(device(kind)))
    assert heading in [words(each) for each in parsed(page.text).iter("h2")]


def test_a_device_that_was_added_by_mistake_can_be_removed(app: Flask, client: Any, token: str) -> None:
    said = NOTHING | devices(device("joint-replacement"))
    page = to_the_first_device(client, token, said)
    page = follow(client, client.send(page, fields_for(page, said), button="Continue, and add another"))
    check = follow(client, client.send(page, button="Remove this one"))
    assert check.request.path == "/s/check"
    follow(client, client.send(check))
    (submission,) = stored(app)
    assert submission.answers == said


def test_a_kind_that_is_not_sure_is_asked_about_and_flagged(app: Flask, client: Any, token: str) -> None:
    answer_everything(client, token, NOTHING | devices(device("not-sure")))
    (submission,) = stored(app)
    with app.app_context():
        assert [flag.rule for _, flag in flags_of(submission)] == ["I21"]


def test_devices_that_are_told_in_person_are_flagged(app: Flask, client: Any, token: str) -> None:
    answer_everything(client, token, NOTHING | {"imp.any": "yes", "imp.devices": ["in-person"]})
    (submission,) = stored(app)
    assert submission.answers["imp.devices"] == "in-person"
    with app.app_context():
        assert [flag.rule for _, flag in flags_of(submission)] == ["I21"]


def test_what_is_sent_is_what_was_checked(app: Flask, client: Any, token: str) -> None:
    check = fill_in(client, begin(client, token), NOTHING)
    client.send(client.get("/s/questions"), {"preg.status": "might-be"}, button="Continue")
    answer = client.send(check)
    assert answer.status_code == 422
    assert "changed in another window" in answer.text
    assert not stored(app)
    follow(client, client.send(answer))
    (submission,) = stored(app)
    assert submission.answers["preg.status"] == "might-be"


@pytest.mark.parametrize("path", ["/s/more/99", "/s/more/0"])
def test_a_page_that_is_not_asked_leads_to_the_one_that_is(client: Any, token: str, path: str) -> None:
    begin(client, token)
    assert client.get(path).status_code in (200, 303)


@pytest.mark.parametrize("path", ["/s/more/2147483648", "/s/more/99999999999999999999", "/s/more/٣"])
def test_a_page_that_no_form_can_have_is_not_found(client: Any, token: str, path: str) -> None:
    begin(client, token)
    assert client.get(path).status_code == 404


def test_a_page_of_a_device_that_is_gone_stores_nothing_elsewhere(
    app: Flask, client: Any, token: str
) -> None:
    said = NOTHING | devices(device("pacemaker"))
    page = to_the_first_device(client, token, said)
    client.send(client.get("/s/questions"), {"imp.any": "no"}, button="Continue")
    told = client.send(page, fields_for(page, said), button="Continue")
    assert told.status_code == 422
    assert "changed in another window" in told.text
    assert form_fields(list(parsed(told.text).iter("form"))[-1])["imp.any"] == ["no"]
    assert client.get("/s/check").status_code == 200


@pytest.mark.parametrize("key", [None, "", "device:7:pacemaker", "a\x00b"])
def test_a_page_that_names_no_page_of_the_form_says_that_it_was_not_kept(
    app: Flask, client: Any, token: str, key: str | None
) -> None:
    page = begin(client, token)
    told = client.send(page, NOTHING | {"page": key}, button="Continue")
    assert told.status_code == 422
    assert "not kept" in told.text
    assert "preg.status" not in form_fields(list(parsed(told.text).iter("form"))[-1])


def test_a_button_that_is_not_on_the_page_presses_nothing(app: Flask, client: Any) -> None:
    with app.app_context():
        visit = appointment()
        token = link(visit)
    page = begin(client, token)
    answer = client.send(page, {**fields_for(page, NOTHING), "step": "finish"})
    assert answer.status_code == 422
    assert "This page has changed since you opened it" in answer.text
    assert (
        client.send(page, {**fields_for(page, NOTHING), "step": ["continue", "another"]}).status_code == 400
    )
