"""The patient's forms without the web: what is typed comes in, answers or instructions come out."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from screening.domain.protocol.loading import acupuncture
from screening.questionnaire.forms import QuestionsForm, questions_form, strays
from screening.questionnaire.routing import KINDS_PAGE, Page

PROTOCOL = acupuncture()


@pytest.fixture(autouse=True)
def app() -> Iterator[Flask]:
    app = Flask("forms")
    app.config.update(SECRET_KEY="only for this test", WTF_CSRF_ENABLED=False)
    with app.app_context():
        yield app


def page_of(*ids: str, key: str = "topic:any") -> Page:
    return Page(key, 1, tuple(PROTOCOL.questions[name] for name in ids))


def sent(app: Flask, page: Page, *pairs: tuple[str, str]) -> QuestionsForm:
    with app.test_request_context(method="POST", data=MultiDict(pairs)):
        form = questions_form(page)
        form.today = date(2026, 11, 23)
        form.validate()
    return form


def message(form: QuestionsForm, name: str) -> str:
    return str(form[name].errors[0]) if form[name].errors else ""


STATUS, INR, VALUE, WHEN = "preg.status", "bleed.inr", "bleed.inr.value", "bleed.inr.date"
TYPED, MEDICINE, PLACE = "bleed.medicine.text", "bleed.medicine", "imp.loc"


@pytest.mark.parametrize("question", list(PROTOCOL.questions.values()), ids=lambda question: question.id)
def test_L2_no_answer_is_preselected(app: Flask, question: Any) -> None:
    if question.kind == "devices" or question.is_listed:
        return
    with app.test_request_context():
        field = questions_form(page_of(question.id))[question.id]
    assert not any(field.is_chosen(option.code) for option in question.options)
    typed = field.typed
    assert not any(typed.values() if isinstance(typed, dict) else typed or ())


@pytest.mark.parametrize("question", list(PROTOCOL.questions.values()), ids=lambda question: question.id)
def test_every_question_shown_must_be_answered_unless_it_is_optional(app: Flask, question: Any) -> None:
    if question.kind == "devices" or question.is_listed:
        return
    form = sent(app, page_of(question.id))
    assert bool(message(form, question.id)) is not question.optional
    assert form.answers() == {}


@pytest.mark.parametrize("question", list(PROTOCOL.questions.values()), ids=lambda question: question.id)
def test_L2_every_choice_can_be_answered_with_not_sure_and_in_person(app: Flask, question: Any) -> None:
    if question.kind in ("devices", "text", "number") or question.is_listed:
        return
    name = f"{question.id}-other" if question.kind == "date" else question.id
    for code in ("not-sure", "in-person"):
        form = sent(app, page_of(question.id), (name, code))
        assert form.answers() == {question.id: [code] if question.kind == "many" else code}


def test_a_choice_is_an_answer(app: Flask) -> None:
    assert sent(app, page_of(STATUS), (STATUS, "yes")).answers() == {STATUS: "yes"}


@pytest.mark.parametrize(
    "pairs",
    [
        [(STATUS, "no"), (STATUS, "yes")],
        [(STATUS, "no"), (STATUS, "no")],
        [(STATUS, "maybe")],
        [(STATUS, "YES")],
        [(STATUS, "no\x00")],
        [(STATUS, "")],
        [(STATUS, "0" * 100_000)],
    ],
)
def test_anything_but_one_option_of_the_page_is_an_error(app: Flask, pairs: list[tuple[str, str]]) -> None:
    form = sent(app, page_of(STATUS), *pairs)
    assert message(form, STATUS)
    assert form.answers() == {}


def test_a_tick_list_takes_several_ticks_in_the_order_of_the_question(app: Flask) -> None:
    form = sent(app, page_of(MEDICINE), (MEDICINE, "aspirin"), (MEDICINE, "warfarin"), (MEDICINE, "not-sure"))
    assert form.answers() == {MEDICINE: ["warfarin", "aspirin", "not-sure"]}


@pytest.mark.parametrize("ticks", [["none", "warfarin"], ["warfarin", "warfarin"], ["warfarin", "sugar"], []])
def test_a_tick_list_refuses_what_makes_no_sense_and_keeps_the_ticks(app: Flask, ticks: list[str]) -> None:
    form = sent(app, page_of(MEDICINE), *[(MEDICINE, tick) for tick in ticks])
    assert message(form, MEDICINE)
    assert form.answers() == {}
    assert form[MEDICINE].typed == ticks


@pytest.mark.parametrize("typed", ["a\x00b", "a\x1bb", "a\tb", "\x7f", "a\u2028b", "x" * 2_000])
def test_text_that_cannot_be_kept_is_refused_and_shown_again(app: Flask, typed: str) -> None:
    form = sent(app, page_of(TYPED), (TYPED, typed))
    assert message(form, TYPED)
    assert form.answers() == {}
    assert form[TYPED].typed == typed.strip()


@pytest.mark.parametrize(
    ("typed", "kept"), [(" Fenprocoumon \n", "Fenprocoumon"), ("a\r\nb", "a\nb"), ("<b>=1+1", "<b>=1+1")]
)
def test_text_is_kept_as_typed_without_spaces_around(app: Flask, typed: str, kept: str) -> None:
    assert sent(app, page_of(TYPED), (TYPED, typed)).answers() == {TYPED: kept}


@pytest.mark.parametrize(("typed", "kept"), [("2.4", 2.4), ("3", 3), (" 2.50 ", 2.5)])
def test_a_number_with_digits_is_an_answer(app: Flask, typed: str, kept: float) -> None:
    assert sent(app, page_of(VALUE), (VALUE, typed)).answers() == {VALUE: kept}


@pytest.mark.parametrize(
    "typed",
    [
        "1_0",
        "٣",
        "NaN",
        "inf",
        "1e400",
        "1e1",
        "-1",
        "+2",
        "0x2",
        "2,4",
        str(2**31),
        str(2**63),
        "9" * 5_000,
        "2.4.1",
        "²",
    ],
)
def test_any_other_number_is_refused(app: Flask, typed: str) -> None:
    form = sent(app, page_of(VALUE), (VALUE, typed))
    assert message(form, VALUE)
    assert form.answers() == {}


def day(*parts: str) -> list[tuple[str, str]]:
    return [(f"{WHEN}-{name}", part) for name, part in zip(("day", "month", "year"), parts, strict=True)]


def test_a_day_in_three_boxes_is_an_answer(app: Flask) -> None:
    assert sent(app, page_of(WHEN), *day("1", " 02", "2026")).answers() == {WHEN: "2026-02-01"}


@pytest.mark.parametrize(
    ("typed", "box", "mended"),
    [
        (("", "1", "2026"), "day", "Enter the day"),
        (("1", "March", "2026"), "month", "Enter the month as a number"),
        (("1", "1", "26"), "year", "four digits"),
        (("31", "2", "2026"), "day", "Enter a real date"),
    ],
)
def test_a_message_about_a_day_says_which_box(
    app: Flask, typed: tuple[str, str, str], box: str, mended: str
) -> None:
    form = sent(app, page_of(WHEN), *day(*typed))
    ((target, _),) = form.problems()
    assert target == f"q1-{box}"
    assert mended in message(form, WHEN)


@pytest.mark.parametrize(
    "pairs",
    [
        day("30", "2", "2026"),
        day("1", "1", "1"),
        day("1", "13", "2026"),
        day("٣", "1", "2026"),
        day("1", "1", "26"),
        day("", "1", "2026"),
        day("1_0", "1", "2026"),
        day("1" * 5_000, "1", "2026"),
        day("24", "11", "2026"),
        [*day("1", "1", "2026"), (f"{WHEN}-day", "2")],
        [*day("1", "1", "2026"), (f"{WHEN}-other", "not-sure")],
        [(f"{WHEN}-other", "not-sure"), (f"{WHEN}-other", "in-person")],
        [(f"{WHEN}-other", "never")],
    ],
)
def test_an_odd_day_is_refused_and_shown_again(app: Flask, pairs: list[tuple[str, str]]) -> None:
    form = sent(app, page_of(WHEN), *pairs)
    assert message(form, WHEN)
    assert form.answers() == {}


def test_one_wrong_answer_does_not_lose_the_others(app: Flask) -> None:
    form = sent(app, page_of(INR, VALUE), (INR, "in-range"), (VALUE, "lots"))
    assert form.answers() == {INR: "in-range"}
    assert form[VALUE].typed == "lots"
    assert form.problems() == [("q2", f"{message(form, VALUE)}: {PROTOCOL.questions[VALUE].wording}")]


def test_the_error_summary_leads_to_the_first_control(app: Flask) -> None:
    form = sent(app, page_of(STATUS, MEDICINE, WHEN, PLACE))
    assert [target for target, _ in form.problems()] == [
        "q1-1",
        "q2-1",
        "q3-day",
        "q4",
    ]


def test_errors_say_what_to_do(app: Flask) -> None:
    form = sent(app, page_of(STATUS))
    assert message(form, STATUS) == "Choose an answer"
    assert form.problems() == [("q1-1", f"Choose an answer: {PROTOCOL.questions[STATUS].wording}")]


def test_kinds_of_device_are_ticked_though_each_device_has_one(app: Flask) -> None:
    form = sent(
        app, page_of("imp.kind", key=KINDS_PAGE), ("imp.kind", "pacemaker"), ("imp.kind", "joint-replacement")
    )
    assert form.answers() == {"imp.kind": ["pacemaker", "joint-replacement"]}


def test_answers_to_questions_of_another_page_are_noticed() -> None:
    page = page_of(STATUS)
    assert strays(PROTOCOL, page, {"preg.weeks": "0-12"})
    assert strays(PROTOCOL, page, {f"{WHEN}-day": "1"})
    assert not strays(PROTOCOL, page, {STATUS: "no", "csrf_token": "x", "step": "continue"})
