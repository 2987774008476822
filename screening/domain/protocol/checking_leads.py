"""Proves that no answer to a main question leads nowhere, and that no kind of device passes without a flag."""

from __future__ import annotations

from screening.domain.protocol.checking_conditions import tests_inside
from screening.domain.protocol.conditions import Situation, causes, follow_ups
from screening.domain.protocol.model import Protocol, Question
from screening.domain.protocol.vocabulary import UNKNOWN_ANSWERS, ProtocolError


def check_leads_somewhere(protocol: Protocol, question: Question) -> None:
    """Each option of a main question raises a flag or opens a follow-up; not knowing raises a flag."""
    for option in question.options:
        if option.code not in question.quiet_codes | UNKNOWN_ANSWERS and not _leads(
            protocol, question, option.code
        ):
            wrong = f"question {question.id}: the option `{option.code}` leads nowhere"
            raise ProtocolError(question.line, wrong, "Use it in a rule or in the `asked` of a follow-up")
    unknown = (*UNKNOWN_ANSWERS, None) if question.options else ()
    if not question.optional and not all(_raises(protocol, question, answer) for answer in unknown):
        wrong = f"question {question.id}: not sure and in person lead nowhere"
        raise ProtocolError(question.line, wrong, "Add a rule with `unresolved: true`")


def check_kinds(protocol: Protocol, kind: Question) -> None:
    """A kind of device that no rule names would pass without a flag."""
    named = {
        code
        for test in tests_inside(protocol, rules_only=True)
        if test.question == kind.id
        for code in test.codes
    }
    for option in kind.options:
        if option.code not in named | UNKNOWN_ANSWERS:
            wrong = f"question {kind.id}: no rule names the option `{option.code}`"
            raise ProtocolError(kind.line, wrong, "Add a rule for this kind of device")


def _leads(protocol: Protocol, question: Question, code: str) -> bool:
    """One of several ticks may matter only beside another; a single answer must matter by itself."""
    if question.kind == "many" and any(
        test.question == question.id and code in test.codes
        for test in tests_inside(protocol, rules_only=False)
    ):
        return True
    return _raises(protocol, question, code) or _opens(protocol, question, code)


def _raises(protocol: Protocol, question: Question, answer: str | None) -> bool:
    """Whether a rule holds because of this answer, whatever else is answered."""
    lines = {listed.id for listed in protocol.questions.values() if protocol.list_of(listed) is question}
    at = Situation(protocol, _only(question, answer))
    found = (causes(rule.when, at) or () for rule in protocol.rules.values() if not rule.per_device)
    return any(cause.question in lines | {question.id} for causes_of in found for cause in causes_of)


def _opens(protocol: Protocol, question: Question, answer: str) -> bool:
    return bool(set(follow_ups(protocol, _only(question, answer))) - set(follow_ups(protocol, {})))


def _only(question: Question, answer: str | None) -> dict[str, str | list[str]]:
    return {} if answer is None else {question.id: [answer] if question.kind == "many" else answer}
