"""What is tried too often is counted in the database, without telling who tried."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from screening.extensions import db
from screening.records.rate_counters import count_try, forget_tries, tries
from screening.records.transaction import writing
from screening.storage.models import Tries
from tests.conftest import Clock

WITHIN = timedelta(minutes=15)


@pytest.fixture(autouse=True)
def context(app: Flask) -> Any:
    with app.app_context():
        yield


def test_each_try_counts_for_its_name_until_its_time_is_over(clock: Clock) -> None:
    for expected in (1, 2, 3):
        with writing():
            assert count_try("from 192.0.2.1", clock.now, WITHIN) == expected
    assert (tries("from 192.0.2.1", clock.now), tries("from 192.0.2.2", clock.now)) == (3, 0)
    clock.pass_time(minutes=15)
    assert tries("from 192.0.2.1", clock.now) == 0
    with writing():
        assert count_try("from 192.0.2.1", clock.now, WITHIN) == 1


def test_success_forgets_what_went_wrong_before(clock: Clock) -> None:
    with writing():
        count_try("a", clock.now, WITHIN)
        count_try("b", clock.now, WITHIN)
        forget_tries("a")
    assert (tries("a", clock.now), tries("b", clock.now)) == (0, 1)


def test_the_database_does_not_tell_who_tried(clock: Clock) -> None:
    with writing():
        count_try("from 192.0.2.1", clock.now, WITHIN)
    (name,) = db.session.scalars(select(Tries.name))
    assert len(name) == 64
    assert "192" not in name
