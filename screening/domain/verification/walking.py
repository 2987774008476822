"""Walks every combination of choices that the form can produce for some questions.

A follow-up is answered only where it is asked. Devices are walked one by one, each with its own follow-ups.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from screening.domain.protocol.model import Protocol, Question
from screening.domain.verification.spaces import LISTED, Choice, Spaces, written
from screening.domain.verification.ticks import TooLarge

Slot = tuple[str, int | None]
"""A question, and at which device."""
_MOST_STATES = 100_000


@dataclass(frozen=True)
class Combination:
    """One combination of choices, and the comparisons that hold in the form and at each device."""

    choices: Mapping[Slot, Choice] = field(default_factory=dict)
    form: int = 0
    devices: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """How much of it is more than nothing to report."""
        return sum(choice.size for choice in self.choices.values() if not choice.is_quiet)

    @property
    def count(self) -> int:
        """How many combinations of answers it stands for."""
        count = 1
        for choice in self.choices.values():
            count *= choice.count
        return count

    def with_(self, slot: Slot, choice: Choice, devices: int) -> Combination:
        device = slot[1]
        choices = {**self.choices, slot: choice}
        if device is not None:
            own = (*self.devices[:device], self.devices[device] | choice.holds, *self.devices[device + 1 :])
            return Combination(choices, self.form, own)
        return Combination(
            choices, self.form | choice.holds, (0,) * devices if choice.answer == LISTED else self.devices
        )


class Walk:
    """The combinations for some questions, as far as some comparisons tell them apart."""

    def __init__(self, spaces: Spaces, questions: Iterable[str], looked_at: int, devices: int = 1) -> None:
        self.spaces, self.looked_at, self.devices = spaces, looked_at, devices
        self.questions = frozenset(questions)
        reading = spaces.reading
        self.asked = reading.asked
        in_file = (name for name in spaces.protocol.questions if name in self.questions)
        ordered = sorted(in_file, key=lambda name: reading.depth[name])
        self.order = [spaces.protocol.questions[name] for name in ordered]

    def states(
        self,
        kept: Mapping[Slot, Choice] | None = None,
        moved: Mapping[Slot, Iterable[Choice]] | None = None,
    ) -> Iterator[Combination]:
        """Every combination; with `kept`, those that answer what is still asked in the same way; `moved` goes first."""
        fixed: dict[Slot, Iterable[Choice]] = {slot: (choice,) for slot, choice in (kept or {}).items()}
        for count, combination in enumerate(self._from(Combination(), 0, 0, {**fixed, **(moved or {})})):
            if count > _MOST_STATES:
                names = ", ".join(sorted(self.questions))
                raise TooLarge(f"{names}: together more than {_MOST_STATES} combinations that differ")
            yield combination

    def _from(
        self, combination: Combination, step: int, device: int, fixed: Mapping[Slot, Iterable[Choice]]
    ) -> Iterator[Combination]:
        if step == len(self.order):
            yield combination
            return
        question = self.order[step]
        if question.is_device and device == len(combination.devices):
            yield from self._from(combination, step + 1, 0, fixed)
            return
        slot: Slot = (question.id, device if question.is_device else None)
        following = (step, device + 1) if question.is_device else (step + 1, 0)
        if not self._is_asked(question, combination, device):
            yield from self._from(combination, *following, fixed)
            return
        for choice in fixed.get(slot) or self.spaces.choices(question.id, self.looked_at):
            yield from self._from(combination.with_(slot, choice, self.devices), *following, fixed)

    def _is_asked(self, question: Question, combination: Combination, device: int) -> bool:
        if question.asked in ("core", "listed"):
            return question.is_core
        if question.id not in self.asked:
            return True
        here = combination.form | combination.devices[device] if question.is_device else combination.form
        return self.asked[question.id](here, combination.form, combination.devices)


def fires(spaces: Spaces, rule: str, combination: Combination) -> bool:
    holds = spaces.reading.rules[rule]
    if not spaces.protocol.rules[rule].per_device:
        return holds(combination.form, combination.form, combination.devices)
    return any(
        holds(combination.form | own, combination.form, combination.devices) for own in combination.devices
    )


def form_answers(protocol: Protocol, choices: Mapping[Slot, Choice]) -> dict[str, Any]:
    """The combination as the form stores it."""
    devices: dict[int, dict[str, Any]] = {}
    answers: dict[str, Any] = {}
    for (name, device), choice in choices.items():
        if device is not None:
            devices.setdefault(device, {})
            if choice.answer is not None:
                devices[device][protocol.questions[name].device_key] = written(choice.answer)
        elif choice.answer == LISTED:
            answers[name] = [devices.setdefault(0, {})]
        elif choice.answer is not None:
            answers[name] = written(choice.answer)
    listed = protocol.devices_question
    if devices and listed:
        answers[listed.id] = [devices[number] for number in sorted(devices)]
    return answers
