"""The table of OWASP ASVS 5.0.0 is whole, and what it names is there."""

from __future__ import annotations

import re
from collections import Counter

from tests.support.documents import broken_links, existing_tests, named_tests, table_rows, text_of

# The numbers of the standard by level, section by section; the third are those that the product chose for itself.
LEVELS = {
    "1": """1.2.1-5 1.3.1-2 1.5.1 2.1.1 2.2.1-2 2.3.1 3.2.1-2 3.3.1 3.4.1-2 3.5.1-3 4.1.1 4.4.1 5.2.1-2 5.3.1-2 6.1.1
        6.2.1-8 6.3.1-2 6.4.1-2 7.2.1-4 7.4.1-2 8.1.1 8.2.1-2 8.3.1 9.1.1-3 9.2.1 10.4.1-5 11.3.1-2 11.4.1 12.1.1
        12.2.1-2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1""",
    "2": """1.1.1-2 1.2.6-9 1.3.3-11 1.4.1-3 1.5.2 2.1.2-3 2.2.3 2.3.2-4 2.4.1 3.3.2-4 3.4.3-6 3.5.4-5 3.7.1-2 4.1.2-3
        4.2.1 4.3.1-2 4.4.2-4 5.1.1 5.2.3 5.4.1-3 6.1.2-3 6.2.9-12 6.3.3-4 6.4.3-4 6.5.1-5 6.6.1-3 6.8.1-4 7.1.1-3
        7.3.1-2 7.4.3-5 7.5.1-2 7.6.1-2 8.1.2 8.2.3 8.4.1 9.2.2-4 10.1.1-2 10.2.1-2 10.3.1-4 10.4.6-11 10.5.1-5
        10.6.1-2 10.7.1-3 11.1.1-2 11.2.1-3 11.3.3 11.4.2-4 11.5.1 11.6.1 12.1.2-3 12.3.1-4 13.1.1 13.2.1-5 13.3.1-2
        13.4.2-5 14.1.1-2 14.2.2-4 14.3.2-3 15.1.2-3 15.2.2-3 15.3.2-7 16.1.1 16.2.1-5 16.3.1-4 16.4.1-3 16.5.1-3
        17.1.1 17.2.1-4 17.3.1-2""",
    "3": """1.2.10 2.3.5 3.3.5 3.4.7-8 3.5.8 3.6.1 4.1.4 6.3.6-8 6.4.6 7.5.3 8.3.2 11.3.4 13.1.2 13.2.6 13.3.4 13.4.6
        14.2.6-7 15.1.4 15.2.4 15.4.2 16.5.4""",
}
TABLE = text_of("asvs.md")
ROWS = table_rows(TABLE, r"\d+(\.\d+){2}(, \d+(\.\d+){2})*")
NOT_APPLICABLE, NOT_MET = "not applicable, because ", "not met, because "


def numbers(written: str) -> list[str]:
    found = []
    for part in written.split():
        first, _, last = part.partition("-")
        section, _, number = first.rpartition(".")
        found += [f"{section}.{each}" for each in range(int(number), int(last or number) + 1)]
    return found


def kind(how: str) -> str:
    """How a requirement is met."""
    if how.startswith((NOT_APPLICABLE, NOT_MET)):
        return how.partition(",")[0]
    if named_tests(how):
        return "test"
    return "document" if "](" in how else ""


def test_every_requirement_is_in_the_table_once_with_its_level() -> None:
    listed = [(number, level) for cells, level, *_ in ROWS for number in cells.split(", ")]
    wanted = [(number, level) for level, written in LEVELS.items() for number in numbers(written)]
    assert Counter(listed) == Counter(wanted)
    assert sum(level != "3" for _, level in wanted) == 253


def test_every_row_says_in_one_of_four_ways_how_it_is_met() -> None:
    for number, _, label, how in ROWS:
        assert label, number
        assert kind(how), number
        if kind(how).startswith("not"):
            assert len(how.partition("because ")[2]) > 10, number
        assert (kind(how) == "not met") == ("threat-model.md" in how), number


def test_every_test_and_document_that_the_table_names_exists() -> None:
    assert named_tests(TABLE) <= existing_tests(), named_tests(TABLE) - existing_tests()
    assert broken_links(TABLE) == []


def test_the_counts_above_the_table_are_those_of_the_table() -> None:
    for words, levels in (("levels 1 and 2", "12"), ("level 3", "3")):
        counts = Counter(
            kind(how) for cells, level, _, how in ROWS for _ in cells.split(", ") if level in levels
        )
        said = re.search(rf"^- {words}, (\d+) requirements: (.+)$", TABLE, re.MULTILINE)
        assert said, words
        assert int(said[1]) == counts.total()
        assert [int(each) for each in re.findall(r"\d+", said[2])] == [
            counts[each] for each in ("test", "document", "not applicable", "not met")
        ]


def test_the_words_are_ours_and_the_standard_is_named() -> None:
    assert "ASVS by OWASP, CC BY-SA 4.0" in TABLE
    assert "Verify that" not in TABLE
    assert max(len(label) for _, _, label, _ in ROWS) < 70
