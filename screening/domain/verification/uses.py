"""L5: every question earns its place, and so does every option."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress

from screening.domain.protocol.condition_forms import Test
from screening.domain.protocol.model import Option, Question
from screening.domain.protocol.vocabulary import UNKNOWN_ANSWERS
from screening.domain.verification.report import Finding
from screening.domain.verification.rules import firing
from screening.domain.verification.spaces import Spaces
from screening.domain.verification.ticks import TooLarge
from screening.domain.verification.walking import Combination, Slot, fires


class Uses:
    """Which answers and which comparisons decide something: without them a rule would not fire."""

    def __init__(self, spaces: Spaces) -> None:
        self.spaces, self.protocol, self.reading = spaces, spaces.protocol, spaces.reading
        self.deciding: dict[str, set[object]] = defaultdict(set)
        self.tests: dict[str, set[Test]] = defaultdict(set)
        self._test_of = {bit: test for test, bit in self.reading.bits.items()}
        for rule in self.protocol.rules:
            with suppress(TooLarge):  # walking the rule's steps meets the same bound, and says so
                self._look_at(rule)
        self.opening = self.reading.bits_of([], self.protocol.questions)

    def _look_at(self, rule: str) -> None:
        for combination in firing(self.spaces, self.protocol.rules[rule]):
            for slot, choice in combination.choices.items():
                if not fires(self.spaces, rule, without(combination, slot, choice.holds)):
                    self.deciding[slot[0]] |= choice.answers
                for bit, test in self._test_of.items():
                    if choice.holds & bit and not fires(self.spaces, rule, without(combination, slot, bit)):
                        self.tests[rule].add(test)

    def idle_questions(self) -> Iterator[Finding]:
        for question in self.protocol.questions.values():
            if not self._is_used(question):
                says = f"no answer to “{question.wording}” changes a flag, an effect, a task or what is asked"
                yield Finding("L5", question.id, says)

    def _is_used(self, question: Question) -> bool:
        """The words that a patient types are shown to the provider, so a text is always used."""
        decided = any(test.question == question.id for tests in self.tests.values() for test in tests)
        return (
            question.kind == "text"
            or decided
            or bool(self.deciding[question.id])
            or any(self._opens_or_asks(question, option) for option in question.options)
        )

    def _opens_or_asks(self, question: Question, option: Option) -> bool:
        if question.is_listed:
            return False
        answers = dict(self.spaces.single_answers(question.id))
        holds = answers.get((option.code,) if question.kind == "many" else option.code, 0)
        return bool(option.task) or bool(holds & self.opening)

    def idle_options(self) -> Iterator[str]:
        """Options that only the provider reads, by question; those that report nothing are meant to be so."""
        for question in self.protocol.questions.values():
            idle = [option for option in question.options if self._is_idle(question, option)]
            if idle and not question.is_listed:
                labels = ", ".join(f"“{option.label}”" for option in idle[:4])
                more = f" and {len(idle) - 4} more" if len(idle) > 4 else ""
                yield f"{question.id}: {labels}{more}"

    def _is_idle(self, question: Question, option: Option) -> bool:
        if option.code in UNKNOWN_ANSWERS | question.quiet_codes:
            return False
        named = {
            code for tests in self.tests.values() for test in tests for code in self._codes(question, test)
        }
        answer = (option.code,) if question.kind == "many" else option.code
        return not (
            option.code in named
            or answer in self.deciding[question.id]
            or self._opens_or_asks(question, option)
        )

    def _codes(self, question: Question, test: Test) -> tuple[str, ...]:
        """The options of a question that make a comparison hold; a line of a tick list is held by its tick."""
        tested = self.protocol.questions[test.question]
        if tested.is_listed and self.protocol.list_of(tested) is question:
            return (tested.listed_as,)
        return test.codes if test.question == question.id else ()

    def needless_tests(self) -> Iterator[str]:
        """Parts of conditions that the form alone never needs: they speak of answers that come from elsewhere."""
        for rule in self.protocol.rules.values():
            made = self.reading.tests_in(rule.when)
            for test in dict.fromkeys(made):
                if test not in self.tests[rule.id]:
                    yield f"{rule.id}: {test.question} {test.form}"


def without(combination: Combination, slot: Slot, bits: int) -> Combination:
    """The same combination, as if these comparisons did not hold."""
    device = slot[1]
    if device is None:
        return Combination(combination.choices, combination.form & ~bits, combination.devices)
    own = (
        *combination.devices[:device],
        combination.devices[device] & ~bits,
        *combination.devices[device + 1 :],
    )
    return Combination(combination.choices, combination.form, own)
