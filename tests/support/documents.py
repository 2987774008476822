"""What the documents promise: the tests and the places that they name, and their tables."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_TESTS = Path(__file__).parents[1]


@cache
def existing_tests() -> frozenset[str]:
    files = [file.read_text(encoding="utf-8") for file in _TESTS.rglob("test_*.py")]
    return frozenset(name for text in files for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE))


@cache
def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def named_tests(text: str) -> set[str]:
    return set(re.findall(r"`(test_\w+)`", text))


def table_rows(text: str, first: str) -> list[list[str]]:
    """The cells of each table row whose first cell looks like `first`."""
    cells = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [row for row in cells if re.fullmatch(first, row[0])]


def broken_links(text: str) -> list[str]:
    """Links to documents or headings that are not there."""
    return [link for link in re.findall(r"\]\(([^)#:]*(?:#[^)]*)?)\)", text) if not _leads_somewhere(link)]


def _leads_somewhere(link: str) -> bool:
    name, _, heading = link.partition("#")
    file = (DOCS / name).resolve()
    return file.exists() and (not heading or heading in _headings(file.read_text(encoding="utf-8")))


def _headings(text: str) -> set[str]:
    """Headings as they stand in addresses."""
    found = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-") for words in found}
