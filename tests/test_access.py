"""Every page and method against every role: closed unless the table opens it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from screening.access import ENDPOINTS
from screening.records.accounts import ROLES

WHO = {"desk": "front-desk", "provider": "provider", "lead": "clinical-lead", "admin": "admin"}


def addresses(app: Flask, base_url: str = "http://localhost") -> list[tuple[str, str, str]]:
    """Every endpoint with a method and an address, ids filled with ones that nobody has."""
    found = []
    for rule in app.url_map.iter_rules():
        filled: dict[str, Any] = {name: uuid4() for name in rule.arguments}
        filled |= dict.fromkeys(rule.arguments & {"filename"}, "site.css")
        filled |= dict.fromkeys(rule.arguments & {"token"}, "not-a-link")
        filled |= dict.fromkeys(rule.arguments & {"position"}, 1)
        with app.test_request_context(base_url=base_url):
            address = app.url_for(rule.endpoint, **filled)
        found += [
            (rule.endpoint, method, address) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        ]
    return found


def test_the_table_names_exactly_the_endpoints_that_exist(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ENDPOINTS)


def test_the_table_names_exactly_the_methods_that_each_endpoint_takes(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        taken = (rule.methods or set()) - ({"OPTIONS"} if rule.endpoint == "static" else set())
        assert taken == ENDPOINTS[rule.endpoint].methods, rule.endpoint


def test_every_role_of_the_table_exists() -> None:
    assert {role for access in ENDPOINTS.values() for role in access.roles} <= {*ROLES, "anyone"}


def test_a_stranger_is_led_to_sign_in_from_every_staff_page(app: Flask, client: Any) -> None:
    for endpoint, method, address in addresses(app):
        if ENDPOINTS[endpoint].is_open:
            continue
        answer = client.open(address, method=method)
        if method == "POST":
            assert answer.status_code == 403, (endpoint, method)
            assert "You were signed out" in answer.text, (endpoint, method)
            continue
        assert answer.status_code == 302, (endpoint, method)
        assert answer.location.startswith("/staff/sign-in"), (endpoint, method)


@pytest.mark.parametrize("who", WHO)
def test_a_role_gets_only_what_the_table_gives_it(
    app: Flask, signed_in: Callable[[str], Any], who: str
) -> None:
    client = signed_in(who)
    for endpoint, method, address in addresses(app):
        allowed = ENDPOINTS[endpoint]
        if allowed.is_open or endpoint == "account.logout":
            continue
        answer = client.open(address, method=method)
        refused = answer.status_code == 403
        assert refused is (WHO[who] not in allowed.roles), (endpoint, method, answer.status_code)


def test_somebody_whose_account_was_closed_is_a_stranger(app: Flask, desk_client: Any) -> None:
    from screening.extensions import db
    from screening.models import User
    from screening.records import writing

    assert desk_client.get("/desk/").status_code == 200
    with app.app_context(), writing():
        for user in db.session.query(User):
            user.active = False
    assert desk_client.get("/desk/").status_code == 302


@pytest.mark.parametrize("cookie", ["patient", "staff"])
def test_a_cookie_of_one_side_means_nothing_on_the_other(app: Flask, desk_client: Any, cookie: str) -> None:
    value = desk_client.get_cookie("staff").value
    stranger = app.test_client()
    stranger.set_cookie("patient", value)
    assert stranger.get("/desk/").status_code == 302
    assert stranger.get("/s/questions").status_code == 403
