"""What commands that work on the records share: the application with its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app, has_app_context
from sqlalchemy.exc import OperationalError

from config import ConfigError
from screening.app import create_app
from screening.commands.output import failed
from screening.domain.protocol.vocabulary import ProtocolError
from screening.domain.verification.checks import NotVerified
from screening.extensions import db
from screening.records.keys import problem_with_keys
from screening.storage import migrations
from screening.storage.encryption import VaultError


def application() -> Flask:
    """The running application, or the one of the environment."""
    if has_app_context():
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        return app
    try:
        return create_app()
    except (ConfigError, ProtocolError, NotVerified) as problem:
        raise failed(problem) from problem


@contextmanager
def database(*, is_ready: bool = True) -> Iterator[None]:
    """The application with its database, which must have all its tables and fit its keys unless said otherwise."""
    with application().app_context():
        try:
            if is_ready:
                _must_be_ready()
            yield
        except VaultError as problem:
            raise failed(
                f"A value cannot be opened: {problem}. Run: screening keys check --full"
            ) from problem
        except OperationalError as problem:
            raise failed("The database cannot be opened. Look at SCREENING_DATABASE_URL.") from problem
        finally:
            db.session.close()
            db.engine.dispose()


def _must_be_ready() -> None:
    if not migrations.is_current(db.engine):
        raise failed("The database is not up to date. Run: screening db upgrade")
    problem = problem_with_keys()
    if problem:
        raise failed(problem)
    db.session.rollback()
