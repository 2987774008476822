"""Which hazards of the hazard log (docs/hazard-log.md) each rule and each question has to do with. Pure."""

from __future__ import annotations

from typing import Final

from screening.domain.protocol.condition_forms import AnyDevice, Condition, Group, NamedCondition, Test
from screening.domain.protocol.model import Protocol, Question, Rule
from screening.domain.protocol.wording import questions_read

HAZARDS: Final = {
    "H1": "an unknown answer read as no",
    "H4": "a flag missed because the rules were edited or broken",
    "H5": "an old answer used as a current one",
    "H7": "a flag that nobody acts on",
    "H8": "a question that is understood in another way",
    "H9": "false reassurance, or advice that harms",
}
OF_EVERY_RULE: Final = ("H4", "H7")


def hazards_of_rule(protocol: Protocol, rule: Rule) -> tuple[str, ...]:
    found = set(OF_EVERY_RULE)
    read = [protocol.questions[name] for name in questions_read(protocol, rule.when)]
    if _holds_for_unknown(protocol, rule.when):
        found.add("H1")
    if any(question.kind == "date" or question.freshness for question in read):
        found.add("H5")
    if rule.urgent:
        found.add("H9")
    return tuple(sorted(found))


def hazards_of_question(question: Question) -> tuple[str, ...]:
    return ("H1", "H5", "H8") if question.freshness else ("H1", "H8")


def _holds_for_unknown(protocol: Protocol, condition: Condition) -> bool:
    if isinstance(condition, Test):
        return condition.form == "unresolved"
    if isinstance(condition, NamedCondition):
        return _holds_for_unknown(protocol, protocol.conditions[condition.name])
    parts = condition.parts if isinstance(condition, Group) else (condition.part,)
    assert isinstance(condition, Group | AnyDevice)
    return any(_holds_for_unknown(protocol, part) for part in parts)
