"""Days and numbers in words, without a database: in the language of the pages and the zone of the clinic."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel

from screening import dates


@pytest.fixture
def in_words() -> Iterator[None]:
    app = Flask("words")
    Babel(app, default_timezone="Europe/London")
    dates.add_filters(app)
    with app.app_context():
        yield
