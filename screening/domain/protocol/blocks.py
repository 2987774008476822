"""What belongs together: a core question with every follow-up that its answers lead to, devices included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from screening.domain.protocol.condition_forms import Condition, NamedCondition, Test, conditions_inside
from screening.domain.protocol.model import Protocol, Question


def cores_of(protocol: Protocol, question: Question) -> frozenset[str]:
    """The core questions whose answers lead to this one; most follow-ups have exactly one."""
    seen: set[str] = set()
    waiting = [question]
    while waiting:
        each = waiting.pop()
        if each.id not in seen:
            seen.add(each.id)
            waiting += _parents(protocol, each)
    return frozenset(name for name in seen if protocol.questions[name].is_core)


def block_of(protocol: Protocol, core: str) -> frozenset[str]:
    """The ids of a core question and of everything that hangs on it."""
    return frozenset(
        question.id for question in protocol.questions.values() if core in cores_of(protocol, question)
    )


def in_core_words(protocol: Protocol, question_ids: Iterable[str]) -> tuple[str, ...]:
    """The wordings of the core questions behind some questions.

    A follow-up is named by its core question: its own words would tell what was answered before it (L10).
    """
    known = (protocol.questions[name] for name in question_ids if name in protocol.questions)
    cores = {core for question in known for core in cores_of(protocol, question)}
    return tuple(question.wording for question in protocol.core_questions if question.id in cores)


def _parents(protocol: Protocol, question: Question) -> Iterator[Question]:
    tick_list = protocol.list_of(question) if question.is_listed else None
    if tick_list:
        yield tick_list
    if question.asked_when:
        yield from (protocol.questions[name] for name in _names(protocol, question.asked_when))
    if question.is_device and protocol.devices_question:
        yield protocol.devices_question


def _names(protocol: Protocol, condition: Condition) -> Iterator[str]:
    for part in conditions_inside(condition):
        if isinstance(part, Test):
            yield part.question
        elif isinstance(part, NamedCondition):
            yield from _names(protocol, protocol.conditions[part.name])
