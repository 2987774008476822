"""One word, one thing: a public name means the same wherever it stands, because it is defined once."""

from __future__ import annotations

import ast
from collections import defaultdict

from tests.house.imports import FILES


def public_names(text: str) -> set[str]:
    """Classes, functions and values that a module defines for others, itself."""
    found: set[str] = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return {name for name in found if not name.startswith("_")}


def test_no_public_name_is_defined_twice() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for module, path in FILES.items():
        # The package's own door leads to `screening.app.create_app`, and has to be called the same.
        if module != "screening":
            for name in public_names(path.read_text(encoding="utf-8")):
                places[name].append(module)
    assert {name: modules for name, modules in places.items() if len(modules) > 1} == {}


def test_a_name_is_seen_however_it_is_defined() -> None:
    text = "class A: ...\ndef b(): ...\nC = 1\nd: int = 2\n_e = 3\n"
    assert public_names(text) == {"A", "b", "C", "d"}
