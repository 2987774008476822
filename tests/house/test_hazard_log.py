"""The hazard log names tests that exist, and controls that are numbered by hazard and cause."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOG = (ROOT / "docs" / "hazard-log.md").read_text()
CONTROLS = [line.split(" | ") for line in LOG.splitlines() if re.match(r"\| H\d", line)]


def existing_tests() -> set[str]:
    files = (ROOT / "tests").rglob("test_*.py")
    return {name for file in files for name in re.findall(r"^def (test_\w+)", file.read_text(), re.MULTILINE)}


def test_every_test_that_the_hazard_log_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", LOG))
    assert len(named) > 40
    assert named <= existing_tests()


def test_each_control_of_the_design_names_its_test() -> None:
    for number, _cause, kind, what, tests in CONTROLS:
        assert kind in ("design", "test", "training", "business"), number
        assert what
        assert "`test_" in tests or kind in ("training", "business"), number


def test_controls_are_numbered_by_hazard_and_cause() -> None:
    numbers = [control[0].removeprefix("| ") for control in CONTROLS]
    assert len(numbers) == len(set(numbers))
    hazards = re.findall(r"^## (H\d+) ", LOG, re.MULTILINE)
    assert hazards == [f"H{number}" for number in range(1, len(hazards) + 1)]
    assert {number.partition(".")[0] for number in numbers} == set(hazards)


def test_the_scores_are_drafts_until_a_clinician_sets_them() -> None:
    assert "All scores are drafts" in LOG
    assert LOG.count("waits for the clinic's safety officer") == len(re.findall(r"^## H", LOG, re.MULTILINE))
