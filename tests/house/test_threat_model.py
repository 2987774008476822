"""The threat model names every security check with its state, and only tests that exist."""

from __future__ import annotations

import re

from tests.support.documents import broken_links, existing_tests, named_tests, table_rows, text_of

CHECKS = {"P": 8, "S": 8, "E": 6, "A": 5, "I": 10, "T": 6, "D": 5, "U": 4, "R": 4, "V": 2, "O": 5}
PAPER = text_of("threat-model.md")
ROWS = table_rows(PAPER, r"[A-Z]\d+")


def test_every_check_is_listed_once_in_order() -> None:
    assert [row[0] for row in ROWS] == [
        f"{letter}{number}" for letter, last in CHECKS.items() for number in range(1, last + 1)
    ]


def test_each_check_says_its_state_and_what_is_missing() -> None:
    for check, asks, state, shown, missing in ROWS:
        assert asks, check
        assert state in ("met", "partly", "open"), check
        assert bool(named_tests(shown)) == (state != "open"), check
        assert (missing == "-") == (state == "met"), check


def test_every_test_and_document_that_it_names_exists() -> None:
    assert named_tests(PAPER) <= existing_tests(), named_tests(PAPER) - existing_tests()
    assert broken_links(PAPER) == []


def test_each_threat_is_countered_by_something_that_is_tested() -> None:
    threats = table_rows(PAPER.partition("counters it")[2].partition("## ")[0], r"(?!threat$)[^-].*")
    assert len(threats) > 10
    for threat, *_, shown in threats:
        assert named_tests(shown), threat


def test_what_the_table_of_requirements_does_not_meet_is_said_here() -> None:
    said = set(re.findall(r"\b\d+\.\d+\.\d+\b", PAPER.partition("## What is not met")[2]))
    not_met = re.findall(r"^\| ([\d., ]+) \| \d \| [^|]+ \| not met", text_of("asvs.md"), re.MULTILINE)
    assert {number for cells in not_met for number in cells.split(", ")} == said


def test_the_picture_is_there_and_says_in_words_what_it_shows() -> None:
    picture = text_of("threat-model.svg")
    assert "(threat-model.svg)" in PAPER
    assert "<desc" in picture
    assert "prefers-color-scheme: dark" in picture
    assert "<script" not in picture
