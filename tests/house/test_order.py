"""A test that reads rows in whatever order a database hands them out passes or fails by luck."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# One row, or a number, has no order.
WITHOUT_ORDER = (".one()", "func.count()")


def statements(tree: ast.AST) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            yield node


def is_by_luck(statement: ast.stmt) -> bool:
    words = ast.unparse(statement)
    return "select(Event" in words and not any(each in words for each in ("order_by(", *WITHOUT_ORDER))


def test_no_test_reads_events_without_their_order() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{statement.lineno}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for statement in statements(ast.parse(path.read_text()))
        if path != Path(__file__) and is_by_luck(statement)
    ]
    assert found == []


def test_a_reading_without_order_is_seen() -> None:
    (luck,) = statements(ast.parse("acts = list(session.scalars(select(Event.act)))"))
    (sure,) = statements(ast.parse("acts = session.scalars(select(Event).order_by(Event.number)).all()"))
    assert is_by_luck(luck)
    assert not is_by_luck(sure)
