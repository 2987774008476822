"""The graph of the product's imports, read from its text: also those inside of functions and of type checks."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "screening").rglob("*.py"))
    if "versions" not in path.parts
}
Graph = dict[str, frozenset[str]]


@cache
def graph() -> Graph:
    """Each module with the modules of ours that it imports. The package itself only opens the door to its app."""
    return {module: _ours(path) - {module} for module, path in FILES.items() if module != "screening"}


def _ours(path: Path) -> frozenset[str]:
    return frozenset(
        max((known for known in (name, name.rpartition(".")[0]) if known in FILES), key=len)
        for name in names(path)
        if name in FILES or name.rpartition(".")[0] in FILES
    ) - {"screening"}


def names(path: Path) -> set[str]:
    """Every name that a file imports, with its module: `screening.records.answers.submit`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def reached(graph: Graph, start: str) -> set[str]:
    """What a module loads, over any number of steps."""
    found: set[str] = set()
    left = [start]
    while left:
        new = graph.get(left.pop(), frozenset()) - found
        found |= new
        left += new
    return found
