"""A flood from one address is slowed down; a busy clinic behind one address is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from screening.web.rate_limits import EVERYTHING, SENDING
from tests.web.test_proxies import HTTPS, served, visitor


@pytest.fixture
def clinic(empty_sqlite: Path) -> Any:
    return served(f"sqlite:///{empty_sqlite}")


def statuses(app: Flask, count: int, path: str, address: str, *, sends: bool = False) -> list[int]:
    client = visitor(app)
    from_there = {**HTTPS, "X-Forwarded-For": address}
    ask = client.post if sends else client.get
    return [ask(path, headers=from_there).status_code for _ in range(count)]


def test_a_flood_of_sending_is_refused_for_its_address_only(clinic: Flask) -> None:
    most = int(SENDING.split()[0])
    answers = statuses(clinic, most + 5, "/s/tablet", "192.0.2.1", sends=True)
    assert 429 not in answers[:most]
    assert set(answers[most:]) == {429}
    assert 429 not in statuses(clinic, 5, "/s/tablet", "192.0.2.2", sends=True)


@pytest.mark.drill
def test_a_flood_of_looking_is_refused_with_a_page_that_says_what_to_do(clinic: Flask) -> None:
    most = int(EVERYTHING.split()[0])
    assert 429 not in statuses(clinic, most, "/", "192.0.2.3")
    page = visitor(clinic).get("/", headers={**HTTPS, "X-Forwarded-For": "192.0.2.3"})
    assert page.status_code == 429
    assert "Please wait a minute" in page.text
    assert page.headers["Retry-After"]


def test_files_of_the_pages_are_not_counted(clinic: Flask) -> None:
    client = visitor(clinic)
    for _ in range(int(EVERYTHING.split()[0]) + 5):
        answer = client.get("/static/icon.svg", headers={**HTTPS, "X-Forwarded-For": "192.0.2.4"})
        answer.close()
    assert answer.status_code == 200
