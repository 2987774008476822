"""Asks whether a pinned library has a known weakness. Ends with 0, 1 (it has one) or 3 (it could not be asked for).

Silence is no answer: a library that the source does not know, or a source that cannot be reached, counts as not asked.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

LISTS = ("requirements.txt",)
CLEAN, WEAK, NOT_ASKED = 0, 1, 3
_NAME = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


def main() -> int:
    code, words = judge(_ask(), pins())
    sys.stdout.write(words + "\n")
    return code


def pins() -> set[str]:
    """The names of all libraries that are pinned."""
    return {_plain(name) for each in LISTS for name in _NAME.findall(Path(each).read_text())}


def judge(report: dict[str, Any] | None, pinned: set[str]) -> tuple[int, str]:
    """What a report of pip-audit means for the libraries that are pinned."""
    found = [each for each in (report or {}).get("dependencies", []) if isinstance(each, dict)]
    weak = [
        f"{each['name']} {each.get('version', '')}: {each_weakness.get('id')}, mended in "
        f"{', '.join(each_weakness.get('fix_versions') or ['no version yet'])}"
        for each in found
        for each_weakness in each.get("vulns") or []
    ]
    asked = {_plain(each["name"]) for each in found if "vulns" in each and "skip_reason" not in each}
    missing = sorted(pinned - asked)
    lines = [f"Known weakness in {each}" for each in weak]
    if missing:
        lines.append(
            "NOT CHECKED for known weaknesses: the source of advisories could not be reached, or does not know "
            f"{len(missing)} of {len(pinned)} libraries ({', '.join(missing[:5])}{', …' if len(missing) > 5 else ''}). "
            "Run `make audit` where it can be reached before a release."
        )
    if weak:
        return WEAK, "\n".join(lines)
    return (
        (NOT_ASKED, "\n".join(lines))
        if missing
        else (CLEAN, f"No known weakness in {len(pinned)} libraries.")
    )


def _ask() -> dict[str, Any] | None:
    command = [sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--format", "json"]
    command += ["--progress-spinner", "off", "--timeout", "5"]
    command += [word for each in LISTS for word in ("--requirement", each)]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603
        report = json.loads(answer.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None
    return report if isinstance(report, dict) else None


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
