"""Two versions side by side: everything that differs, nothing left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from screening.domain.comparing.difference import Change, Difference, Direction, text_change, value_change
from screening.domain.comparing.fields import other_fields
from screening.domain.comparing.questions import question_differences
from screening.domain.comparing.rules import fallback_differences, principle_differences, rule_differences
from screening.domain.protocol.model import Protocol


def compare(old: Protocol, new: Protocol) -> tuple[Difference, ...]:
    """Rules first, then what is asked, then texts and sources; within a kind in the order of the file."""
    return (
        *rule_differences(old, new),
        *principle_differences(old, new),
        *fallback_differences(old, new),
        *question_differences(old, new),
        *_things("Kind of treatment", "name", old.modalities, new.modalities, Direction.LOOK),
        *_things("Topic", "title", old.topics, new.topics, Direction.LOOK),
        *_sections(old, new),
        *_patient_texts(old, new),
        *_on_arrival(old, new),
        *_things("Source", "citation", old.sources, new.sources, Direction.WORDS),
        *_header(old, new),
        *_conditions(old, new),
    )


def _things(
    kind: str, title: str, old: Mapping[str, Any], new: Mapping[str, Any], way: Direction
) -> Iterator[Difference]:
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        words = getattr(after or before, title)
        if before is None or after is None:
            what = "added" if before is None else "removed"
            yield Difference(kind, name, what, (Change(f"{what} ({way.label})", way),), words)
            continue
        changes = text_change(title.capitalize(), getattr(before, title), words)
        changes += other_fields(before, after, {title}, way)
        if changes:
            yield Difference(kind, name, "changed", tuple(changes), words)


def _sections(old: Protocol, new: Protocol) -> Iterator[Difference]:
    for slug in dict.fromkeys([*old.section_texts, *new.section_texts]):
        before, after = old.section_texts.get(slug), new.section_texts.get(slug)
        changes = text_change("Title", before.title if before else "", after.title if after else "")
        changes += text_change("Text", before.text if before else "", after.text if after else "")
        if changes:
            what = "changed" if before and after else "added" if after else "removed"
            yield Difference("Patient text", slug, what, tuple(changes))


def _patient_texts(old: Protocol, new: Protocol) -> Iterator[Difference]:
    for name in dict.fromkeys([*old.patient_texts, *new.patient_texts]):
        before, after = old.patient_texts.get(name, ""), new.patient_texts.get(name, "")
        changes = text_change("Text", before, after)
        if changes:
            what = "changed" if before and after else "added" if after else "removed"
            yield Difference("Patient text", name, what, tuple(changes))


def _on_arrival(old: Protocol, new: Protocol) -> Iterator[Difference]:
    changes = other_fields(old.on_arrival, new.on_arrival, ())
    if changes:
        yield Difference("Asked on arrival", "", "changed", tuple(changes))


def _header(old: Protocol, new: Protocol) -> Iterator[Difference]:
    changes: list[Change] = []
    for name in ("version", "status", "language", "name"):
        before, after = getattr(old, name), getattr(new, name)
        changes += value_change(name.capitalize(), before, after, Direction.WORDS, "said in the file")
    changes += value_change("Section on urgent help", old.help_section, new.help_section)
    if changes:
        yield Difference("Head of the file", "", "changed", tuple(changes))


def _conditions(old: Protocol, new: Protocol) -> Iterator[Difference]:
    """What a shared condition means is shown with each rule that uses it; here only that one came or went."""
    names = dict.fromkeys([*old.conditions, *new.conditions])
    for name in names:
        if (name in old.conditions) != (name in new.conditions):
            what = "added" if name in new.conditions else "removed"
            change = Change(f"{what} (shown with the rules that use it)", Direction.WORDS)
            yield Difference("Shared condition", name, what, (change,))
        elif old.conditions[name] != new.conditions[name]:
            change = Change("changed (shown with the rules that use it)", Direction.WORDS)
            yield Difference("Shared condition", name, "changed", (change,))
