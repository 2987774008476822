"""What each rule depends on, and each condition as a function of which comparisons hold.

A condition sees an answer only through its comparisons, so each comparison gets one bit, and a condition becomes a
function of bits: those of the place that is looked at, those of the whole form, and those of each device.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, reduce

from screening.domain.protocol.checking_conditions import tests_of
from screening.domain.protocol.condition_forms import AnyDevice, Condition, Group, NamedCondition, Test
from screening.domain.protocol.model import Protocol, Question, Rule

Holds = Callable[[int, int, tuple[int, ...]], bool]
"""Of the bits that hold in this place, in the form as a whole, and at each device."""


class Reading:
    """A protocol, read for verification."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.bits: dict[Test, int] = {}
        self.rules: dict[str, Holds] = {rule.id: self.compiled(rule.when) for rule in protocol.rules.values()}
        self.asked: dict[str, Holds] = {
            question.id: self.compiled(question.asked_when)
            for question in protocol.questions.values()
            if question.asked_when
        }
        self.tests_at = self._tests_by_place()

    def compiled(self, condition: Condition) -> Holds:
        if isinstance(condition, NamedCondition):
            return self.compiled(self.protocol.conditions[condition.name])
        if isinstance(condition, Test):
            bit = self.bits.setdefault(condition, 1 << len(self.bits))
            return _holding(bit)
        if isinstance(condition, AnyDevice):
            part = self.compiled(condition.part)
            return lambda _, form, devices: any(part(form | own, form, devices) for own in devices)
        parts = [self.compiled(part) for part in condition.parts]
        if condition.form == "all":
            return lambda here, form, devices: all(part(here, form, devices) for part in parts)
        return lambda here, form, devices: any(part(here, form, devices) for part in parts)

    def _tests_by_place(self) -> dict[str, tuple[Test, ...]]:
        """The comparisons that answers to a question decide. A line of a tick list is decided by the list."""
        found: dict[str, list[Test]] = {question: [] for question in self.protocol.questions}
        for test in self.bits:
            question = self.protocol.questions[test.question]
            tick_list = self.protocol.list_of(question) if question.is_listed else None
            found[tick_list.id if tick_list else question.id].append(test)
        return {question: tuple(tests) for question, tests in found.items()}

    def parents(self, question: Question) -> set[str]:
        """The questions that decide whether this one is asked."""
        found = {test.question for test in self.tests_in(question.asked_when)}
        tick_list = self.protocol.list_of(question) if question.is_listed else None
        devices = self.protocol.devices_question if question.is_device else None
        return found | {parent.id for parent in (tick_list, devices) if parent}

    def tests_in(self, condition: Condition | None) -> Iterable[Test]:
        return tests_of(self.protocol, condition) if condition else ()

    def with_parents(self, questions: Iterable[str]) -> frozenset[str]:
        found: set[str] = set()
        left = list(questions)
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += self.parents(self.protocol.questions[name])
        return frozenset(found)

    @cached_property
    def reads(self) -> dict[str, frozenset[str]]:
        """By rule: the questions that it tests, and those that decide whether these are asked."""
        return {
            rule.id: self.with_parents(test.question for test in self.tests_in(rule.when))
            for rule in self.protocol.rules.values()
        }

    @cached_property
    def depth(self) -> dict[str, int]:
        """How many questions must be answered before this one is asked."""
        found: dict[str, int] = {}

        def measure(name: str) -> int:
            if name not in found:
                above = self.parents(self.protocol.questions[name])
                found[name] = 1 + max((measure(parent) for parent in above), default=-1)
            return found[name]

        for name in self.protocol.questions:
            measure(name)
        return found

    def bits_of(self, rules: Iterable[str], questions: Iterable[str]) -> int:
        """The comparisons made by these rules, and by the choice which of these questions to ask."""
        conditions = [self.protocol.rules[rule].when for rule in rules]
        conditions += [asked for name in questions if (asked := self.protocol.questions[name].asked_when)]
        return self._bits(conditions)

    def _bits(self, conditions: Iterable[Condition]) -> int:
        tests = (test for condition in conditions for test in tests_of(self.protocol, condition))
        return reduce(lambda bits, test: bits | self.bits[test], tests, 0)

    def devices_needed(self, rule: Rule) -> int:
        """How many devices at most it takes to make a rule fire."""
        return max(1, self._devices_needed(rule.when))

    def _devices_needed(self, condition: Condition) -> int:
        if isinstance(condition, NamedCondition):
            return self._devices_needed(self.protocol.conditions[condition.name])
        if isinstance(condition, AnyDevice):
            return 1
        if isinstance(condition, Group):
            counts = [self._devices_needed(part) for part in condition.parts]
            return sum(counts) if condition.form == "all" else max(counts)
        return 0


def _holding(bit: int) -> Holds:
    return lambda here, *_: bool(here & bit)
