"""Rules that cannot fire, that another makes pointless, or that say two things of the same answers."""

from __future__ import annotations

from collections.abc import Iterator

from screening.domain.protocol.model import Rule
from screening.domain.verification.laws import covers, is_as_strict, walk_of
from screening.domain.verification.report import Finding
from screening.domain.verification.spaces import Spaces
from screening.domain.verification.ticks import TooLarge
from screening.domain.verification.walking import Combination, fires
from screening.domain.verification.whole import assessed, whole_form


def firing(spaces: Spaces, rule: Rule) -> Iterator[Combination]:
    """Each combination of answers to its own questions by which a rule fires."""
    walk = walk_of(spaces, [rule.id], spaces.reading.devices_needed(rule))
    yield from (combination for combination in walk.states() if fires(spaces, rule.id, combination))


def unreachable(spaces: Spaces, rule: Rule) -> Iterator[Finding]:
    if next(firing(spaces, rule), None) is None:
        yield Finding("rules", rule.id, "no answers that the form can produce make this rule fire")


def pointless(spaces: Spaces, rule: Rule) -> Iterator[Finding]:
    """Where another single rule always fires beside it: one of the two is in the way of the other."""
    for name in _always_beside(spaces, rule):
        other = spaces.protocol.rules[name]
        if _always(spaces, other.id, rule.id):
            if rule.id < other.id:
                yield Finding("rules", rule.id, _twice(rule, other))
        elif is_as_strict([other], rule) and not is_as_strict([rule], other):
            yield Finding(
                "rules",
                rule.id,
                f"whenever it fires, {other.id} fires too and is stricter: it can change nothing",
            )


def _twice(rule: Rule, other: Rule) -> str:
    alike = rule.severity == other.severity and rule.effects == other.effects
    says = (
        "says the same: keep one" if alike else "differs in severity or effects: they contradict each other"
    )
    return f"{other.id} fires on exactly the same answers and {says}"


def _always_beside(spaces: Spaces, rule: Rule) -> list[str]:
    combination = next(firing(spaces, rule), None)
    if combination is None:
        return []
    seen = {flag.rule for flag in assessed(spaces.protocol, whole_form(spaces.protocol, combination)).flags}
    return [other for other in sorted(seen & set(spaces.protocol.rules)) if _always(spaces, rule.id, other)]


def _always(spaces: Spaces, rule: str, other: str) -> bool:
    """Whether the other fires whenever the rule does. Not known counts as no: nothing is reported without proof."""
    if rule == other:
        return False
    try:
        needed = max(spaces.reading.devices_needed(spaces.protocol.rules[name]) for name in (rule, other))
        states = walk_of(spaces, [rule, other], needed).states()
        return all(
            fires(spaces, other, combination) for combination in states if fires(spaces, rule, combination)
        )
    except TooLarge:
        return False


def only_adds_a_reason(spaces: Spaces, rule: Rule) -> bool:
    """Whether other rules, which ones may vary, are always together as strict."""
    company = [rule.id]
    try:
        while combination := next(_decided(spaces, rule, company), None):
            result = assessed(spaces.protocol, whole_form(spaces.protocol, combination))
            others = {flag.rule for flag in result.flags} & set(spaces.protocol.rules) - {rule.id}
            new = others - set(company)
            if not new or not is_as_strict([spaces.protocol.rules[other] for other in others], rule):
                return False
            company += sorted(new)
    except TooLarge:
        return False
    return covers(result, rule) if len(company) > 1 else False


def _decided(spaces: Spaces, rule: Rule, company: list[str]) -> Iterator[Combination]:
    """Where the rule fires and the others that are looked at do not make it needless."""
    for combination in walk_of(spaces, company, spaces.reading.devices_needed(rule)).states():
        if fires(spaces, rule.id, combination):
            others = [
                spaces.protocol.rules[other] for other in company[1:] if fires(spaces, other, combination)
            ]
            if not is_as_strict(others, rule):
                yield combination
