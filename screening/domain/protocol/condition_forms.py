"""What a condition can say of the answers. There is no "not": one more risk never makes a condition false."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Test:
    """One comparison of one question, such as `{question: bleed.medicine, has: warfarin}`."""

    __test__ = False  # not a test class, whatever a test runner may think of the name

    question: str
    form: str
    codes: tuple[str, ...] = ()
    number: float = 0
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Group:
    """`all` or `any` of several conditions."""

    form: str
    parts: tuple[Condition, ...]
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class AnyDevice:
    part: Condition
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class NamedCondition:
    name: str
    line: int = field(default=0, compare=False, repr=False)


Condition = Test | Group | AnyDevice | NamedCondition


def conditions_inside(condition: Condition) -> Iterator[Condition]:
    """The condition itself and every condition written inside it."""
    yield condition
    parts = condition.parts if isinstance(condition, Group) else ()
    for part in (condition.part,) if isinstance(condition, AnyDevice) else parts:
        yield from conditions_inside(part)
