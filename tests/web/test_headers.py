"""What every response carries, and what no request gets away with."""

from typing import Any

import pytest
from flask import Flask

from tests.support.databases import one_database
from tests.support.events import recorded_acts
from tests.support.factories import answered, appointment, link

_SHARED = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; report-uri /reports/policy; report-to policy"
)
PATIENTS = {
    "Content-Security-Policy": _SHARED,
    "Content-Type": "text/html; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Reporting-Endpoints": 'policy="/reports/policy"',
    "Cache-Control": "no-store",
    "Vary": "Cookie",
}
STAFF = PATIENTS | {"Content-Security-Policy": _SHARED + "; connect-src 'self'"}
NO_REFERRER = PATIENTS | {"Referrer-Policy": "no-referrer"}
FORGETTING = PATIENTS | {"Clear-Site-Data": '"cache", "cookies", "storage"'}
CLASSES: dict[str, tuple[int, dict[str, str]]] = {
    "/": (200, PATIENTS),
    "/article/": (200, PATIENTS),
    "/s/a-link": (200, NO_REFERRER),
    "/s/not-a-link": (404, PATIENTS),
    "/s/questions": (403, PATIENTS),
    "/s/tablet": (200, FORGETTING),
    "/nowhere": (404, PATIENTS),
    "/staff/sign-in": (200, STAFF),
    "/staff/nowhere": (404, STAFF),
    "/desk/": (302, STAFF),
    "/provider/": (302, STAFF),
    "/lead/": (302, STAFF),
}
# What differs with each answer, or says nothing about safety.
_OF_THE_MOMENT = {"Content-Length", "Set-Cookie", "Location", "Date", "Server"}


def pinned(answer: Any) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in _OF_THE_MOMENT}


@one_database
@pytest.mark.parametrize("path", CLASSES)
def test_each_class_of_page_carries_exactly_its_headers(app: Flask, client: Any, path: str) -> None:
    status, headers = CLASSES[path]
    with app.app_context():
        token = link(appointment())
    answer = client.get(path.replace("a-link", token) if path == "/s/a-link" else path)
    assert answer.status_code == status
    assert pinned(answer) == headers


def test_pages_of_staff_who_are_signed_in_carry_exactly_their_headers(desk_client: Any) -> None:
    assert pinned(desk_client.get("/desk/")) == STAFF


@pytest.mark.parametrize(
    ("path", "data", "status"), [("/staff/sign-in", b"x" * 70_000, 413), ("/", b"", 405)]
)
def test_errors_carry_the_headers_too(client: Any, path: str, data: bytes, status: int) -> None:
    answer = client.post(path, data=data, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == status
    expected = STAFF if path.startswith("/staff") else PATIENTS
    assert {name: value for name, value in pinned(answer).items() if name != "Allow"} == expected


def test_only_static_files_are_kept_by_browsers(client: Any) -> None:
    answer = client.get("/static/site.css")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers
    answer.close()


def test_what_a_browser_reports_leaves_nothing_of_the_page_behind(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    report = {
        "csp-report": {
            "document-uri": "https://forms.example.org/s/secret",
            "blocked-uri": "inline",
            "effective-directive": "script-src-elem",
            "script-sample": "pacemaker",
        }
    }
    assert client.post("/reports/policy", json=report).status_code == 204
    for hostile in (
        b"",
        b"[1]",
        b'{"csp-report": 3}',
        b"\xff",
        b'{"body": {"effective-directive": "x\\ny"}}',
    ):
        assert (
            client.post("/reports/policy", data=hostile, content_type="application/csp-report").status_code
            == 204
        )
    assert "script-src-elem" in caplog.text
    assert not [word for word in ("secret", "pacemaker", "inline", "x\\ny", "x\ny") if word in caplog.text]


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
        filled |= dict.fromkeys(rule.arguments & {"position"}, 1)
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **filled)
        answer = client.post(address, data={"about": "x", "reason": "x", "what_was_said": "x"})
        if rule.endpoint in ("account.open_invitation", "account.welcome"):
            assert answer.status_code == 404
            continue
        assert answer.status_code in (400, 403, 404, 409, 422, 302, 303, 200), (
            rule.endpoint,
            answer.status_code,
        )
    assert [
        act for act in events(app)[len(before) :] if act not in ("answers opened", "sign-in refused")
    ] == []
    assert client.get("/staff/").status_code == 302
    assert client.get("/staff/").location != "/staff/sign-in?next=/staff/"


def events(app: Flask) -> list[str]:
    with app.app_context():
        return recorded_acts()


@pytest.mark.parametrize("path", ["/staff/sign-in", "/desk/new", "/provider/appointments/1"])
def test_json_in_place_of_a_form_is_refused(signed_in: Any, path: str) -> None:
    client = signed_in("desk") if "desk" in path else signed_in("provider")
    assert client.post(path, json={"name": "x"}).status_code in (400, 404)


def test_signing_out_takes_a_button(desk_client: Any) -> None:
    assert desk_client.get("/staff/sign-out").status_code == 405
    desk_client.send(desk_client.get("/desk/"), button="Sign out")
    assert desk_client.get("/desk/").status_code == 302
