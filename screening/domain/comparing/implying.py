"""Whether one condition holds wherever another does, as far as their structure shows it.

A yes is always right. A no may only mean that the structure does not show it; then a reader has to judge.
"""

from __future__ import annotations

from collections.abc import Mapping

from screening.domain.comparing.difference import Direction
from screening.domain.protocol.condition_forms import AnyDevice, Condition, Group, NamedCondition, Test

Names = Mapping[str, Condition]
_CHOSEN = ("is", "is_any", "has", "has_any")


def direction(before: Condition, old: Names, after: Condition, new: Names) -> Direction | None:
    """Stricter where it now holds in more cases. None where both hold in the same cases."""
    wider, narrower = implies(before, old, after, new), implies(after, new, before, old)
    if wider and narrower:
        return None
    if wider or narrower:
        return Direction.STRICTER if wider else Direction.MILDER
    return Direction.LOOK


def implies(first: Condition, names: Names, second: Condition, others: Names) -> bool:
    """Whether `second` holds in every case in which `first` does."""
    if isinstance(first, NamedCondition):
        return implies(names[first.name], names, second, others)
    if isinstance(second, NamedCondition):
        return implies(first, names, others[second.name], others)
    if isinstance(first, Group) and first.form == "any":
        return all(implies(part, names, second, others) for part in first.parts)
    if isinstance(second, Group) and second.form == "all":
        return all(implies(first, names, part, others) for part in second.parts)
    if isinstance(first, Test) and isinstance(second, Test):
        return _test_implies(first, second)
    if isinstance(first, AnyDevice) and isinstance(second, AnyDevice):
        return implies(first.part, names, second.part, others)
    return _part_implies(first, names, second, others)


def _part_implies(first: Condition, names: Names, second: Condition, others: Names) -> bool:
    """One part of an "all" is enough to show it, and so is one alternative of an "any"."""
    of_first = first.parts if isinstance(first, Group) else ()
    of_second = second.parts if isinstance(second, Group) else ()
    return any(implies(part, names, second, others) for part in of_first) or any(
        implies(first, names, part, others) for part in of_second
    )


def _test_implies(first: Test, second: Test) -> bool:
    if first.question != second.question:
        return False
    if second.form in (*_CHOSEN, "at_least") and first.form in (*_CHOSEN, "at_least"):
        return set(first.codes) <= set(second.codes) and max(first.number, 1) >= max(second.number, 1)
    if first.form != second.form:
        return False
    if first.form in ("above", "older_than_days"):
        return second.number <= first.number
    if first.form == "within_days":
        return second.number >= first.number
    return True
