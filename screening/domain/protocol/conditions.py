"""Whether a condition holds for some answers, and which answers made it hold.

A value that was given counts even where its question was not asked. A question that was asked and left blank
is unresolved, and never counts as "no".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from screening.domain.protocol.condition_forms import AnyDevice, Condition, NamedCondition, Test
from screening.domain.protocol.model import Protocol, Question
from screening.domain.protocol.vocabulary import CHOICE_KINDS, UNKNOWN_ANSWERS

Answers = Mapping[str, Any]
Causes = tuple["Because", ...]


@dataclass(frozen=True)
class Because:
    """One answer that a flag rests on; an answer of None means that the question was left blank."""

    question: str
    answer: str | int | float | None
    device: int | None = None


@dataclass(frozen=True)
class Situation:
    """The answers as seen from one place: the whole submission, or one of its devices."""

    protocol: Protocol
    answers: Answers
    on: date = date.min
    position: int | None = None
    device: Answers | None = None

    def value(self, question: Question) -> Any:
        if question.is_device:
            return (self.device or {}).get(question.device_key)
        return given(self.protocol, question, self.answers)

    def at_devices(self) -> Iterator[Situation]:
        for position, device in enumerate(devices_of(self.protocol, self.answers)):
            yield replace(self, position=position, device=device)


def given(protocol: Protocol, question: Question, answers: Answers) -> Any:
    """The answer as given. A line of the tick list is "yes" when ticked there, whatever else was said."""
    tick_list = protocol.list_of(question) if question.is_listed else None
    if tick_list and question.listed_as in _ticks(answers.get(tick_list.id)):
        return "yes"
    return answers.get(question.id)


def devices_of(protocol: Protocol, answers: Answers) -> list[Answers]:
    question = protocol.devices_question
    devices = answers.get(question.id) if question else None
    return list(devices) if isinstance(devices, list) else []


def causes(condition: Condition, at: Situation) -> Causes | None:
    """The answers that make the condition hold; None where it does not hold."""
    if isinstance(condition, Test):
        return _test_causes(condition, at)
    if isinstance(condition, NamedCondition):
        return causes(at.protocol.conditions[condition.name], at)
    if isinstance(condition, AnyDevice):
        return _any([causes(condition.part, place) for place in at.at_devices()])
    found = [causes(part, at) for part in condition.parts]
    return _all(found) if condition.form == "all" else _any(found)


def _any(found: list[Causes | None]) -> Causes | None:
    holding = [part for part in found if part is not None]
    return tuple(dict.fromkeys(cause for part in holding for cause in part)) if holding else None


def _all(found: list[Causes | None]) -> Causes | None:
    return _any(found) if None not in found else None


def is_asked(
    protocol: Protocol, question: Question, answers: Answers, device: int | Answers | None = None
) -> bool:
    """A line of the tick list is not asked on its own: the list itself is."""
    if question.asked in ("core", "listed"):
        return question.is_core
    if not question.is_device:
        return question.asked_when is not None and _holds(question.asked_when, Situation(protocol, answers))
    device = devices_of(protocol, answers)[device] if isinstance(device, int) else device
    if device is None:
        return False
    at = Situation(protocol, answers, device=device)
    return question.asked_when is None or _holds(question.asked_when, at)


def follow_ups(protocol: Protocol, answers: Answers) -> tuple[Question, ...]:
    """The follow-up questions asked now, in the order of the file, without the ones about one device."""
    candidates = (question for question in protocol.questions.values() if question.asked == "condition")
    return tuple(question for question in candidates if is_asked(protocol, question, answers))


def is_unresolved(
    protocol: Protocol, question: Question, answers: Answers, device: int | Answers | None = None
) -> bool:
    """Not sure, told in person, or asked and left blank."""
    device = devices_of(protocol, answers)[device] if isinstance(device, int) else device
    return _unknowns(question, Situation(protocol, answers, device=device)) is not None


def _holds(condition: Condition, at: Situation) -> bool:
    return causes(condition, at) is not None


def _unknowns(question: Question, at: Situation) -> tuple[str | None, ...] | None:
    value = at.value(question)
    if is_unanswered(value):
        blank = not question.optional and is_asked(at.protocol, question, at.answers, at.device)
        return (None,) if blank else None
    if question.kind in ("text", "number"):
        return None
    return tuple(tick for tick in _ticks(value) if tick in UNKNOWN_ANSWERS) or None


def is_unanswered(value: Any) -> bool:
    return value is None or value in ("", [])


def _ticks(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(item for item in value if isinstance(item, str))
    return (value,) if isinstance(value, str) else ()


def _test_causes(test: Test, at: Situation) -> Causes | None:
    question = at.protocol.questions[test.question]
    position = at.position if question.is_device else None
    found = _matches(test, question, at)
    return tuple(Because(test.question, answer, position) for answer in found) if found else None


def _matches(test: Test, question: Question, at: Situation) -> tuple[str | int | float | None, ...]:
    if test.form == "unresolved":
        return _unknowns(question, at) or ()
    value = at.value(question)
    if question.kind in CHOICE_KINDS:
        ticked = tuple(code for code in _ticks(value) if code in test.codes)
        return ticked if len(ticked) >= max(test.number, 1) else ()
    if test.form == "typed":
        return (value,) if isinstance(value, str) and value.strip() else ()
    if test.form == "above":
        return (value,) if isinstance(value, int | float) and value > test.number else ()
    return _aged(test, value, at.on)


def _aged(test: Test, value: Any, on: date) -> tuple[str, ...]:
    """A date after the appointment cannot be right, so it counts as too old and never as recent."""
    try:
        age = (on - date.fromisoformat(value)).days
    except (TypeError, ValueError):
        return ()
    recent = 0 <= age <= test.number
    return (value,) if recent == (test.form == "within_days") else ()
