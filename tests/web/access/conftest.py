"""One clinic for all tests of a module: nothing that is refused may change it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from screening.app import create_app
from tests.conftest import Clock, config_for
from tests.support.access_world import World, world_in
from tests.support.databases import close, emptied


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[World]:
    if request.param == "postgresql":
        url = emptied(request.getfixturevalue("postgresql"))
    else:
        path: Path = tmp_path_factory.mktemp("world") / "screening.db"
        shutil.copy(request.getfixturevalue("empty_sqlite"), path)
        url = f"sqlite:///{path}"
    app = create_app(config_for(url), now=Clock())
    app.testing = True
    yield world_in(app)
    close(app)
