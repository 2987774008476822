"""The walk against the plainest way: every combination tried one by one, on a protocol small enough for that."""

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import pytest

from screening.domain.assessment import assess
from screening.domain.protocol.conditions import is_asked
from screening.domain.protocol.loading import acupuncture
from screening.domain.protocol.model import Protocol, Question
from screening.domain.protocol.vocabulary import EXCLUSIVE_OPTIONS
from screening.domain.verification import total
from screening.domain.verification.laws import one_more_device, reporting_more, walk_of
from screening.domain.verification.reading import Reading
from screening.domain.verification.spaces import ON, Spaces
from screening.domain.verification.walking import Walk, fires
from screening.domain.verification.whole import whole_form
from tests.support.small_protocol import small

BLEEDING = ("bleed.medicine", "bleed.medicine.text", "bleed.inr.date", "bleed.inr.value")
DAYS = {0: "2026-11-23", 28: "2026-10-26", 29: "2026-10-25", -1: "2026-11-24"}


def spaces(protocol: Protocol) -> Spaces:
    return Spaces(Reading(protocol))


def every_answer(question: Question) -> list[Any]:
    """As a person would list them, with None for a blank."""
    codes = [option.code for option in question.options]
    if question.kind == "many":
        together = [code for code in codes if code not in EXCLUSIVE_OPTIONS]
        sets = [list(ticks) for size in range(1, 12) for ticks in combinations(together, size)]
        return [None, *([code] for code in codes if code in EXCLUSIVE_OPTIONS), *sets]
    more: dict[str, list[Any]] = {
        "text": ["words"],
        "number": [0, 2.9, 3, 3.1, 20],
        "date": [*DAYS.values()],
    }
    return [None, *codes, *more.get(question.kind, [])]


def every_form(protocol: Protocol, names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Each combination whose answers are all to questions that are asked."""
    for answers in product(*(every_answer(protocol.question(name)) for name in names)):
        form = {name: answer for name, answer in zip(names, answers, strict=True) if answer is not None}
        if all(is_asked(protocol, protocol.question(name), form) for name in form):
            yield form


def test_the_walk_raises_what_trying_every_combination_raises() -> None:
    protocol = small()
    own = spaces(protocol)
    rules = ["B9", "B8", "B10", "B20", "B17"]
    tried = {
        frozenset(flag.rule for flag in assess(protocol, form, [], ON).flags) & set(rules)
        for form in every_form(protocol, BLEEDING)
    }
    walked = {
        frozenset(rule for rule in rules if fires(own, rule, state)) for state in walk_of(own, rules).states()
    }
    assert walked == tried


@pytest.mark.parametrize(
    "name", ["bleed.medicine", "bleed.recent", "bleed.organs", "preg.concerns", "preg.status"]
)
def test_every_answer_to_a_question_is_counted_once(name: str) -> None:
    """All sets of ticks, not only pairs."""
    protocol = acupuncture()
    own = spaces(protocol)
    choices = own.choices(name, own.reading.bits_of(protocol.rules, protocol.questions))
    assert sum(choice.count for choice in choices) == len(every_answer(protocol.question(name)))


def test_each_set_of_ticks_holds_what_the_program_says() -> None:
    protocol = acupuncture()
    own = spaces(protocol)
    rules = ["B8", "B9", "B10", "B11", "B12", "B17", "B20"]
    known = {choice.holds for choice in own.choices("bleed.medicine", own.reading.bits_of(rules, []))}
    tests = own.reading.tests_at["bleed.medicine"]
    assert len(known) > 20
    for ticks in every_answer(protocol.question("bleed.medicine"))[1:]:
        holds = 0
        for test in tests:
            counted = len([code for code in ticks if code in test.codes])
            needed = max(int(test.number), 1)
            is_unknown = test.form == "unresolved" and not {"not-sure", "in-person"}.isdisjoint(ticks)
            holds |= own.reading.bits[test] * (
                is_unknown or (test.form != "unresolved" and counted >= needed)
            )
        assert holds & own.reading.bits_of(rules, []) in known


def test_the_number_of_combinations_is_that_of_trying_them() -> None:
    protocol = small()
    blanks = {"bleed.medicine.text", "bleed.inr.date", "bleed.inr.value"}
    counted = 0
    for form in every_form(protocol, BLEEDING):
        counted += 1
        assert blanks.issuperset(set(BLEEDING) - set(form)) or "bleed.medicine" not in form
    own = spaces(protocol)
    questions = own.reading.with_parents(BLEEDING)
    walk = Walk(own, questions, own.reading.bits_of([], questions))
    assert sum(state.count for state in walk.states()) == counted


def test_one_more_tick_is_a_step_also_from_an_answer_that_reports_something() -> None:
    own = spaces(small())
    walk = walk_of(own, ["B9", "B10"])
    one = next(
        state for state in walk.states() if state.choices["bleed.medicine", None].answer == ("warfarin",)
    )
    assert any(fires(own, "B10", state) for state in reporting_more(walk, one, ("bleed.medicine", None)))


def test_one_more_device_stands_beside_the_first() -> None:
    own = spaces(small())
    walk = walk_of(own, ["I1"])
    state = next(state for state in walk.states() if state.devices)
    wider = list(one_more_device(walk, state, ("imp.devices", None)))
    assert {len(more.devices) for more in wider} == {2}
    assert any(fires(own, "I1", more) for more in wider)
    assert all(more.choices["imp.kind", 0] == state.choices["imp.kind", 0] for more in wider)


def test_a_whole_form_answers_everything_that_is_asked() -> None:
    protocol = acupuncture()
    own = spaces(protocol)
    for state in walk_of(own, ["B18"]).states():
        form = whole_form(protocol, state)
        asked = [question for question in protocol.questions.values() if not question.is_device]
        left = {q.id for q in asked if q.id not in form and not q.optional and is_asked(protocol, q, form)}
        assert left == {name for (name, _), choice in state.choices.items() if choice.answer is None}


def test_topics_multiply_to_the_whole_form_where_they_do_not_touch() -> None:
    own = spaces(small())
    parts = {topic: total.topic_coverage(own, topic).combinations for topic in ("implants", "other")}
    medicine = total._part(own, "", own.reading.with_parents(BLEEDING)).combinations
    assert total.whole_coverage(own).combinations == parts["implants"] * parts["other"] * medicine
