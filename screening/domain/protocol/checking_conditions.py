"""Proves that every condition speaks of questions, options and names that exist, where they make sense."""

from __future__ import annotations

from collections.abc import Iterator

from screening.domain.protocol.condition_forms import (
    AnyDevice,
    Condition,
    NamedCondition,
    Test,
    conditions_inside,
)
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.vocabulary import UNKNOWN_ANSWERS, ProtocolError

_ONE_ANSWER, _SEVERAL = frozenset({"one", "place"}), frozenset({"many"})
_KINDS_OF = {
    "is": _ONE_ANSWER,
    "is_any": _ONE_ANSWER,
    "has": _SEVERAL,
    "has_any": _SEVERAL,
    "at_least": _SEVERAL,
    "unresolved": _ONE_ANSWER | _SEVERAL | {"date", "devices", "text", "number"},
    "typed": frozenset({"text"}),
    "above": frozenset({"number"}),
    "older_than_days": frozenset({"date"}),
    "within_days": frozenset({"date"}),
}
_AGEING = ("older_than_days", "within_days")


def check_condition(
    protocol: Protocol, condition: Condition, *, in_device: bool, may_age: bool = True
) -> None:
    """`in_device`: one device is being looked at. `may_age`: the appointment's day is known."""
    if isinstance(condition, Test):
        _check_test(protocol, condition, in_device, may_age)
    elif isinstance(condition, NamedCondition):
        if condition.name not in protocol.conditions:
            raise ProtocolError(
                condition.line, f"no condition is named {condition.name!r}", "Add it under `conditions`"
            )
        check_condition(protocol, protocol.conditions[condition.name], in_device=in_device, may_age=may_age)
    elif isinstance(condition, AnyDevice):
        if in_device:
            raise ProtocolError(
                condition.line, "`any_device` stands inside a device", "Test the device's answer itself"
            )
        check_condition(protocol, condition.part, in_device=True, may_age=may_age)
    else:
        for part in condition.parts:
            check_condition(protocol, part, in_device=in_device, may_age=may_age)


def _check_test(protocol: Protocol, test: Test, in_device: bool, may_age: bool) -> None:
    question = protocol.questions.get(test.question)
    if question is None:
        raise ProtocolError(
            test.line, f"no question has the id {test.question!r}", "Correct it or add the question"
        )
    if question.kind not in _KINDS_OF[test.form]:
        wrong = f"`{test.form}` does not suit {question.id}, which is of kind {question.kind}"
        raise ProtocolError(test.line, wrong, "Use is for one answer, has for several")
    for code in test.codes:
        if code not in question.codes - UNKNOWN_ANSWERS:
            remedy = "Use `unresolved: true`" if code in UNKNOWN_ANSWERS else "Correct it or add the option"
            raise ProtocolError(test.line, f"{question.id} has no option {code!r} to test", remedy)
    if test.form == "at_least" and test.number > len(test.codes):
        raise ProtocolError(
            test.line, f"`at_least` asks for more than `of` names ({len(test.codes)})", "Lower it"
        )
    if question.is_device and not in_device:
        wrong = f"{question.id} belongs to a device, but no device is looked at"
        raise ProtocolError(test.line, wrong, "Put the condition inside `any_device`, or write `per: device`")
    if test.form in _AGEING and not may_age:
        raise ProtocolError(
            test.line, "whether a question is asked depends on a date", "Leave the date to the rules"
        )


def check_loops(protocol: Protocol) -> None:
    """A named condition may not rest on itself, nor a question on being asked only when it is answered."""
    for name, condition in protocol.conditions.items():
        _follow(protocol, condition, (name,))
    for question_id in protocol.questions:
        _follow_questions(protocol, question_id, ())


def _follow(protocol: Protocol, condition: Condition, path: tuple[str, ...]) -> None:
    for inner in conditions_inside(condition):
        if not isinstance(inner, NamedCondition) or inner.name not in protocol.conditions:
            continue
        if inner.name in path:
            raise ProtocolError(
                inner.line, f"the condition {inner.name!r} rests on itself", "Remove it from its own parts"
            )
        _follow(protocol, protocol.conditions[inner.name], (*path, inner.name))


def _follow_questions(protocol: Protocol, question_id: str, path: tuple[str, ...]) -> None:
    question = protocol.questions.get(question_id)
    if question is None or question.asked_when is None:
        return
    if question_id in path:
        wrong = f"{question_id} is asked only when it has been answered"
        raise ProtocolError(question.line, wrong, "Ask it depending on an earlier question")
    for test in tests_of(protocol, question.asked_when):
        _follow_questions(protocol, test.question, (*path, question_id))


def tests_of(protocol: Protocol, condition: Condition) -> Iterator[Test]:
    """Every comparison in a condition, also behind names."""
    for inner in conditions_inside(condition):
        if isinstance(inner, Test):
            yield inner
        elif isinstance(inner, NamedCondition) and inner.name in protocol.conditions:
            yield from tests_of(protocol, protocol.conditions[inner.name])


def tests_inside(protocol: Protocol, *, rules_only: bool) -> Iterator[Test]:
    """Every comparison that a rule makes or, unless `rules_only`, that decides what is asked."""
    for rule in protocol.rules.values():
        yield from tests_of(protocol, rule.when)
    for question in () if rules_only else protocol.questions.values():
        if question.asked_when:
            yield from tests_of(protocol, question.asked_when)
