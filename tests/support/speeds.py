"""Two speeds: `make test` runs the tests marked `quick`, and `.ci/run` these and then all others."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable

import pytest

# A test with one of these is not quick, unless it is marked `quick` by hand.
SLOW = frozenset({"postgresql", "browser", "proof", "drill"})
# The first is the same browser without a window to draw, and takes a third less time for the same pages.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
NEEDED = bool(os.environ.get("SCREENING_TESTS_NEED_BROWSER"))
NO_BROWSER = pytest.mark.skip("no Chromium is installed: on Debian and Ubuntu, apt-get install chromium")

COLLECTED = pytest.StashKey[dict[str, frozenset[str]]]()
"""The marks of each test that was found, before any was left out."""


def mark(config: pytest.Config, items: Iterable[pytest.Item]) -> None:
    for item in items:
        _derive(item)
        if not marks_of(item) & SLOW:
            item.add_marker("quick")
    config.stash[COLLECTED] = {item.nodeid: marks_of(item) for item in items}


def marks_of(item: pytest.Item) -> frozenset[str]:
    return frozenset(each.name for each in item.iter_markers())


def _derive(item: pytest.Item) -> None:
    """Which database and whether a browser: the test says so by what it asks for."""
    fixtures = getattr(item, "fixturenames", ())
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    if "postgresql" in fixtures or "postgresql" in [each for each in parameters if isinstance(each, str)]:
        item.add_marker("postgresql")
    if "chromium" in fixtures:
        item.add_marker("browser")
        if CHROMIUM is None and not NEEDED:
            item.add_marker(NO_BROWSER)
