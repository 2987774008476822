"""The table of who may do what names what there is, no more and no less."""

from typing import Any

import pytest
from flask import Flask

from screening.records.actors import ROLES
from screening.web.endpoints import ENDPOINTS


def test_the_table_names_exactly_the_endpoints_that_exist(app: Flask) -> None:
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(ENDPOINTS)


def test_the_table_names_exactly_the_methods_that_each_endpoint_takes(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        taken = (rule.methods or set()) - ({"OPTIONS"} if rule.endpoint == "static" else set())
        assert taken == ENDPOINTS[rule.endpoint].methods, rule.endpoint


def test_every_role_of_the_table_exists() -> None:
    assert {role for access in ENDPOINTS.values() for role in access.roles} <= {*ROLES, "anyone"}


def test_somebody_whose_account_was_closed_is_a_stranger(app: Flask, desk_client: Any) -> None:
    from screening.extensions import db
    from screening.records.transaction import writing
    from screening.storage.models import User

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
