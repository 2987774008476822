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

Place = tuple[str, int | None]
"""A question, and at which device."""
_MOST_STATES = 100_000


@dataclass(frozen=True)
class State:
    """One combination of choices, and the comparisons that hold in the form and at each device."""

    choices: Mapping[Place, Choice] = field(default_factory=dict)
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

    def with_(self, place: Place, choice: Choice, devices: int) -> State:
        device = place[1]
        choices = {**self.choices, place: choice}
        if device is not None:
            own = (*self.devices[:device], self.devices[device] | choice.holds, *self.devices[device + 1 :])
            return State(choices, self.form, own)
        return State(
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
        kept: Mapping[Place, Choice] | None = None,
        moved: Mapping[Place, Iterable[Choice]] | None = None,
    ) -> Iterator[State]:
        """Every combination; with `kept`, those that answer what is still asked in the same way; `moved` goes first."""
        fixed: dict[Place, Iterable[Choice]] = {place: (choice,) for place, choice in (kept or {}).items()}
        for count, state in enumerate(self._from(State(), 0, 0, {**fixed, **(moved or {})})):
            if count > _MOST_STATES:
                names = ", ".join(sorted(self.questions))
                raise TooLarge(f"{names}: together more than {_MOST_STATES} combinations that differ")
            yield state

    def _from(
        self, state: State, step: int, device: int, fixed: Mapping[Place, Iterable[Choice]]
    ) -> Iterator[State]:
        if step == len(self.order):
            yield state
            return
        question = self.order[step]
        if question.is_device and device == len(state.devices):
            yield from self._from(state, step + 1, 0, fixed)
            return
        place: Place = (question.id, device if question.is_device else None)
        following = (step, device + 1) if question.is_device else (step + 1, 0)
        if not self._is_asked(question, state, device):
            yield from self._from(state, *following, fixed)
            return
        for choice in fixed.get(place) or self.spaces.choices(question.id, self.looked_at):
            yield from self._from(state.with_(place, choice, self.devices), *following, fixed)

    def _is_asked(self, question: Question, state: State, device: int) -> bool:
        if question.asked in ("core", "listed"):
            return question.is_core
        if question.id not in self.asked:
            return True
        here = state.form | state.devices[device] if question.is_device else state.form
        return self.asked[question.id](here, state.form, state.devices)


def fires(spaces: Spaces, rule: str, state: State) -> bool:
    holds = spaces.reading.rules[rule]
    if not spaces.protocol.rules[rule].per_device:
        return holds(state.form, state.form, state.devices)
    return any(holds(state.form | own, state.form, state.devices) for own in state.devices)


def answers_of(protocol: Protocol, choices: Mapping[Place, Choice]) -> dict[str, Any]:
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
        answers[listed.id] = [devices[place] for place in sorted(devices)]
    return answers
