"""Each law is guarded, and each guard is watched: the test that names the law fails once the guard is taken out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards import GUARDS, Guard

ROOT = Path(__file__).parent.parent
TREE = ("screening", "templates", "static", "tests", "config.py", "pyproject.toml")


def test_every_law_has_a_guard_and_a_test_that_names_it() -> None:
    laws = {f"L{number}" for number in range(1, 13)}
    assert {guard.law for guard in GUARDS} == laws
    for guard in GUARDS:
        assert f"::test_{guard.law}_" in guard.test


@pytest.fixture(scope="session")
def copied_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product beside itself, where a guard can be taken out without harm."""
    copy = tmp_path_factory.mktemp("guards")
    for name in TREE:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    return copy


@pytest.mark.parametrize("guard", GUARDS, ids=[f"{each.law}-{each.file}" for each in GUARDS])
def test_without_its_guard_the_test_of_a_law_fails(copied_tree: Path, guard: Guard) -> None:
    file = copied_tree / guard.file
    text = file.read_text()
    assert text.count(guard.guard) == 1, "the guard is not where the table says"
    file.write_text(text.replace(guard.guard, guard.without))
    try:
        found = run(copied_tree, guard.test)
    finally:
        file.write_text(text)
    assert found.returncode == 1, found.stdout[-2000:] + found.stderr[-2000:]
    assert "failed" in found.stdout


def run(where: Path, test: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly"]
    # Only where the guard makes a difference at once; the whole suite runs every test on both databases.
    wanted = ["-k", "not postgresql", test]
    environment = {**os.environ, "PYTHONPATH": str(where), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PYTEST_XDIST_WORKER", None)
    base = f"--basetemp={where.parent / 'guarded'}"
    return subprocess.run(
        [*command, base, *wanted], cwd=where, env=environment, capture_output=True, text=True, check=False
    )
