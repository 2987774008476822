"""Reads YAML into plain values that remember their lines.

Only what the protocol needs is accepted: maps, lists, text, numbers, true, false and null. Tags, anchors,
aliases and repeated keys are refused, because a reviewer could read them differently from the program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml
from yaml.reader import Reader

from screening.domain.protocol.vocabulary import ProtocolError
from screening.text import has_control_character

_DEEPEST: Final = 20
_PARSER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,9}")
_DECIMAL: Final = re.compile(r"[-+]?[0-9]{1,9}\.[0-9]{1,9}")
_WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}


class FileMap(dict[str, Any]):
    """A map that knows the line it starts on and the line of each key."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)


class Items(list[Any]):
    """A list that knows the line of each item."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


def read_tree(text: str) -> FileMap:
    try:
        # Event by event: what is nested too deeply is refused before the rest of it, which could take hours, is read.
        return _tree(yaml.parse(text, Loader=_PARSER))
    except yaml.MarkedYAMLError as problem:
        raise _broken(problem) from problem
    except yaml.YAMLError as problem:  # a character that YAML does not allow carries no mark
        found = Reader.NON_PRINTABLE.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        raise ProtocolError(
            line, "the file holds a character that is not allowed", "Save it as plain UTF-8 text"
        ) from problem


def _tree(events: Iterator[yaml.Event]) -> FileMap:
    next(events)
    first = next(events)
    if isinstance(first, yaml.StreamEndEvent):
        raise ProtocolError(1, "the file is empty", "Restore the protocol file")
    tree = _value(next(events), events, 0)
    next(events)
    if not isinstance(last := next(events), yaml.StreamEndEvent):
        raise ProtocolError(
            _line(last), "the file holds more than one document", "Remove the line that reads ---"
        )
    if not isinstance(tree, FileMap):
        raise ProtocolError(1, "the file is not a map of keys", "Start it with `protocol:`")
    return tree


def _broken(problem: yaml.MarkedYAMLError) -> ProtocolError:
    mark = problem.problem_mark or problem.context_mark
    line = mark.line + 1 if mark else 1
    return ProtocolError(
        line, f"the YAML cannot be read ({problem.problem})", "Check indentation, quotes and colons"
    )


def _value(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Any:
    line = _line(event)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise ProtocolError(line, "an anchor or alias (& or *) is used", "Write the value out in full")
    if getattr(event, "tag", None) is not None:
        raise ProtocolError(line, "a tag (!) is used", "Remove it; plain values need no tag")
    if depth > _DEEPEST:
        raise ProtocolError(
            line, "values are nested too deeply", "Name an inner condition under `conditions`"
        )
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event, line)
    if isinstance(event, yaml.SequenceStartEvent):
        return _items(line, events, depth)
    return _block(line, events, depth)


def _items(line: int, events: Iterator[yaml.Event], depth: int) -> Items:
    items = Items(line)
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        items.lines.append(_line(event))
        items.append(_value(event, events, depth + 1))
    return items


def _block(line: int, events: Iterator[yaml.Event], depth: int) -> FileMap:
    block = FileMap(line)
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key_line = _line(event)
        key = _value(event, events, depth + 1)
        if not isinstance(key, str):
            raise ProtocolError(key_line, "a key is not a word", "Put the key in quotes")
        if key in block:
            raise ProtocolError(key_line, f"the key `{key}` is written twice", "Remove one of the two")
        block.lines[key] = key_line
        block[key] = _value(next(events), events, depth + 1)
    return block


def _scalar(event: yaml.ScalarEvent, line: int) -> str | int | float | bool | None:
    value: str = event.value
    if has_control_character(value):
        raise ProtocolError(
            line, "a text holds a character that no page can show", "Remove it, such as \\0 or \\e in quotes"
        )
    if event.style:
        return value
    if value in _WORDS:
        return _WORDS[value]
    if _INTEGER.fullmatch(value):
        return int(value)
    return float(value) if _DECIMAL.fullmatch(value) else value


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
