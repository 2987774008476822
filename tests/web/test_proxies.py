"""Behind a proxy: only a named one is believed, plain HTTP leads to HTTPS, and two names keep two sides apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, request

from screening.app import create_app
from screening.extensions import db
from tests.conftest import config_for
from tests.support.pages import PageClient

HTTPS = {"X-Forwarded-Proto": "https"}


def served(database_url: str, **changes: Any) -> Flask:
    """As a clinic runs it: by HTTPS, behind a proxy on the same machine."""
    settings = {"address": "https://forms.example.org", "is_demo": False, "proxies": frozenset({"127.0.0.1"})}
    app = create_app(replace(config_for(database_url), **{**settings, **changes}))
    app.test_client_class = Visitor
    app.testing = True
    return app


class Visitor(PageClient):
    """Comes under a name of the clinic, by the proxy."""

    host = "forms.example.org"

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return super().open(*args, **{"base_url": f"http://{self.host}", **kwargs})


def visitor(app: Flask, host: str = "forms.example.org", address: str = "127.0.0.1") -> Any:
    client: Any = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    client.host = host
    return client


@pytest.fixture
def clinic(database_url: str) -> Any:
    app = served(database_url)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("path", ["/", "/staff/sign-in", "/s/a-link", "/article/?x=1", "/nowhere"])
def test_plain_http_gets_the_way_to_https_and_nothing_else(clinic: Flask, path: str) -> None:
    answer = visitor(clinic).get(path)
    assert answer.status_code == 308
    assert answer.location == f"https://forms.example.org{path}"
    assert "Set-Cookie" not in answer.headers


def test_a_real_clinic_has_secure_cookies_and_strict_transport(clinic: Flask) -> None:
    answer = visitor(clinic).get("/staff/sign-in", headers=HTTPS)
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-staff=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "Secure",
        "HttpOnly",
        "Path=/",
        "SameSite=Strict",
    }
    assert len(cookie) < 4_096


def test_a_stranger_is_not_believed_about_where_a_request_came_from(clinic: Flask) -> None:
    seen: list[str] = []
    clinic.before_request_funcs.setdefault(None, []).insert(0, lambda: seen.append(str(request.remote_addr)))
    forged = {"X-Forwarded-For": "192.0.2.1", **HTTPS}
    assert visitor(clinic, address="203.0.113.9").get("/", headers=forged).status_code == 308
    assert visitor(clinic).get("/", headers=forged).status_code == 200
    # What the client wrote before the proxy added its own part does not count.
    chain = {"X-Forwarded-For": "10.0.0.1, 192.0.2.2", **HTTPS}
    assert visitor(clinic).get("/", headers=chain).status_code == 200
    assert seen == ["203.0.113.9", "192.0.2.1", "192.0.2.2"]


@pytest.mark.parametrize(
    "forged", [{"Host": "evil.example"}, {"Host": ""}, {"Host": "forms.example.org.evil.example"}]
)
def test_another_host_is_refused(clinic: Flask, forged: dict[str, str]) -> None:
    assert visitor(clinic).get("/staff/sign-in", headers={**HTTPS, **forged}).status_code == 400


def test_a_forwarded_host_has_no_effect(clinic: Flask) -> None:
    answer = visitor(clinic).get("/desk/", headers={**HTTPS, "X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 302
    assert "evil" not in answer.location + answer.text


def test_two_names_keep_the_two_sides_apart(database_url: str) -> None:
    app = served(database_url, staff_address="https://staff.example.org")
    patients, staff = visitor(app), visitor(app, "staff.example.org")
    for path, here, there in (
        ("/s/tablet", patients, staff),
        ("/article/", patients, staff),
        ("/staff/sign-in", staff, patients),
    ):
        assert here.get(path, headers=HTTPS).status_code == 200
        assert there.get(path, headers=HTTPS).status_code == 404
    assert patients.get("/desk/", headers=HTTPS).status_code == 404
    for each in (patients, staff):
        file = each.get("/static/site.css", headers=HTTPS)
        assert file.status_code == 200
        file.close()
    with app.app_context():
        db.engine.dispose()
