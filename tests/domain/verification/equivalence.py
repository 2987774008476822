"""Whether two protocols raise the same flags on every combination of answers that the form can produce."""

from __future__ import annotations

from dataclasses import replace

from screening.domain.protocol.condition_forms import AnyDevice, Condition, Group, NamedCondition
from screening.domain.protocol.model import Protocol, Rule
from screening.domain.verification.laws import walk_of
from screening.domain.verification.reading import Reading
from screening.domain.verification.spaces import Spaces
from screening.domain.verification.walking import fires


def is_equivalent(shipped: Protocol, harmed: Protocol) -> bool:
    """Only conditions may differ; whatever else differs is never called equivalent."""
    if not _differ_in_conditions_only(shipped, harmed):
        return False
    pairs = [
        (_written_out(shipped, rule), _written_out(harmed, harmed.rules[name]))
        for name, rule in shipped.rules.items()
    ]
    return all(_fire_alike(shipped, one, other) for one, other in pairs if one.when != other.when)


def _differ_in_conditions_only(shipped: Protocol, harmed: Protocol) -> bool:
    same = (
        "questions",
        "sources",
        "topics",
        "modalities",
        "principles",
        "fallback",
        "patient_texts",
        "section_texts",
    )
    rules = {name: replace(rule, when=shipped.rules[name].when) for name, rule in harmed.rules.items()}
    return rules == shipped.rules and all(getattr(shipped, name) == getattr(harmed, name) for name in same)


def _fire_alike(shipped: Protocol, one: Rule, other: Rule) -> bool:
    both = replace(shipped, rules={"one": replace(one, id="one"), "other": replace(other, id="other")})
    spaces = Spaces(Reading(both))
    needed = max(spaces.reading.devices_needed(rule) for rule in both.rules.values())
    return all(
        fires(spaces, "one", state) == fires(spaces, "other", state)
        for state in walk_of(spaces, ["one", "other"], needed).states()
    )


def _written_out(protocol: Protocol, rule: Rule) -> Rule:
    """The rule with named conditions in full, since the same name may mean two things in two protocols."""
    return replace(rule, when=_in_full(protocol, rule.when))


def _in_full(protocol: Protocol, condition: Condition) -> Condition:
    if isinstance(condition, NamedCondition):
        return _in_full(protocol, protocol.conditions[condition.name])
    if isinstance(condition, AnyDevice):
        return AnyDevice(_in_full(protocol, condition.part))
    if isinstance(condition, Group):
        return Group(condition.form, tuple(_in_full(protocol, part) for part in condition.parts))
    return condition
