"""What verification found, in words that a clinical lead can act on, and as plain values for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from screening.domain.protocol.model import Protocol, Question, Rule
from screening.domain.verification.laws import Step
from screening.domain.verification.spaces import LISTED, ON
from screening.domain.verification.walking import Combination, Slot


@dataclass(frozen=True)
class Finding:
    """Something that must be put right before the protocol is used."""

    check: str
    about: str
    """The rule, question or text, by its id."""
    says: str


@dataclass(frozen=True)
class Coverage:
    """How many combinations of answers a part of the form has."""

    name: str
    questions: int
    combinations: int
    walked: int
    """How many of them make a difference; each of these was walked."""


@dataclass(frozen=True)
class ReadingAge:
    name: str
    words: int
    age: float


@dataclass(frozen=True)
class Report:
    protocol: str
    version: str
    status: str
    digest: str
    is_quick: bool
    findings: tuple[Finding, ...]
    topics: tuple[Coverage, ...] = ()
    rules: tuple[Coverage, ...] = ()
    across: tuple[str, ...] = ()
    """Rules that read answers of several topics."""
    whole: int = 0
    """Combinations of answers to the whole form, with one device at most."""
    milder_when_unknown: tuple[str, ...] = ()
    only_for_the_reader: tuple[str, ...] = ()
    only_add_a_reason: tuple[str, ...] = ()
    only_from_outside: tuple[str, ...] = ()
    reading_ages: tuple[ReadingAge, ...] = ()
    average_age: float | None = None

    @property
    def passed(self) -> bool:
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        return {"passed": self.passed, **asdict(self)}


def step_in_words(protocol: Protocol, step: Step) -> str:
    rule = protocol.rules[step.rule]
    before, after = (
        _answer_at(protocol, step.slot, combination) for combination in (step.before, step.after)
    )
    where = _question_in_words(protocol, step.slot)
    others = {slot: choice for slot, choice in step.before.choices.items() if slot != step.slot}
    new = {slot for slot in step.after.choices if slot not in step.before.choices}
    told = [slot_in_words(protocol, slot, step.before) for slot in others]
    told += [slot_in_words(protocol, slot, step.after) for slot in step.after.choices if slot in new]
    company = f" The other answers: {'; '.join(told)}." if told else ""
    lost = f"{rule.id} ({strictness(rule)}) is lost and nothing as strict holds."
    return f"when {where} goes from {before} to {after}, {lost}{company}"


def strictness(rule: Rule) -> str:
    effects = ", ".join(f"{code} {effect.word}" for code, effect in rule.effects.items() if effect)
    return f"{rule.severity.word}: {effects}" if effects else rule.severity.word


def combination_in_words(protocol: Protocol, combination: Combination) -> str:
    return "; ".join(slot_in_words(protocol, slot, combination) for slot in combination.choices)


def slot_in_words(protocol: Protocol, slot: Slot, combination: Combination) -> str:
    return f"{_question_in_words(protocol, slot)} {_answer_at(protocol, slot, combination)}"


def _question_in_words(protocol: Protocol, slot: Slot) -> str:
    name, device = slot
    which = "" if not device else f" of device {device + 1}"
    return f"“{protocol.questions[name].wording}” ({name}{which})"


def _answer_at(protocol: Protocol, slot: Slot, combination: Combination) -> str:
    if slot not in combination.choices:
        return "not asked"
    return answer_in_words(protocol.questions[slot[0]], combination.choices[slot].answer)


def answer_in_words(question: Question, answer: Any) -> str:
    labels = {option.code: option.label for option in question.options}
    if answer is None:
        return "left blank"
    if isinstance(answer, tuple):
        return " and ".join(f"“{labels[code]}” ({code})" for code in answer)
    if isinstance(answer, date):
        days = (ON - answer).days
        return f"{days} days before the visit" if days >= 0 else "a day after the visit"
    if answer in labels:
        return f"“{labels[answer]}” ({answer})"
    return "devices are listed" if answer == LISTED else str(answer)
