"""The keys of sessions may be replaced while forms are open: nobody is signed out, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from screening.app import create_app
from screening.extensions import db
from tests.conftest import Clock, config_for
from tests.support.answering import begin, follow
from tests.support.factories import NOTHING, appointment, link
from tests.support.pages import PageClient


@pytest.fixture
def restart(database_url: str, clock: Clock) -> Any:
    """The same service with fresh keys, and the same browser in front of it."""
    apps = []

    def start(client: Any) -> Any:
        keys = {"staff": "another staff key " * 2, "patient": "another patient key " * 2}
        config = replace(config_for(database_url), staff_key=keys["staff"], patient_key=keys["patient"])
        app = create_app(config, now=clock)
        app.test_client_class = PageClient
        apps.append(app)
        browser: Any = app.test_client()
        for name in keys:
            cookie = client.get_cookie(name)
            if cookie:
                browser.set_cookie(name, cookie.value)
        return browser

    yield start
    for app in apps:
        with app.app_context():
            db.engine.dispose()


def test_E5_a_patients_page_survives_new_keys(app: Flask, client: Any, restart: Callable[[Any], Any]) -> None:
    with app.app_context():
        token = link(appointment())
    page = begin(client, token)
    later = restart(client)
    again = later.send(page, NOTHING | {"ask.provider": "Keep me"}, button="Continue")
    assert again.status_code == 422
    assert "Keep me" in again.text
    assert follow(later, later.send(again, button="Continue")).request.path == "/s/check"


def test_E5_a_form_of_staff_survives_new_keys(desk_client: Any, restart: Callable[[Any], Any]) -> None:
    page = desk_client.get("/desk/new")
    later = restart(desk_client)
    again = later.send(page, {"name": "Joan Newcomer"})
    assert again.status_code == 422
    assert "open for a long time" in again.text
    assert "Joan Newcomer" in again.text
    assert "open for a long time" not in later.send(again).text
