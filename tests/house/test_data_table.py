"""docs/data.md names every column that is stored, and says of each how it is really protected."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screening.records.retention import DRAFTS_HOLD, ENDS, SESSIONS_HOLD, SETTLED_HOLDS
from screening.storage.models import Base
from screening.storage.models.sealed import Personal

PAGE = Path(__file__).parents[2] / "docs" / "data.md"
CLASSES = {"health", "identity", "contact", "staff", "technical"}
# What is never a value about a person that could stand in plain text.
_NEVER_PLAIN = re.compile(
    r"answer|contact|birth|reason|said|about$|note$|password|secret|token|code", re.IGNORECASE
)
# Not what its name sounds like: each is explained in its row.
_HARMLESS = {
    "link.birth_date_failures",
    "user.us_totp_secrets",
    "verified_answer.id",
}


def rows() -> dict[str, list[str]]:
    found = {}
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if len(cells) == 5 and re.fullmatch(r"`\w+\.\w+`", cells[0]):
            name = cells[0].strip("`")
            assert name not in found, f"{name} is there twice"
            found[name] = cells[1:]
    return found


def columns() -> dict[str, bool]:
    """Every column, and whether it is sealed."""
    return {
        f"{table.name}.{column.name}": isinstance(column.type, Personal)
        for table in Base.metadata.sorted_tables
        for column in table.columns
    }


def test_R1_the_page_names_exactly_the_columns_that_exist() -> None:
    assert columns().keys() - rows().keys() == set(), "stored, and not on the page"
    assert rows().keys() - columns().keys() == set(), "on the page, and not stored"


def test_R1_each_column_has_a_purpose_a_class_an_end_and_its_true_protection() -> None:
    stored = columns()
    found = {name: what_is_wrong(name, row, stored[name]) for name, row in rows().items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def what_is_wrong(name: str, row: list[str], is_sealed: bool) -> list[str]:
    purpose, kind, kept, protection = row
    is_plain = protection.startswith("plain")
    holds = {
        "a purpose": bool(purpose),
        "an end": bool(kept),
        "a class": kind in CLASSES,
        "its true protection": protection.startswith("sealed") is is_sealed,
        "a reason for plain text": bool(re.match(r"(sealed|hash|encrypted by|plain: .{6})", protection)),
        "a harmless name": not (is_plain and _NEVER_PLAIN.search(name.partition(".")[2]))
        or name in _HARMLESS,
    }
    return [each for each, does in holds.items() if not does]


@pytest.mark.parametrize(
    ("row", "is_sealed", "wrong"),
    [
        (["why", "health", "2 years", "sealed"], True, []),
        (["", "odd", "", "sealed"], True, ["a purpose", "an end", "a class"]),
        (["why", "health", "2 years", "sealed"], False, ["its true protection"]),
        (["why", "health", "2 years", "plain"], False, ["a reason for plain text", "a harmless name"]),
    ],
)
def test_a_row_that_does_not_hold_is_seen(row: list[str], is_sealed: bool, wrong: list[str]) -> None:
    assert what_is_wrong("x.answers", row, is_sealed) == wrong


@pytest.mark.parametrize("kind", ["identity", "contact"])
def test_who_a_patient_is_lies_nowhere_in_plain_text(kind: str) -> None:
    found = {name: row[3] for name, row in rows().items() if row[1] == kind}
    assert found
    assert all(protection.startswith("sealed") for protection in found.values()), found


def test_the_ends_on_the_page_are_those_that_the_job_carries_out() -> None:
    said = {name.partition(".")[0]: row[2] for name, row in rows().items()}
    assert (DRAFTS_HOLD.days, SESSIONS_HOLD.days, SETTLED_HOLDS.days) == (30, 1, 30)
    for model, _ in ENDS.values():
        assert re.match(r"(30 days|1 day) after|until the time ends", said[model.__tablename__])
    others = {table for table in said if table not in {model.__tablename__ for model, _ in ENDS.values()}}
    assert not [table for table in others if re.search(r"\bdays?\b", said[table])]
