"""Takes typed values out of one map of the file, and refuses what it does not know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import Any, TypeVar

from screening.domain.protocol.tree import FileMap, Items
from screening.domain.protocol.vocabulary import Effect, ProtocolError, Severity

Built = TypeVar("Built")
Word = TypeVar("Word", bound=IntEnum)

_LONGEST_NAME = 40
_NAME = re.compile(r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*")

EFFECT_WORDS = {effect.word: effect for effect in Effect}
SEVERITY_WORDS = {severity.word: severity for severity in Severity if severity}


class Fields:
    """One map of the file. Every key must be taken; `done` refuses the rest."""

    def __init__(self, value: Any, line: int, what: str) -> None:
        if not isinstance(value, FileMap):
            raise ProtocolError(line, f"{what} is not a map of keys", "Write it as `key: value` lines")
        self.block, self.what, self.line = value, what, value.line
        self._left = set(value)

    def refuse(self, key: str, wrong: str, remedy: str) -> ProtocolError:
        return ProtocolError(self.block.line_of(key), f"{self.what}: {wrong}", remedy)

    def has(self, key: str) -> bool:
        return key in self.block

    def raw(self, key: str) -> Any:
        if key not in self.block:
            raise self.refuse(key, f"`{key}` is missing", f"Add `{key}:`")
        self._left.discard(key)
        return self.block[key]

    def text(self, key: str) -> str:
        value = self.raw(key)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(
                key, f"`{key}` is not a text", "Write some words, in quotes if they look like a number"
            )
        return value.strip()

    def name(self, key: str) -> str:
        """What stands in addresses, file names and anchors: nothing in it may mean something there."""
        value = self.text(key)
        if len(value) > _LONGEST_NAME or not _NAME.fullmatch(value):
            raise self.refuse(
                key,
                f"`{key}` cannot be {value[:_LONGEST_NAME]!r}",
                f"Use at most {_LONGEST_NAME} letters and digits, with single hyphens or dots between",
            )
        return value

    def text_or_empty(self, key: str) -> str:
        self._left.discard(key)
        return self.text(key) if self.block.get(key) not in (None, "") else ""

    def number(self, key: str) -> float | int:
        value = self.raw(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refuse(key, f"`{key}` is not a number", "Write digits without quotes")
        return value

    def count(self, key: str) -> int:
        value = self.number(key)
        if not isinstance(value, int) or value < 1:
            raise self.refuse(key, f"`{key}` is not a whole number above zero", "Write for example 28")
        return value

    def yes(self, key: str) -> bool:
        value = self.raw(key) if self.has(key) else False
        if not isinstance(value, bool):
            raise self.refuse(key, f"`{key}` is neither true nor false", "Write true or false without quotes")
        return value

    def word(self, key: str, words: dict[str, Word]) -> Word:
        value = self.raw(key)
        if not isinstance(value, str) or value not in words:
            raise self.refuse(key, f"`{key}` cannot be {value!r}", f"Use one of: {', '.join(words)}")
        return words[value]

    def one_of(self, key: str, allowed: Iterable[str]) -> str:
        value = self.text(key)
        if value not in set(allowed):
            raise self.refuse(
                key, f"`{key}` cannot be {value!r}", f"Use one of: {', '.join(sorted(allowed))}"
            )
        return value

    def items(self, key: str) -> Items:
        value = self.raw(key)
        if not isinstance(value, Items) or not value:
            raise self.refuse(key, f"`{key}` is not a list with something in it", "Write it as a list")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        items = self.items(key)
        for line, item in zip(items.lines, items, strict=True):
            if not isinstance(item, str) or not item:
                raise ProtocolError(
                    line, f"{self.what}: an item of `{key}` is not a text", "Put it in quotes"
                )
            if items.count(item) > 1:
                raise ProtocolError(
                    line, f"{self.what}: `{key}` names {item!r} twice", "Remove one of the two"
                )
        return tuple(items)

    def each(self, key: str, build: Callable[[Any, int], Built]) -> tuple[Built, ...]:
        items = self.items(key)
        return tuple(build(item, line) for line, item in zip(items.lines, items, strict=True))

    def inner(self, key: str) -> Fields:
        return Fields(self.raw(key), self.block.line_of(key), f"{self.what}, `{key}`")

    def done(self) -> None:
        for key in self.block:
            if key in self._left:
                raise self.refuse(
                    key, f"`{key}` is not a key that is known here", "Correct its spelling or remove it"
                )
