"""Two speeds, and no test between them: what `.ci/run` runs is every test, each once."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from tests.support.speeds import COLLECTED, SLOW

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text()
BUILD = (ROOT / ".ci" / "run").read_text()


def selections() -> list[str]:
    """What `.ci/run` asks pytest for, by marks; its Makefile targets say it."""
    targets = re.findall(r"^make ([\w-]+)$", BUILD, re.MULTILINE)
    recipes = [re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE) for target in targets]
    return [
        marks
        for recipe in recipes
        if recipe
        for marks in re.findall(r'^\t\$\(TESTS\) -m "(.+)" \$\(PYTEST\)$', recipe[1], re.MULTILINE)
    ]


def times(marks: frozenset[str]) -> int:
    """How often a test with these marks runs: words like `not quick` mean to Python what they mean to pytest."""
    return sum(
        bool(eval(words, {"__builtins__": {}}, defaultdict(bool, dict.fromkeys(marks, True))))  # noqa: S307
        for words in selections()
    )


def test_every_test_runs_once_in_the_build(request: pytest.FixtureRequest) -> None:
    """Whatever was left out of this run: all that was found counts."""
    found = request.config.stash[COLLECTED]
    assert found
    assert [name for name, marks in found.items() if times(marks) != 1] == []


def test_every_mark_that_there_is_runs_in_the_build(pytestconfig: pytest.Config) -> None:
    ours = {line.partition(":")[0] for line in pytestconfig.getini("markers")} & {"quick", *SLOW}
    assert ours == {"quick", *SLOW}
    registered = re.findall(r'^    "(\w+): ', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert set(registered) == ours
    for mark in ours:
        assert times(frozenset({mark})) == 1, mark


def test_what_is_slow_is_not_quick_but_by_hand(request: pytest.FixtureRequest) -> None:
    """A few tests of a slow kind stand for the others at each save."""
    found = request.config.stash[COLLECTED]
    chosen = {name.partition("[")[0] for name, marks in found.items() if "quick" in marks and marks & SLOW}
    assert len(chosen) <= 2, chosen


def test_the_build_never_goes_without_a_browser() -> None:
    needs = BUILD.index("export SCREENING_TESTS_NEED_BROWSER=1")
    assert needs < BUILD.index("make test")
