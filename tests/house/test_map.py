"""The map of the house is true: it names every room, and each file that it sends a newcomer to is there."""

from __future__ import annotations

import re

from tests.house.imports import ROOT, graph
from tests.support.documents import broken_links, text_of

MAP = text_of("architecture.md")
ROOMS = re.findall(
    r"`([a-z_]+)(?:/|\.py)`", "\n".join(line.split("|")[1] for line in MAP.splitlines() if "|" in line)
)


def test_the_map_shows_every_room() -> None:
    assert {module.split(".")[1] for module in graph()} <= set(ROOMS)


def test_every_path_that_the_documents_name_exists() -> None:
    for name in ("architecture.md", "decisions.md"):
        paths = re.findall(r"`((?:screening|tests|docs|templates|static)/[\w./-]*)`", text_of(name))
        assert paths
        assert [path for path in paths if not (ROOT / path).exists()] == []
        assert broken_links(text_of(name)) == []


def test_the_map_stays_one_page() -> None:
    assert len(MAP.splitlines()) < 80
