"""Days, times and numbers as people read them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask, render_template_string

ROOT = Path(__file__).parents[1]
# In London the clocks are an hour ahead of this moment, and the day is the next one.
LATE = datetime(2026, 6, 2, 23, 5, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("day", "Wednesday 3 June 2026"),
        ("short_day", "Wednesday 3 June"),
        ("plain_day", "3 June 2026"),
        ("time", "00:05"),
        ("moment", "Wednesday 3 June 2026, 00:05"),
        ("short_moment", "Wednesday 3 June, 00:05"),
        ("exact_moment", "Wednesday 3 June, 00:05:07"),
        ("stamp", "03 June 2026, 00:05"),
        ("stamp_day", "03 June 2026"),
        ("iso_day", "2026-06-03"),
    ],
)
def test_a_moment_is_told_in_the_zone_of_the_clinic(in_words: None, name: str, words: str) -> None:
    assert render_template_string(f"{{{{ when|{name} }}}}", when=LATE) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [("day", "Monday 23 November 2026"), ("plain_day", "23 November 2026"), ("iso_day", "2026-11-23")],
)
def test_a_day_is_the_same_day_everywhere(in_words: None, name: str, words: str) -> None:
    assert render_template_string(f"{{{{ when|{name} }}}}", when=date(2026, 11, 23)) == words


@pytest.mark.parametrize(("amount", "words"), [(0, "0"), (1200, "1200"), (37.5, "37.5"), (40.0, "40")])
def test_a_number_has_no_more_figures_than_it_needs(in_words: None, amount: float, words: str) -> None:
    assert render_template_string("{{ amount|number }}", amount=amount) == words


def test_the_clinic_tells_its_own_zone(app: Flask) -> None:
    with app.app_context():
        assert render_template_string("{{ when|moment }}", when=LATE) == "Wednesday 3 June 2026, 00:05"


def test_nothing_else_writes_a_day_a_time_or_a_number() -> None:
    by_hand = re.compile(r"strftime|%[HMBAdg]\b|:,\}|\|format\(")
    templates = [*(ROOT / "templates").rglob("*.html")]
    code = [path for path in (ROOT / "screening").rglob("*.py") if "verification" not in path.parts]
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in templates + code
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if by_hand.search(line)
    ]
    assert found == []
