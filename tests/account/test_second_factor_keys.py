"""Secrets of code apps follow the master keys: no key is given up while one of them needs it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Flask

from config import DataKey
from screening.app import create_app
from screening.extensions import db
from screening.maintenance.key_rotation import needed_keys, rotate
from tests.conftest import DATA_KEY, Clock, config_for
from tests.support.databases import close
from tests.support.signing_in import code_at, give_code, give_password, has_app

NEWER = DataKey("newer", bytes(range(100, 132)))


def test_D2_a_secret_of_an_app_is_turned_with_the_keys_and_still_opens_the_door(
    app: Flask, database_url: str, clock: Clock
) -> None:
    secret: Any = has_app(app)
    turned = create_app(replace(config_for(database_url), data_keys=(NEWER, DATA_KEY)), now=clock)
    with turned.app_context():
        before = {key.master: key.secrets for key in needed_keys()}
        assert before[DATA_KEY.id] >= 1
        rotate(lambda _what, _count: None)
        assert {key.master: key.secrets for key in needed_keys()}[DATA_KEY.id] == 0
        db.engine.dispose()
    alone = create_app(replace(config_for(database_url), data_keys=(NEWER,)), now=clock)
    alone.test_client_class = app.test_client_class
    client: Any = alone.test_client()
    give_password(client)
    assert give_code(client, code_at(secret, clock)).status_code in (302, 303)
    close(alone)
