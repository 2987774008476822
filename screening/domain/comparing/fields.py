"""The safety net of the comparison: no field of a rule, question or source can change without a word."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields
from typing import Any

from screening.domain.comparing.difference import Change, Direction, value_change


def other_fields(
    before: Any, after: Any, but: Collection[str], direction: Direction = Direction.LOOK
) -> list[Change]:
    """A plain "before → after" for every field that nobody compared in words of its own."""
    changes: list[Change] = []
    for each in fields(before):
        if each.name not in but and each.name != "line":
            was, now = getattr(before, each.name), getattr(after, each.name)
            changes += value_change(
                each.name.replace("_", " ").capitalize(), _word(was), _word(now), direction
            )
    return changes


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)
