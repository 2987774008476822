"""Error pages: plain words, a way on, and nothing of what was typed in the log."""

import logging
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from screening.app import create_app
from tests.conftest import config_for
from tests.support.pages import check_page

CANARY = "canary-answer-warfarin"


@pytest.fixture
def broken(tmp_path: Any) -> Any:
    """The application as a clinic runs it, with pages that fail."""
    app = create_app(config_for(f"sqlite:////{tmp_path}/absent.db"))

    def fail() -> str:
        raise RuntimeError(CANARY)

    def lose_the_database() -> str:
        raise OperationalError(CANARY, {"answers": CANARY}, Exception(CANARY))

    from screening.web.endpoints import ANYONE, ENDPOINTS, Access

    app.add_url_rule("/fail", "fail", fail)
    app.add_url_rule("/lost", "lost", lose_the_database)
    open_to_all = Access(ANYONE, frozenset({"GET"}))
    ENDPOINTS.update(fail=open_to_all, lost=open_to_all)
    yield app.test_client()
    for name in ("fail", "lost"):
        del ENDPOINTS[name]


def test_a_failure_of_ours_gives_a_reference_and_hides_the_cause(
    broken: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        page = broken.get("/fail")
    assert page.status_code == 500
    assert "Something went wrong on our side" in page.text
    assert CANARY not in page.text
    check_page(page.text)
    lines = [record.fields for record in caplog.records if hasattr(record, "fields")]
    assert [line["event"] for line in lines] == ["fault", "request"]
    assert lines[0]["kind"] == "RuntimeError"
    assert lines[0]["at"].partition(":")[0].endswith("tests/web/test_errors.py")
    assert lines[0]["request"] == lines[1]["request"]
    assert lines[0]["request"] in page.text


def test_L10_the_log_of_a_failure_holds_nothing_of_the_answers(
    broken: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        broken.get(f"/fail?{CANARY}")
        broken.post("/fail", data={"answer": CANARY})
        broken.get("/lost")
        broken.get(f"/s/{CANARY}")
    assert CANARY not in caplog.text
    assert all(record.exc_info is None for record in caplog.records)


def test_a_lost_database_asks_to_try_again(broken: Any) -> None:
    page = broken.get("/lost")
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "30"
    assert "what you typed is still there" in page.text
    check_page(page.text)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [("/nowhere", 404, "There is no such page"), ("/staff/sign-out", 405, "does not take that")],
)
def test_an_error_page_says_what_to_do(client: Any, path: str, status: int, words: str) -> None:
    page = client.get(path)
    assert page.status_code == status
    assert words in page.text
    assert "020 7946 0000" in page.text


def test_an_error_page_needs_no_user(app: Flask) -> None:
    assert app.test_client().get("/nowhere").status_code == 404
