"""The tables that the migrations make are the tables that the models describe, on both databases."""

import json

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from screening.extensions import db
from screening.records.accounts.second_factors import use_code
from screening.records.transaction import writing
from screening.storage import migrations
from screening.storage.models import APPEND_ONLY, Base, Submission
from tests.conftest import DATA_KEY, Clock
from tests.support.factories import answered, appointment
from tests.support.signing_in import code_at, has_app, person


def test_the_tables_are_what_the_models_say(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert migrations.is_current(db.engine)


def test_every_step_goes_down_and_up_again(app: Flask) -> None:
    with app.app_context():
        migrations.downgrade(db.engine, "base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        assert not migrations.is_current(db.engine)
        migrations.upgrade(db.engine)
        assert migrations.is_current(db.engine)


def test_records_survive_a_step_down_and_up(app: Flask) -> None:
    with app.app_context():
        submission_id = answered(appointment()).id
        db.session.rollback()
        migrations.downgrade(db.engine, "001")
        migrations.upgrade(db.engine)
        assert db.session.scalar(select(Submission.id)) == submission_id


def test_an_app_goes_on_working_after_a_step_down_and_up(app: Flask, clock: Clock) -> None:
    secret = has_app(app)
    with app.app_context():
        db.session.rollback()
        migrations.downgrade(db.engine, "006")
        with db.engine.connect() as connection:
            stored = connection.scalar(
                text('SELECT tf_totp_secret FROM "user" WHERE tf_totp_secret IS NOT NULL')
            )
        assert json.loads(str(stored))["enckey"]["t"] == DATA_KEY.id
        assert secret not in str(stored)
        migrations.upgrade(db.engine)
        with writing():
            assert use_code(person(), code_at(secret, clock), clock.now)


@pytest.mark.parametrize("table", [model.__tablename__ for model in APPEND_ONLY])
def test_L6_the_database_itself_guards_what_is_append_only(app: Flask, table: str) -> None:
    with app.app_context():
        found = db.engine.dialect.name
        query = (
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
            if found == "sqlite"
            else "SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:quoted AS regclass) AND NOT tgisinternal"
        )
        with db.engine.connect() as connection:
            names = connection.scalars(text(query), {"table": table, "quoted": f'"{table}"'})
            assert set(names) == {f"{table}_no_update", f"{table}_no_delete"}


@pytest.mark.parametrize("change", ["UPDATE submission SET severity = 0", "DELETE FROM submission"])
def test_L6_a_submission_cannot_be_changed_or_deleted_even_by_hand(app: Flask, change: str) -> None:
    with app.app_context():
        answered(appointment())
        with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
            connection.execute(text(change))
