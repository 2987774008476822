"""The statements that reach the database while something happens: pages are held to a number of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from screening.extensions import db

# How a transaction begins, and takes the writing lock, differs between the databases and reads nothing.
_BEGINNINGS = ("BEGIN", "PRAGMA", "SELECT set_config('lock_timeout'")


@contextmanager
def statements_of(app: Flask) -> Iterator[list[str]]:
    """Fills the list while the block runs; the application may be asked from outside or inside of its context."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(_BEGINNINGS):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
