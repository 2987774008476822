"""Conditions, freshness and order of asking in words that a clinician reads, as an outline and as one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from screening.domain.protocol.condition_forms import AnyDevice, Condition, Group, NamedCondition, Test
from screening.domain.protocol.model import Protocol, Question
from screening.domain.protocol.subjects import subject

UNKNOWN: Final = "not known"
_CHOSEN: Final = ("is", "is_any", "has", "has_any", "unresolved")
_HALF_A_YEAR: Final = 182


@dataclass(frozen=True)
class Clause:
    """One comparison: what is asked, and what must have been answered."""

    question: str
    words: str


@dataclass(frozen=True)
class Clauses:
    """Several of which all must hold, or one; `name` where the file gives them one."""

    form: str
    parts: tuple[Clause | Clauses, ...]
    name: str = ""


def outline(protocol: Protocol, condition: Condition) -> Clause | Clauses:
    if isinstance(condition, Test):
        return _chosen(protocol, [condition]) if condition.form in _CHOSEN else _line(protocol, condition)
    if isinstance(condition, NamedCondition):
        inner = outline(protocol, protocol.conditions[condition.name])
        parts = inner.parts if isinstance(inner, Clauses) else (inner,)
        form = inner.form if isinstance(inner, Clauses) else "all"
        return Clauses(form, parts, condition.name.replace("-", " "))
    if isinstance(condition, AnyDevice):
        return Clauses("device", (outline(protocol, condition.part),))
    parts = tuple(_merged(protocol, condition) if condition.form == "any" else _each(protocol, condition))
    return parts[0] if len(parts) == 1 else Clauses(condition.form, parts)


def in_words(protocol: Protocol, condition: Condition) -> str:
    """The condition as one sentence; brackets keep together what belongs together."""
    return _sentence(outline(protocol, condition), is_inner=False)


def _sentence(part: Clause | Clauses, is_inner: bool = True) -> str:
    if isinstance(part, Clause):
        return part.words
    if part.form == "device":
        return f"for at least one device ({_sentence(part.parts[0], is_inner=False)})"
    joint = ", and " if part.form == "all" else ", or "
    words = joint.join(_sentence(each, is_inner=len(part.parts) > 1) for each in part.parts)
    return f"({words})" if is_inner and len(part.parts) > 1 else words


def _each(protocol: Protocol, group: Group) -> Iterator[Clause | Clauses]:
    for part in group.parts:
        yield outline(protocol, part)


def _merged(protocol: Protocol, group: Group) -> Iterator[Clause | Clauses]:
    """Answers to the same question read as one list: “Yes”, or not known."""
    together: dict[str, list[Test]] = {}
    for part in group.parts:
        if isinstance(part, Test) and part.form in _CHOSEN:
            together.setdefault(part.question, []).append(part)
    for part in group.parts:
        if not (isinstance(part, Test) and part.form in _CHOSEN):
            yield outline(protocol, part)
        elif together[part.question][0] is part:
            yield _chosen(protocol, together[part.question])


def _chosen(protocol: Protocol, tests: Sequence[Test]) -> Clause:
    question = protocol.questions[tests[0].question]
    codes = [code for test in tests for code in test.codes]
    answers = [f"“{protocol.label(question.id, code)}”" for code in dict.fromkeys(codes)]
    unknown = [UNKNOWN] if any(test.form == "unresolved" for test in tests) else []
    name = subject(protocol, question.id)
    verb = "are" if question.plural else "is"
    if question.kind == "many" and answers:
        also = [f"{verb} {UNKNOWN}"] if unknown else []
        return Clause(question.id, _or([f"{name} {_includes(question)} {_or(answers)}", *also]))
    return Clause(question.id, f"{name} {verb} {_or([*answers, *unknown])}")


def _line(protocol: Protocol, test: Test) -> Clause:
    name = subject(protocol, test.question)
    return Clause(test.question, f"{name} {_comparison(protocol, test)}")


def _comparison(protocol: Protocol, test: Test) -> str:
    if test.form == "at_least":
        answers = ", ".join(f"“{protocol.label(test.question, code)}”" for code in test.codes)
        return f"{_includes(protocol.questions[test.question])} at least {test.number:g} of {answers}"
    if test.form == "typed":
        return "is written down"
    if test.form == "above":
        return f"is above {test.number:g}"
    if test.form == "within_days":
        return f"lies within {days_in_words(int(test.number))} before the appointment"
    return f"lies more than {days_in_words(int(test.number))} before the appointment (or after it)"


def _includes(question: Question) -> str:
    return "include" if question.plural else "includes"


def _or(words: Sequence[str]) -> str:
    return " or ".join(words)


def days_in_words(days: int) -> str:
    if days == _HALF_A_YEAR:
        return "182 days (half a year)"
    return "1 day" if days == 1 else f"{days} days"


def freshness_in_words(question: Question) -> str:
    return "this visit only" if question.freshness is None else days_in_words(question.freshness)


def asked_in_words(protocol: Protocol, question: Question) -> str:
    """When the question is asked, as the end of a sentence that begins with "Asked"."""
    if question.is_core:
        return "always, on the first page"
    if question.is_listed:
        tick_list = protocol.list_of(question)
        return f"as one line of {subject(protocol, tick_list.id)}" if tick_list else "as one line of a list"
    when = f"when {in_words(protocol, question.asked_when)}" if question.asked_when else ""
    return " ".join(filter(None, ["for each device" if question.is_device else "", when]))


def questions_read(protocol: Protocol, condition: Condition) -> tuple[str, ...]:
    """The questions that a condition looks at, each once, in the order of the file."""
    read = set(_read(protocol, condition))
    return tuple(name for name in protocol.questions if name in read)


def _read(protocol: Protocol, condition: Condition) -> Iterator[str]:
    if isinstance(condition, Test):
        yield condition.question
    elif isinstance(condition, NamedCondition):
        yield from _read(protocol, protocol.conditions[condition.name])
    else:
        parts = condition.parts if isinstance(condition, Group) else (condition.part,)
        for part in parts:
            yield from _read(protocol, part)
