"""Files of an earlier form: versions on record are never rewritten, so what they lack is taken from a newer file.

Once, short names, roles and what a principle reads stood in the program. A file without `help_section` is from then.
A new file is never completed: what is missing in it is refused.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from screening.domain.protocol.tree import FileMap

_HEAD = ("help_section", "on_arrival")
_KEYS = {
    "questions": ("short", "plural", "role", "ordinary"),
    "principles": ("reads",),
}


def completed(tree: FileMap, newer: FileMap) -> FileMap:
    if any(key in tree for key in _HEAD):
        return tree
    whole = deepcopy(tree)
    for key in _HEAD:
        whole[key] = newer[key]
    for part, keys in _KEYS.items():
        for thing, like in _pairs(whole, newer, part):
            thing.update({key: like[key] for key in keys if key in like and key not in thing})
    for rule, like in _pairs(whole, newer, "rules"):
        if "no_task" in like and rule.get("task") == like["task"]:
            rule["no_task"] = like["no_task"]
    for question in _blocks(whole, "questions"):
        question.setdefault("short", f"“{question.get('wording', '')}”")
    return whole


def _pairs(tree: FileMap, newer: FileMap, part: str) -> list[tuple[FileMap, FileMap]]:
    known = {thing.get("id"): thing for thing in _blocks(newer, part)}
    return [(thing, known[thing.get("id")]) for thing in _blocks(tree, part) if thing.get("id") in known]


def _blocks(tree: FileMap, part: str) -> list[Any]:
    things = tree.get(part)
    return [thing for thing in things if isinstance(thing, FileMap)] if isinstance(things, list) else []
