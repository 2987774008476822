"""The command, run as a person runs it, or in this process where a process of its own proves nothing more."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from click.testing import CliRunner

from screening.commands.main import main

ROOT = Path(__file__).parents[2]
CLINIC = [
    "--name",
    "Anna's Clinic",
    "--zone",
    "Europe/Paris",
    "--phone",
    "01 99 00 00 00",
    "--emergency",
    "112",
]
ADDRESS = ["--address", "https://forms.example.org"]


@dataclass(frozen=True)
class Ran:
    returncode: int
    stdout: str
    stderr: str


def run(
    *words: str, cwd: Path = ROOT, given: str = "", command: str = "screening"
) -> subprocess.CompletedProcess[str]:
    """As a person runs it: a process with its own status, streams and file rights."""
    environment = {name: value for name, value in os.environ.items() if not _is_setting(name)}
    environment["PYTHONPATH"] = str(ROOT)
    return subprocess.run(
        [Path(sys.executable).parent / command, *words],
        cwd=cwd,
        input=given,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def run_here(*words: str, cwd: Path = ROOT, given: str = "") -> Ran:
    """In this process: the same command without the second that Python takes to start it."""
    unset: dict[str, str | None] = {name: None for name in os.environ if _is_setting(name)}
    with chdir(cwd), _own_umask(), patch("screening.commands.server.run_server", _started):
        answer = CliRunner().invoke(main, words, input=given, env=unset, catch_exceptions=False)
    return Ran(answer.exit_code, answer.stdout, answer.stderr)


def _started(*_: object) -> None:
    raise AssertionError("the server started")


def _is_setting(name: str) -> bool:
    return name.startswith("SCREENING_")


@contextmanager
def _own_umask() -> Iterator[None]:
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)
