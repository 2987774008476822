"""Questions and their options: what patients would be asked, in other words, more often or no longer."""

from __future__ import annotations

from collections.abc import Iterator

from screening.domain.comparing import implying
from screening.domain.comparing.difference import (
    Change,
    Difference,
    Direction,
    stricter_if,
    text_change,
    value_change,
)
from screening.domain.comparing.fields import other_fields
from screening.domain.protocol.model import Option, Protocol, Question
from screening.domain.protocol.wording import asked_in_words, freshness_in_words

_WORDS = {
    "wording": "The wording",
    "help": "The help",
    "why": "“Why we ask”",
    "short": "The short name",
}
_COMPARED = {*_WORDS, "freshness", "options", "asked", "asked_when", "optional", "id"}


def question_differences(old: Protocol, new: Protocol) -> Iterator[Difference]:
    for name in dict.fromkeys([*old.questions, *new.questions]):
        before, after = old.questions.get(name), new.questions.get(name)
        if before is None or after is None:
            yield _alone(old, new, name)
        elif changes := _changes(old, before, new, after):
            yield Difference("Question", name, "changed", tuple(changes), after.wording)
    shared = [name for name in old.questions if name in new.questions]
    if shared != [name for name in new.questions if name in old.questions]:
        moved = Change("The questions are asked in another order", Direction.LOOK)
        yield Difference("Question", "order", "changed", (moved,), "Order of the questions")


def _alone(old: Protocol, new: Protocol, name: str) -> Difference:
    protocol, what = (new, "added") if name in new.questions else (old, "removed")
    question = protocol.questions[name]
    way = Direction.LOOK if what == "added" else Direction.MILDER
    asked = f"asked {asked_in_words(protocol, question)}"
    change = Change(f"{what} ({way.label})", way, (), *(("", asked) if what == "added" else (asked, "")))
    return Difference("Question", name, what, (change,), question.wording)


def _changes(old: Protocol, before: Question, new: Protocol, after: Question) -> list[Change]:
    changes: list[Change] = []
    for name, label in _WORDS.items():
        changes += text_change(label, getattr(before, name), getattr(after, name))
    changes += _freshness(before, after)
    changes += _asked(old, before, new, after)
    if before.optional != after.optional:
        words = ["optional" if question.optional else "must be answered" for question in (before, after)]
        changes += value_change("Answering", words[0], words[1], stricter_if(not after.optional))
    changes += _options(before, after)
    return changes + other_fields(before, after, _COMPARED)


def _freshness(before: Question, after: Question) -> list[Change]:
    days = [question.freshness or 0 for question in (before, after)]
    return value_change(
        "An answer holds for",
        freshness_in_words(before),
        freshness_in_words(after),
        stricter_if(days[1] < days[0]),
    )


def _asked(old: Protocol, before: Question, new: Protocol, after: Question) -> list[Change]:
    words = asked_in_words(old, before), asked_in_words(new, after)
    if before.asked != after.asked or (before.asked_when is None) != (after.asked_when is None):
        way = stricter_if(after.asked_when is None) if before.asked == after.asked else Direction.LOOK
        return [Change(f"Asked at another time ({way.label})", way, (), *words)]
    if before.asked_when is None or after.asked_when is None:
        return []
    found = implying.direction(before.asked_when, old.conditions, after.asked_when, new.conditions)
    if found is None:
        return []
    says = {
        Direction.STRICTER: "Asked in more cases (stricter)",
        Direction.MILDER: "Asked in fewer cases (milder)",
    }
    return [Change(says.get(found, "Asked in other cases (please judge)"), found, (), *words)]


def _options(before: Question, after: Question) -> list[Change]:
    old = {option.code: option for option in before.options}
    new = {option.code: option for option in after.options}
    changes: list[Change] = []
    for code in dict.fromkeys([*old, *new]):
        was, now = old.get(code), new.get(code)
        if was is None or now is None:
            changes.append(_option_alone(was, now))
        else:
            changes += text_change(f"The label of the answer “{code}”", was.label, now.label)
            changes += other_fields(was, now, {"code", "label"}, Direction.WORDS)
    shared = [code for code in old if code in new]
    if shared != [code for code in new if code in old]:
        changes.append(Change("The answers are in another order", Direction.WORDS))
    return changes


def _option_alone(was: Option | None, now: Option | None) -> Change:
    if now is not None:
        return Change(f"The answer “{now.label}” added (please judge)", Direction.LOOK)
    assert was is not None
    return Change(f"The answer “{was.label}” removed (please judge)", Direction.LOOK)
