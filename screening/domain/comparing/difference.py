"""One thing that differs between two versions, in words, and whether it makes the protocol stricter or milder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

_PARTS = re.compile(r"\s+|[^\s]+")


class Direction(Enum):
    """`LOOK`: it can be either, so a reader must judge it. `WORDS`: no flag, effect or question depends on it."""

    STRICTER = "stricter"
    MILDER = "milder"
    LOOK = "look"
    WORDS = "words"

    @property
    def label(self) -> str:
        return {"look": "please judge", "words": "wording"}.get(self.value, self.value)


@dataclass(frozen=True)
class Piece:
    """A stretch of a changed text: kept, taken out or put in."""

    what: str
    text: str


@dataclass(frozen=True)
class Change:
    says: str
    direction: Direction
    pieces: tuple[Piece, ...] = ()
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Difference:
    """Everything that changed about one rule, question, source or text."""

    kind: str
    id: str
    what: str
    """added, removed or changed."""
    changes: tuple[Change, ...]
    title: str = ""

    @property
    def direction(self) -> Direction:
        """The one that a reader must see first: milder before all, since it can take a protection away."""
        found = {change.direction for change in self.changes}
        order = (Direction.MILDER, Direction.LOOK, Direction.STRICTER)
        return next((each for each in order if each in found), Direction.WORDS)


def text_change(name: str, before: str, after: str, direction: Direction = Direction.WORDS) -> list[Change]:
    """A changed text, word by word; nothing where it is the same."""
    if before == after:
        return []
    says = f"{name} {'added' if not before else 'removed' if not after else 'changed'}"
    return [Change(says, direction, word_by_word(before, after))]


def value_change(
    name: str, before: str, after: str, direction: Direction = Direction.LOOK, note: str = ""
) -> list[Change]:
    if before == after:
        return []
    words = f"{name}: {before or 'none'} → {after or 'none'}"
    return [Change(f"{words} ({note or direction.label})", direction)]


def list_change(
    name: str, before: Iterable[str], after: Iterable[str], direction: Direction = Direction.WORDS
) -> list[Change]:
    """What a list of names lost and gained."""
    old, new = list(before), list(after)
    if old == new:
        return []
    out = [each for each in old if each not in new]
    put = [each for each in new if each not in old]
    parts = [f"without {', '.join(out)}"] if out else []
    parts += [f"with {', '.join(put)}"] if put else []
    return [Change(f"{name}: {'; '.join(parts) or 'in another order'}", direction)]


def word_by_word(before: str, after: str) -> tuple[Piece, ...]:
    old, new = _PARTS.findall(before), _PARTS.findall(after)
    pieces: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece("kept", "".join(old[a:b])))
            continue
        if a < b:
            pieces.append(Piece("out", "".join(old[a:b])))
        if c < d:
            pieces.append(Piece("in", "".join(new[c:d])))
    return tuple(pieces)


def stricter_if(is_stricter: bool) -> Direction:
    return Direction.STRICTER if is_stricter else Direction.MILDER
