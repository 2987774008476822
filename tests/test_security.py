"""What every response carries, and what no request gets away with."""

from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from screening.extensions import db
from screening.models import Event
from tests.factories import answered, appointment

PATHS = ["/", "/article/", "/staff/sign-in", "/s/not-a-link", "/nowhere", "/desk/", "/s/questions"]
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize("path", PATHS)
def test_every_page_carries_the_same_headers(client: Any, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "Cookie" in headers["Vary"]
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")


def test_only_static_files_are_kept_by_browsers(client: Any) -> None:
    answer = client.get("/static/site.css")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    answer.close()


def test_cookies_are_out_of_reach_of_scripts(client: Any) -> None:
    cookie = client.get("/staff/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("staff=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_a_real_clinic_has_secure_cookies_and_strict_transport(app: Flask) -> None:
    app.config["SESSION_COOKIE_SECURE"] = True
    cookie = app.test_client().get("/staff/sign-in", base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith("__Host-staff=")
    assert "Secure" in cookie
    assert "Path=/" in cookie


def test_a_request_for_another_host_is_refused(client: Any) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_a_request_that_is_too_large_is_refused(client: Any) -> None:
    assert client.post("/staff/sign-in", data={"email": "x" * 100_000}).status_code == 413


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https:evil.example", "%09//evil.example"]
)
def test_signing_in_never_leads_away(client: Any, path: str) -> None:
    page = client.get("/staff/sign-in", query_string={"next": path})
    answer = client.send(page, {"email": "desk@clinic.example", "password": "an invented password"})
    if answer.status_code == 302:
        assert urlsplit(urljoin("http://localhost/staff/sign-in", answer.location)).netloc == "localhost"
        assert not answer.location.startswith(("//", "/\\"))


def test_a_wrong_password_and_an_unknown_address_read_the_same(client: Any) -> None:
    page = client.get("/staff/sign-in")
    wrong = client.send(page, {"email": "desk@clinic.example", "password": "not the password"})
    unknown = client.send(page, {"email": "nobody@clinic.example", "password": "not the password"})
    assert "is not right" in wrong.text
    assert "is not right" in unknown.text
    assert "desk@clinic.example" in wrong.text


@pytest.mark.parametrize("who", ["desk", "provider"])
def test_no_change_is_made_without_our_own_token(app: Flask, signed_in: Any, who: str) -> None:
    with app.app_context():
        visit = appointment()
        answered(visit)
        visit_id = visit.id
    client = signed_in(who)
    before = events(app)
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint.split(".")[0] not in (who, "account"):
            continue
        filled: dict[str, Any] = dict.fromkeys(rule.arguments, visit_id)
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **filled)
        answer = client.post(address, data={"about": "x", "reason": "x", "what_was_said": "x"})
        assert answer.status_code in (400, 409, 422, 302, 303, 200), (rule.endpoint, answer.status_code)
    assert [
        act for act in events(app)[len(before) :] if act not in ("answers opened", "sign-in refused")
    ] == []
    assert client.get("/staff/").status_code == 302
    assert client.get("/staff/").location != "/staff/sign-in?next=/staff/"


def events(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Event.act).order_by(Event.number)))


@pytest.mark.parametrize("path", ["/staff/sign-in", "/desk/new", "/provider/appointments/1"])
def test_json_in_place_of_a_form_is_refused(signed_in: Any, path: str) -> None:
    client = signed_in("desk") if "desk" in path else signed_in("provider")
    assert client.post(path, json={"name": "x"}).status_code in (400, 404)


def test_signing_out_takes_a_button(desk_client: Any) -> None:
    assert desk_client.get("/staff/sign-out").status_code == 405
    desk_client.send(desk_client.get("/desk/"), button="Sign out")
    assert desk_client.get("/desk/").status_code == 302
