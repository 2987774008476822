"""A clinic as it really runs, where everybody needs a second step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Built, Clock, config_for
from tests.support.databases import Filled, close
from tests.support.signing_in import RealClient, sign_in_with_app


@pytest.fixture
def real_app(database_url: str, clock: Clock, built: Built, staff: Filled) -> Iterator[Flask]:
    config = replace(config_for(database_url), address="https://clinic.example", is_demo=False)
    app = built.on(config, RealClient)
    app.extensions["clock"] = clock
    with app.app_context():
        staff.fill(database_url)
    yield app
    close(app)


@pytest.fixture
def browser(real_app: Flask) -> Any:
    """Of somebody who is not signed in."""
    return real_app.test_client()


@pytest.fixture
def signed_in_with_app(real_app: Flask, clock: Clock) -> Callable[[str], Any]:
    """A browser signed in with a password and the code of an app."""
    return lambda who: sign_in_with_app(real_app, clock, who)
