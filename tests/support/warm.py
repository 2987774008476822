"""Runs tests one after another, each in a process of its own that is born with the libraries already loaded.

A line of JSON asks for one: where its tree is, where its output goes, and the words for pytest. Nothing of the tree is
loaded before: each process sees the files as they are when it is asked for.
"""

from __future__ import annotations

import importlib
import json
import os
import sys

import pytest

LIBRARIES = (
    "alembic.command",
    "flask_babel",
    "flask_limiter",
    "argon2",
    "flask_wtf",
    "html5lib",
    "psycopg",
    "sqlalchemy.orm",
    "yaml",
)


def main() -> None:
    for name in LIBRARIES:
        importlib.import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _run(**json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201


def _run(tree: str, output: str, words: list[str]) -> None:
    os.chdir(tree)
    sys.path.insert(0, tree)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream in (1, 2):
        os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND), stream)
    status = pytest.main(words)
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
