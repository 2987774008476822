"""What a returning patient told last time, and what of it may be kept. Pure.

A block is one core question with all its follow-ups. It may be kept whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from screening.domain.protocol.answers import AnswerError, checked_answers, pruned
from screening.domain.protocol.blocks import block_of, cores_of
from screening.domain.protocol.conditions import Answers, devices_of, is_asked, is_unresolved
from screening.domain.protocol.freshness import Given, expired
from screening.domain.protocol.model import Protocol, Question


@dataclass(frozen=True)
class EarlierAnswers:
    """Answers of an earlier visit, with the protocol version that they were given on."""

    mark: str
    """Stands for these answers, so that nothing said of them is ever taken for others."""
    protocol: Protocol
    answers: Answers
    given: Given
    verified: frozenset[str] = frozenset()
    """The questions about which staff found out more than was answered."""


@dataclass(frozen=True)
class Block:
    core: str
    questions: frozenset[str]
    """The ids of the core question and its follow-ups."""
    said: tuple[str, ...]
    """The core question's answer, in the words that the patient saw."""
    answers: Answers
    given: Given
    since: date
    """The clinic's day on which it was really answered."""
    can_be_kept: bool

    @property
    def moments(self) -> dict[str, str]:
        """For each answer the moment at which it was really given, as it is stored."""
        return {name: self.given.moment(name).isoformat() for name in self.answers}


@dataclass(frozen=True)
class Recap:
    mark: str = ""
    blocks: Mapping[str, Block] = field(default_factory=dict)
    """By core question."""


NOTHING_TOLD = Recap()


def recap_of(
    protocol: Protocol, told: EarlierAnswers, later: tuple[Answers, ...], starts_at: datetime, zone: ZoneInfo
) -> Recap:
    """What may be shown, and what may be kept, at an appointment.

    `later` holds answers that were given after these and that nobody has signed: a block that they contradict is
    neither shown nor kept.
    """
    blocks = (_block(protocol, core, told, starts_at, zone) for core in protocol.core_questions)
    return Recap(
        told.mark, {block.core: block for block in blocks if block and not _is_contradicted(block, later)}
    )


def _block(
    protocol: Protocol, core: Question, told: EarlierAnswers, starts_at: datetime, zone: ZoneInfo
) -> Block | None:
    before = told.protocol.questions.get(core.id)
    if core.id not in told.answers or before is None or before.wording != core.wording:
        return None
    names = block_of(protocol, core.id) | block_of(told.protocol, core.id)
    answers = {name: answer for name, answer in told.answers.items() if name in names}
    value = answers[core.id]
    said = value if isinstance(value, list) else [value]
    return Block(
        core=core.id,
        questions=names,
        said=tuple(told.protocol.label(core.id, each) for each in said),
        answers=answers,
        given=told.given,
        since=min(told.given.moment(name) for name in answers).astimezone(zone).date(),
        can_be_kept=_stands_alone(protocol, names)
        and _reads_the_same(protocol, told.protocol, names, answers)
        and _is_complete(protocol, names, answers)
        and names.isdisjoint(told.verified)
        and not expired(protocol, answers, told.given, zone, starts_at),
    )


def _is_contradicted(block: Block, later: tuple[Answers, ...]) -> bool:
    return any(
        {name: answers[name] for name in block.questions if name in answers} != block.answers
        for answers in later
    )


def _stands_alone(protocol: Protocol, names: frozenset[str]) -> bool:
    """A follow-up of two core questions may be called for by the other one, so it is never settled beforehand."""
    return all(len(cores_of(protocol, question)) == 1 for question in _questions(protocol, names))


def _reads_the_same(now: Protocol, before: Protocol, names: frozenset[str], answers: Answers) -> bool:
    """Whether all that was or would be asked is there in both versions, in the same words, and holds for days."""
    return all(
        name in now.questions
        and name in before.questions
        and now.questions[name].freshness is not None
        and _words(now.questions[name]) == _words(before.questions[name])
        for name in _seen(now, names, answers) | _seen(before, names, answers)
    )


def _words(question: Question) -> tuple[object, ...]:
    options = tuple((option.code, option.label) for option in question.options)
    return (question.kind, question.wording, question.help, question.optional, options)


def _seen(protocol: Protocol, names: frozenset[str], answers: Answers) -> set[str]:
    """The questions of a block that were answered or, on these answers, are asked."""
    places: list[Answers] = [{}, *devices_of(protocol, answers)]
    return {
        question.id
        for question in _questions(protocol, names)
        for place in places
        if question.id in answers
        or (question.is_device and question.device_key in place)
        or is_asked(protocol, question, answers, place or None)
    }


def _is_complete(protocol: Protocol, names: frozenset[str], answers: Answers) -> bool:
    """Whether the answers pass the border as they are, nothing of them falls away, and nothing is unresolved."""
    try:
        checked = checked_answers(protocol, answers)
    except AnswerError:
        return False
    return (
        checked == answers
        and pruned(protocol, checked) == (checked, ())
        and not any(_unresolved(protocol, question, answers) for question in _questions(protocol, names))
    )


def _unresolved(protocol: Protocol, question: Question, answers: Answers) -> bool:
    if not question.is_device:
        return is_unresolved(protocol, question, answers)
    devices = devices_of(protocol, answers)
    return any(is_unresolved(protocol, question, answers, device) for device in devices)


def _questions(protocol: Protocol, names: frozenset[str]) -> list[Question]:
    return [question for question in protocol.questions.values() if question.id in names]
