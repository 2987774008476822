"""A picture of the rules of one topic, from question to rule to effect, as boxes and lines to draw. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from screening.domain.protocol.model import Protocol, Rule
from screening.domain.protocol.subjects import subject
from screening.domain.protocol.wording import questions_read

WIDTH: Final = 1200
_QUESTION, _RULE, _EFFECTS = (0, 355), (455, 130), (600, 100)
"""Where each column begins, and how wide it or each of its cells is."""
_HEAD, _ROW, _BOX, _GAP = 56, 36, 30, 8


@dataclass(frozen=True)
class Box:
    id: str
    words: str
    x: int
    y: int
    width: int
    height: int = _BOX

    @property
    def middle(self) -> int:
        return self.y + self.height // 2


@dataclass(frozen=True)
class EffectBox:
    effect: str
    x: int
    y: int


@dataclass(frozen=True)
class RuleBox:
    box: Box
    severity: str
    cells: tuple[EffectBox, ...]


@dataclass(frozen=True)
class Edge:
    path: str
    severity: str


@dataclass(frozen=True)
class ColumnHead:
    words: str
    x: int
    y: int


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    questions: tuple[Box, ...]
    rules: tuple[RuleBox, ...]
    lines: tuple[Edge, ...]
    heads: tuple[ColumnHead, ...]
    words: str
    """The same for who cannot see it."""


def picture_of(protocol: Protocol, rules: Sequence[Rule]) -> Picture:
    reads = {rule.id: questions_read(protocol, rule.when) for rule in rules}
    boxes = tuple(_rule_box(protocol, rule, row) for row, rule in enumerate(rules))
    questions = _question_boxes(protocol, boxes, reads)
    bottom = max([each.box.y for each in boxes] + [each.y for each in questions], default=_HEAD)
    return Picture(
        width=WIDTH,
        height=bottom + _ROW,
        questions=tuple(questions),
        rules=boxes,
        lines=tuple(_lines(questions, boxes, reads)),
        heads=tuple(_heads(protocol)),
        words=_words(protocol, rules, reads),
    )


def _rule_box(protocol: Protocol, rule: Rule, row: int) -> RuleBox:
    y = _HEAD + row * _ROW
    cells = tuple(
        EffectBox(rule.effects[code].word, _EFFECTS[0] + place * _EFFECTS[1], y)
        for place, code in enumerate(protocol.modalities)
        if code in rule.effects
    )
    box = Box(rule.id, f"{rule.id} {rule.severity.word}", _RULE[0], y, _RULE[1])
    return RuleBox(box, rule.severity.word, cells)


def _question_boxes(
    protocol: Protocol, rules: Sequence[RuleBox], reads: Mapping[str, Sequence[str]]
) -> list[Box]:
    """Each question beside the middle of its rules, moved down where another one is there already."""
    asked = dict.fromkeys(name for names in reads.values() for name in names)
    wanted = {name: _middle(name, rules, reads) for name in asked}
    boxes: list[Box] = []
    least = _HEAD
    for name in sorted(asked, key=lambda each: wanted[each]):
        y = max(least, wanted[name])
        words = subject(protocol, name)
        boxes.append(Box(name, words[:1].upper() + words[1:], _QUESTION[0], y, _QUESTION[1]))
        least = y + _BOX + _GAP
    return _not_below(boxes, _HEAD + len(rules) * _ROW)


def _middle(name: str, rules: Sequence[RuleBox], reads: Mapping[str, Sequence[str]]) -> int:
    places = [rule.box.y for rule in rules if name in reads[rule.box.id]]
    return sum(places) // len(places)


def _not_below(boxes: list[Box], bottom: int) -> list[Box]:
    """Moves the last boxes up as far as there is room, so that the picture is no higher than its rules."""
    if len(boxes) * (_BOX + _GAP) > bottom - _HEAD:
        return boxes
    most = bottom - _BOX
    moved: list[Box] = []
    for box in reversed(boxes):
        y = min(box.y, most)
        moved.append(Box(box.id, box.words, box.x, y, box.width))
        most = y - _BOX - _GAP
    return list(reversed(moved))


def _lines(
    questions: Sequence[Box], rules: Sequence[RuleBox], reads: Mapping[str, Sequence[str]]
) -> list[Edge]:
    places = {box.id: box for box in questions}
    lines = []
    for rule in rules:
        for name in reads[rule.box.id]:
            start, end = places[name], rule.box
            x1, x2 = start.x + start.width, end.x
            half = (x1 + x2) // 2
            path = f"M{x1} {start.middle}C{half} {start.middle} {half} {end.middle} {x2} {end.middle}"
            lines.append(Edge(path, rule.severity))
    return lines


def _heads(protocol: Protocol) -> list[ColumnHead]:
    """Every other name a line higher, so that a long one has room."""
    return [
        ColumnHead(modality.name, _EFFECTS[0] + place * _EFFECTS[1] + 4, 16 if place % 2 == 0 else 40)
        for place, modality in enumerate(protocol.modalities.values())
    ]


def _words(protocol: Protocol, rules: Sequence[Rule], reads: Mapping[str, Sequence[str]]) -> str:
    told = []
    for rule in rules:
        names = ", ".join(subject(protocol, name) for name in reads[rule.id])
        effects = [
            f"{protocol.modalities[code].name} {effect.word}"
            for code, effect in rule.effects.items()
            if effect and code in protocol.modalities
        ]
        told.append(f"{rule.id}, {rule.severity.word}, reads {names}: {', '.join(effects) or 'no effect'}.")
    return " ".join(told)
