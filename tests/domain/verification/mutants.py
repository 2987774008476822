"""Every small harm that can be done to the protocol file, one at a time, each to be undone again.

The tree of the file is changed in place and built from, since reading 2,500 lines anew takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from screening.domain.protocol.vocabulary import QUESTION_ROLES, READINGS

Undo = Callable[[], None]
OTHER_EFFECTS = ("ok", "modify", "avoid")
OTHER_SEVERITIES = ("note", "caution", "stop")
_LISTS = ("is_any", "has_any", "of")
_NUMBERS = ("above", "older_than_days", "within_days", "at_least")


@dataclass(frozen=True)
class Mutant:
    kind: str
    name: str
    apply: Callable[[], Undo]
    part: str = ""
    """The one part of the file that it harms."""


def mutants(tree: Any) -> Iterator[Mutant]:
    yield from _in("rules", _rule_mutants(tree))
    yield from _in("questions", _question_mutants(tree))
    for part in ("rules", "conditions", "questions"):
        yield from _in(part, _condition_mutants(tree, part))
    for part in ("rules", "questions"):
        yield from _in(part, _swapped_ids(tree[part], f"ids of {part} swapped"))
    yield from _in("questions", _swapped_options(tree))
    for part in ("questions", "sources", "topics", "modalities", "principles"):
        yield from _in(part, _dropped_items(tree, part))
    yield from _in("principles", _principle_mutants(tree))
    yield from _in("head", _head_mutants(tree))
    for part in ("conditions", "section_texts", "patient_texts"):
        yield from _in(part, _dropped_keys(tree, part))


def _in(part: str, found: Iterator[Mutant]) -> Iterator[Mutant]:
    return (replace(mutant, part=part) for mutant in found)


def without_key(block: Any, key: str) -> Callable[[], Undo]:
    def apply() -> Undo:
        before = dict(block)
        del block[key]
        return lambda: _restore(block, before)

    return apply


def with_value(block: Any, key: Any, value: Any) -> Callable[[], Undo]:
    def apply() -> Undo:
        before = block[key]
        block[key] = value
        return lambda: block.__setitem__(key, before)

    return apply


def without_item(items: Any, place: int) -> Callable[[], Undo]:
    def apply() -> Undo:
        item, line = items.pop(place), items.lines.pop(place)

        def undo() -> None:
            items.insert(place, item)
            items.lines.insert(place, line)

        return undo

    return apply


def swapped(one: Any, other: Any, key: str) -> Callable[[], Undo]:
    def apply() -> Undo:
        one[key], other[key] = other[key], one[key]

        def undo() -> None:
            one[key], other[key] = other[key], one[key]

        return undo

    return apply


def _restore(block: Any, before: dict[str, Any]) -> None:
    block.clear()
    block.update(before)


def _rule_mutants(tree: Any) -> Iterator[Mutant]:
    for place, rule in enumerate(tree["rules"]):
        name = rule["id"]
        yield Mutant("rule dropped", name, without_item(tree["rules"], place))
        for word in OTHER_SEVERITIES:
            if word != rule["severity"]:
                yield Mutant("severity changed", f"{name} {word}", with_value(rule, "severity", word))
        for code, effect in rule["effects"].items():
            for word in OTHER_EFFECTS:
                if word != effect:
                    change = with_value(rule["effects"], code, word)
                    yield Mutant("effect changed", f"{name} {code} {word}", change)
        for key in ("sources", "support", "sections"):
            for item, value in enumerate(rule[key]):
                yield Mutant(f"{key} shortened", f"{name} {value}", without_item(rule[key], item))
        yield from _mark_mutants(rule)


def _mark_mutants(rule: Any) -> Iterator[Mutant]:
    name = rule["id"]
    for key in ("urgent", "records_a_fact", "per", "no_task"):
        if key in rule:
            yield Mutant("rule's mark dropped", f"{name} {key}", without_key(rule, key))
    if "no_task" not in rule:
        yield Mutant("rule left without a task", name, _with_new_key(rule, "no_task", True))


def _condition_mutants(tree: Any, part: str) -> Iterator[Mutant]:
    names = list(tree["conditions"])
    options = {question["id"]: _codes(question) for question in tree["questions"]}
    for where, condition in _conditions(tree, part):
        for at, block in _inside(condition, where):
            yield from _group_mutants(at, block)
            yield from _test_mutants(at, block, options)
            if "named" in block:
                for name in names:
                    if name != block["named"]:
                        yield Mutant("condition exchanged", f"{at} {name}", with_value(block, "named", name))


def _conditions(tree: Any, part: str) -> Iterator[tuple[str, Any]]:
    if part == "rules":
        yield from ((rule["id"], rule["when"]) for rule in tree["rules"])
    elif part == "conditions":
        yield from tree["conditions"].items()
    else:
        for question in tree["questions"]:
            for key in ("asked", "asked_when"):
                if isinstance(question.get(key), dict):
                    yield question["id"], question[key]


def _inside(block: Any, at: str) -> Iterator[tuple[str, Any]]:
    yield at, block
    for form in ("all", "any"):
        for place, part in enumerate(block.get(form, ())):
            yield from _inside(part, f"{at}.{form}{place}")
    if "any_device" in block:
        yield from _inside(block["any_device"], f"{at}.device")


def _group_mutants(at: str, block: Any) -> Iterator[Mutant]:
    for form, other in (("all", "any"), ("any", "all")):
        for place, part in enumerate(block.get(form, ())):
            kind = "unresolved part dropped" if "unresolved" in part else "part dropped"
            yield Mutant(kind, f"{at} {form}{place}", without_item(block[form], place))
        if form in block:
            yield Mutant("all and any exchanged", f"{at} {form}", _renamed(block, form, other))


def _renamed(block: Any, key: str, name: str) -> Callable[[], Undo]:
    def apply() -> Undo:
        before = dict(block)
        block[name] = block.pop(key)
        return lambda: _restore(block, before)

    return apply


def _test_mutants(at: str, block: Any, options: dict[str, list[str]]) -> Iterator[Mutant]:
    for key in _LISTS:
        for place, code in enumerate(block.get(key, ())):
            yield Mutant("option out of a list", f"{at} {code}", without_item(block[key], place))
    for key in ("is", "has"):
        for code in options.get(block.get("question", ""), []) if key in block else ():
            if code != block[key]:
                yield Mutant("option exchanged", f"{at} {code}", with_value(block, key, code))
    for key in _NUMBERS:
        if key in block:
            for number in {block[key] * 10, block[key] + 1, block[key] - 1}:
                yield Mutant("threshold changed", f"{at} {key} {number}", with_value(block, key, number))


def _codes(question: Any) -> list[str]:
    return [option["code"] for option in question.get("options", ())]


def _swapped_ids(things: Any, kind: str) -> Iterator[Mutant]:
    for one, other in combinations(things, 2):
        if one["topic"] == other["topic"]:
            yield Mutant(kind, f"{one['id']} {other['id']}", swapped(one, other, "id"))


def _swapped_options(tree: Any) -> Iterator[Mutant]:
    for question in tree["questions"]:
        for one, other in combinations(question.get("options", ()), 2):
            name = f"{question['id']} {one['code']} {other['code']}"
            yield Mutant("ids of options swapped", name, swapped(one, other, "code"))
            yield Mutant("labels of options swapped", name, swapped(one, other, "label"))


def _dropped_items(tree: Any, key: str) -> Iterator[Mutant]:
    for place, thing in enumerate(tree[key]):
        name = thing.get("id") or thing.get("key") or thing.get("code")
        yield Mutant(f"one of the {key} dropped", name, without_item(tree[key], place))


def _dropped_keys(tree: Any, key: str) -> Iterator[Mutant]:
    for name in tree[key]:
        yield Mutant(f"one of the {key} dropped", name, without_key(tree[key], name))


def _question_mutants(tree: Any) -> Iterator[Mutant]:
    for question in tree["questions"]:
        name, days = question["id"], question["freshness"]
        for place, option in enumerate(question.get("options", ())):
            kind = "option dropped"
            yield Mutant(kind, f"{name} {option['code']}", without_item(question["options"], place))
        longer = 1 if days == "visit" else days + 1
        for freshness in (longer, 3650):
            yield Mutant(
                "freshness lengthened", f"{name} {freshness}", with_value(question, "freshness", freshness)
            )
        if "optional" not in question:
            yield Mutant("question made optional", name, _with_new_key(question, "optional", True))
        yield from _role_mutants(question)
        for key in ("nothing_to_report", "listed_as", "optional", "unsure_label", "short", "plural"):
            if key in question:
                yield Mutant("question's mark dropped", f"{name} {key}", without_key(question, key))


def _role_mutants(question: Any) -> Iterator[Mutant]:
    """What the program looks for by its role, and the state of a device that it passes over."""
    name = question["id"]
    for role in QUESTION_ROLES:
        if role != question.get("role"):
            yield Mutant("role changed", f"{name} {role}", _with_new_key(question, "role", role))
    for key in ("role", "ordinary"):
        if key in question:
            yield Mutant("role changed", f"{name} without {key}", without_key(question, key))
    for code in _codes(question) if "ordinary" in question else ():
        if code != question["ordinary"]:
            yield Mutant("role changed", f"{name} ordinary {code}", with_value(question, "ordinary", code))


def _principle_mutants(tree: Any) -> Iterator[Mutant]:
    for principle in tree["principles"]:
        name = principle["id"]
        yield Mutant("principle's reading changed", name, without_key(principle, "reads"))
        for reading in READINGS:
            if reading != principle["reads"]:
                change = with_value(principle, "reads", reading)
                yield Mutant("principle's reading changed", f"{name} {reading}", change)
    for one, other in combinations(tree["principles"], 2):
        name = f"{one['id']} {other['id']}"
        yield Mutant("principle's reading changed", f"{name} swapped", swapped(one, other, "reads"))


def _head_mutants(tree: Any) -> Iterator[Mutant]:
    kind = "head of the file harmed"
    for key in ("help_section", "on_arrival"):
        yield Mutant(kind, key, without_key(tree, key))
    for slug in tree["section_texts"]:
        if slug != tree["help_section"]:
            yield Mutant(kind, f"help_section {slug}", with_value(tree, "help_section", slug))
    for place, asked in enumerate(tree["on_arrival"]["ask"]):
        yield Mutant(kind, f"on_arrival {asked}", without_item(tree["on_arrival"]["ask"], place))
    yield Mutant(kind, "on_arrival provider", without_key(tree["on_arrival"], "provider_reads"))


def _with_new_key(block: Any, key: str, value: Any) -> Callable[[], Undo]:
    def apply() -> Undo:
        before = dict(block)
        block[key] = value
        return lambda: _restore(block, before)

    return apply
