"""Each law is guarded, and each guard is watched: the test that names the law fails once the guard is taken out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from tests.support.guards import GUARDS, Guard

pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[2]
TREE = ("screening", "templates", "static", "tests", "config.py", "pyproject.toml")
PYTEST = ("-q", "-x", "-p", "no:cacheprovider")
# Only where the guard makes a difference at once; the whole suite runs every test on both databases.
WANTED = ("-k", "not postgresql")


def test_every_law_has_a_guard_and_a_test_that_names_it() -> None:
    laws = {f"L{number}" for number in range(1, 13)}
    assert {guard.law for guard in GUARDS} == laws
    for guard in GUARDS:
        assert f"::test_{guard.law}_" in guard.test


class Copy:
    """The product beside itself, where a guard can be taken out without harm."""

    def __init__(self, where: Path) -> None:
        self.tree = where / "tree"
        self._where = where
        for name in TREE:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, self.tree / name)
        self._warm = self._warmed()

    def _warmed(self) -> subprocess.Popen[str]:
        environment = {name: value for name, value in os.environ.items() if name != "PYTEST_XDIST_WORKER"}
        # What is compiled now would be taken for what stands in its place a moment later.
        environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        return subprocess.Popen(
            [sys.executable, "-P", self.tree / "tests" / "support" / "warm.py"],
            env=environment | {"PYTHONPATH": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *tests: str) -> tuple[int, str]:
        assert self._warm.stdin
        assert self._warm.stdout
        output = self._where / "output"
        output.write_text("")
        words = [*PYTEST, f"--basetemp={self._where / 'guarded'}", *WANTED, *tests]
        asked = {"tree": str(self.tree), "output": str(output), "words": words}
        self._warm.stdin.write(json.dumps(asked) + "\n")
        self._warm.stdin.flush()
        return int(self._warm.stdout.readline()), output.read_text()

    def close(self) -> None:
        self._warm.communicate()


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    where = tmp_path_factory.mktemp("guards")
    (where / "tree").mkdir()
    made = Copy(where)
    yield made
    made.close()


def test_with_every_guard_in_its_place_the_same_tests_pass(copy: Copy) -> None:
    status, output = copy.run(*dict.fromkeys(guard.test for guard in GUARDS))
    assert status == 0, output[-4000:]


@pytest.mark.parametrize("guard", GUARDS, ids=[f"{each.law}-{each.file}" for each in GUARDS])
def test_without_its_guard_the_test_of_a_law_fails(copy: Copy, guard: Guard) -> None:
    file = copy.tree / guard.file
    text = file.read_text()
    assert text.count(guard.guard) == 1, "the guard is not where the table says"
    Path(cache_from_source(str(file))).unlink(missing_ok=True)
    file.write_text(text.replace(guard.guard, guard.without))
    try:
        status, output = copy.run(guard.test)
    finally:
        file.write_text(text)
    assert status == 1, output[-4000:]
    assert "1 failed" in output
