"""The answers that the form can produce to one question, put together where no comparison tells them apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, partial
from typing import Any

from screening.domain.protocol.condition_forms import Test
from screening.domain.protocol.conditions import Situation, causes
from screening.domain.protocol.model import Question
from screening.domain.protocol.vocabulary import EXCLUSIVE_OPTIONS, UNKNOWN_ANSWERS
from screening.domain.verification.reading import Reading
from screening.domain.verification.ticks import MOST_SETS, TickList, TooLarge

# An appointment's day: what ages is counted from it, so that any day will do.
ON = date(2026, 11, 23)
LISTED = "listed"
"""Devices are named: how many, and which, is walked device by device."""
_WORDS = "words of the patient"


@dataclass(frozen=True)
class Choice:
    """Answers to one question that no comparison looked at tells apart."""

    answer: Any
    """The plainest of them; None when the question was left blank."""
    holds: int
    count: int = 1
    """How many different answers it stands for; a date counts once for each age that rules distinguish."""
    answers: frozenset[Any] = frozenset()
    """The single answers among them: options, single ticks, days."""
    is_quiet: bool = False
    """Reports nothing."""

    @property
    def size(self) -> int:
        return (len(self.answer) or MOST_SETS) if isinstance(self.answer, tuple) else 1

    @property
    def order(self) -> tuple[bool, bool, int]:
        """What reports nothing comes first, then what is known, then few ticks."""
        return not self.is_quiet, is_unknown(self.answer), self.size


class Spaces:
    """The choices for each question of a protocol, by the comparisons that are looked at."""

    def __init__(self, reading: Reading) -> None:
        self.reading, self.protocol = reading, reading.protocol
        self.choices = cache(self._choices)
        self.grown = cache(self._grown)
        self.single_answers = cache(self._single_answers)
        self.tick_list = cache(self._tick_list)
        self._adds = cache(self._counts)

    def _choices(self, name: str, looked_at: int) -> tuple[Choice, ...]:
        """Everything that can be answered where the question is asked; what reports nothing comes first."""
        question = self.protocol.questions[name]
        singles = (
            Choice(
                answer,
                holds & looked_at,
                self._count(question, answer),
                frozenset({answer}),
                self.is_quiet(question, answer),
            )
            for answer, holds in self.single_answers(name)
        )
        several = self._tick_sets(name, looked_at) if question.kind == "many" else ()
        merged: dict[tuple[int, bool], Choice] = {}
        for choice in (*singles, *several):
            alike = choice.holds, choice.answer == LISTED
            merged[alike] = _together(merged[alike], choice) if alike in merged else choice
        if len(merged) > MOST_SETS:
            raise TooLarge(f"{name} has more than {MOST_SETS} answers that differ")
        return tuple(sorted(merged.values(), key=lambda choice: choice.order))

    def _count(self, question: Question, answer: Any) -> int:
        """A single tick is counted among the sets of ticks."""
        is_tick = isinstance(answer, tuple) and EXCLUSIVE_OPTIONS.isdisjoint(answer)
        return 0 if question.kind == "many" and is_tick else 1

    def is_quiet(self, question: Question, answer: Any) -> bool:
        """Reports nothing: the answer that says so, no number, no words, a day as near as can be."""
        if question.kind == "many":
            return isinstance(answer, tuple) and question.quiet_codes.issuperset(answer)
        if question.kind in ("text", "number"):
            return answer is None
        return answer in question.quiet_codes or answer == ON

    def _single_answers(self, name: str) -> tuple[tuple[Any, int], ...]:
        """Each answer but several ticks, with every comparison that it makes hold."""
        question = self.protocol.questions[name]
        given = [(answer, self._holds(question, answer)) for answer in self._given(question)]
        blank = 0 if question.optional else self._bits(question, (test for test in self._own(question)))
        return (*given, (None, blank))

    def _own(self, question: Question) -> Iterator[Test]:
        """The comparisons that hold where the question was asked and left blank."""
        tests = self.reading.tests_at[question.id]
        yield from (test for test in tests if test.form == "unresolved" and test.question == question.id)

    def _bits(self, question: Question, tests: Iterable[Test]) -> int:
        return sum(self.reading.bits[test] for test in tests)

    def _given(self, question: Question) -> Iterator[Any]:
        codes = [option.code for option in question.options]
        if question.kind == "many":
            yield from ((code,) for code in codes)
            return
        yield from codes
        if question.kind == "devices":
            yield LISTED
        elif question.kind == "text":
            yield _WORDS
        elif question.kind == "date":
            yield from (ON - timedelta(days=age) for age in self._ages(question))
        elif question.kind == "number":
            yield from self._numbers(question)

    def _limits(self, question: Question, *forms: str) -> set[float]:
        return {test.number for test in self.reading.tests_at[question.id] if test.form in forms}

    def _ages(self, question: Question) -> list[int]:
        limits = {int(days) for days in self._limits(question, "older_than_days", "within_days")}
        return sorted(
            {0, -1} | {days + more for days in limits for more in (0, 1)}, key=lambda age: (age < 0, age)
        )

    def _numbers(self, question: Question) -> list[float]:
        low, high = question.minimum or 0, question.maximum or 0
        limits = self._limits(question, "above")
        found = {low, high} | {limit + more for limit in limits for more in (-0.1, 0, 0.1)}
        return sorted(number for number in found if low <= number <= high)

    def _holds(self, question: Question, answer: Any) -> int:
        """By the program's own reading of conditions, so that there is no second one."""
        tests = self.reading.tests_at[question.id]
        return self._bits(question, (test for test in tests if self._is_true(test, question, answer)))

    def _is_true(self, test: Test, question: Question, answer: Any) -> bool:
        if answer == LISTED:
            return False
        plain = written(answer)
        at = Situation(self.protocol, {question.id: plain}, ON, device={question.device_key: plain})
        return causes(test, at) is not None

    def _tick_list(self, name: str, looked_at: int) -> TickList:
        codes = [option.code for option in self.protocol.questions[name].options]
        bits = {
            test: bit for test in self.reading.tests_at[name] if (bit := self.reading.bits[test]) & looked_at
        }
        together = [code for code in codes if code not in EXCLUSIVE_OPTIONS]
        return TickList(together, bits, partial(self._adds, name))

    def _counts(self, name: str, test: Test, code: str) -> bool:
        if test.form == "at_least":
            return code in test.codes
        return self._is_true(test, self.protocol.questions[name], (code,))

    def _tick_sets(self, name: str, looked_at: int) -> Iterator[Choice]:
        for found, holds in self.tick_list(name, looked_at).sets():
            yield Choice(found.ticks, holds, found.count)

    def _grown(self, name: str, looked_at: int) -> dict[int, frozenset[int]]:
        """For each set of ticks, by what holds: what can hold after one more tick."""
        if self.protocol.questions[name].kind != "many":
            return {}
        return self.tick_list(name, looked_at).grown()


def _together(one: Choice, other: Choice) -> Choice:
    return replace(
        min(one, other, key=lambda choice: choice.order),
        count=one.count + other.count,
        answers=one.answers | other.answers,
        is_quiet=one.is_quiet or other.is_quiet,
    )


def written(answer: Any) -> Any:
    """A choice's answer as the form stores it."""
    if isinstance(answer, tuple):
        return list(answer)
    return answer.isoformat() if isinstance(answer, date) else answer


def is_unknown(answer: Any) -> bool:
    """Not sure, told in person, or left blank."""
    codes = answer if isinstance(answer, tuple) else (answer,)
    return answer is None or any(code in UNKNOWN_ANSWERS for code in codes)
