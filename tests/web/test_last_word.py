"""Whatever part of the product breaks, the reader gets a page that says what is known, and a reference."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from screening.app import create_app
from screening.web.headers import HEADERS
from screening.web.sessions import TwoAudiences
from tests.conftest import config_for
from tests.support.databases import close, one_database
from tests.support.pages import check_page

CANARY = "canary-warfarin"


def fail(*_args: Any, **_named: Any) -> Any:
    raise RuntimeError(CANARY)


def lose(*_args: Any, **_named: Any) -> Any:
    raise OperationalError(CANARY, {"answers": CANARY}, Exception(CANARY))


@pytest.fixture
def clinic(database_url: str) -> Iterator[Flask]:
    """The application as a clinic runs it: faults are not passed on to the test."""
    app = create_app(config_for(database_url))
    yield app
    close(app)


def in_a_view(app: Flask, fault: Any, _patch: pytest.MonkeyPatch) -> None:
    app.view_functions["home"] = fault


def before_the_view(app: Flask, fault: Any, _patch: pytest.MonkeyPatch) -> None:
    app.before_request_funcs[None].insert(0, fault)


def after_the_view(app: Flask, fault: Any, _patch: pytest.MonkeyPatch) -> None:
    app.after_request_funcs[None].insert(0, fault)


def in_the_templates(app: Flask, fault: Any, _patch: pytest.MonkeyPatch) -> None:
    app.jinja_env.globals["static_url"] = fault


def in_what_templates_know(app: Flask, fault: Any, _patch: pytest.MonkeyPatch) -> None:
    app.template_context_processors[None].append(fault)


def opening_a_session(_app: Flask, fault: Any, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TwoAudiences, "open_session", fault)


def keeping_a_session(_app: Flask, fault: Any, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TwoAudiences, "save_session", fault)


def at_the_end_of_a_request(app: Flask, fault: Any, _patch: pytest.MonkeyPatch) -> None:
    app.teardown_request_funcs.setdefault(None, []).append(fault)


def reading_the_address(app: Flask, fault: Any, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(app, "create_url_adapter", fault)


def in_the_error_pages(app: Flask, fault: Any, patch: pytest.MonkeyPatch) -> None:
    in_a_view(app, fault, patch)
    app.error_handler_spec[None][None] = {Exception: fault}


LAYERS = [
    in_a_view,
    before_the_view,
    after_the_view,
    in_the_templates,
    in_what_templates_know,
    opening_a_session,
    keeping_a_session,
    at_the_end_of_a_request,
    reading_the_address,
    in_the_error_pages,
]


@one_database
@pytest.mark.parametrize(("fault", "status"), [(fail, 500), (lose, 503)])
@pytest.mark.parametrize("layer", LAYERS)
def test_a_fault_in_any_layer_gives_our_page_and_a_reference(
    clinic: Flask,
    layer: Any,
    fault: Any,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    layer(clinic, fault, monkeypatch)
    page = clinic.test_client().get(f"/?{CANARY}")
    assert page.status_code == status
    check_page(page.text)
    text = capsys.readouterr().err
    lines = [json.loads(line) for line in text.splitlines()]
    assert CANARY not in page.text + text
    assert "Traceback" not in page.text + text
    assert lines[-1]["event"] == "request"
    assert lines[-1]["status"] == status
    assert lines[-1]["request"] in page.text
    assert [line["event"] for line in lines].count("fault") >= 1
    for name, value in HEADERS.items():
        assert page.headers[name] == value
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers.get("Retry-After") == ("30" if status == 503 else None)
    assert "020 7946 0000" in page.text
    assert "999" in page.text


@pytest.mark.parametrize("layer", [after_the_view, keeping_a_session, in_the_error_pages])
def test_L10_no_fault_brings_an_address_into_any_log(
    clinic: Flask, layer: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A patient's link is part of an address, and Flask logs the address of what failed."""

    def fail_quietly(*_args: Any, **_named: Any) -> Any:
        raise RuntimeError

    layer(clinic, fail_quietly, monkeypatch)
    with caplog.at_level(logging.DEBUG):
        clinic.test_client().get(f"/s/{CANARY}")
    assert "fault" in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.parametrize("layer", [opening_a_session, in_the_error_pages])
def test_a_test_sees_the_fault_itself(clinic: Flask, layer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    clinic.testing = True
    layer(clinic, fail, monkeypatch)
    with pytest.raises(RuntimeError):
        clinic.test_client().get("/")


def test_what_may_be_stored_is_never_called_not_sent(clinic: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from screening.storage.database import note_written

    def store_and_fail() -> Any:
        note_written()
        raise RuntimeError

    clinic.view_functions["home"] = store_and_fail
    page = clinic.test_client().get("/")
    assert "Nothing was sent" not in page.text
    assert "We are not sure that it arrived" in page.text
    assert "stores it only once" in page.text


def test_a_real_clinic_s_last_word_keeps_to_https(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    app = create_app(replace(config_for(database_url), address="https://localhost", is_demo=False))
    reading_the_address(app, fail, monkeypatch)
    page = app.test_client().get("/", base_url="https://localhost")
    assert page.status_code == 500
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
