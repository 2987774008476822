"""The libraries and values that belong to one application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, current_app, g
from flask_babel import Babel
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

if TYPE_CHECKING:
    from config import Config


class Database:
    """The engine of an application, and one session for each request or command, closed at its end."""

    def init_app(self, app: Flask, options: dict[str, Any]) -> None:
        engine = create_engine(**options)
        # What was read while something was written is still known after the commit: the page is drawn of it. Whoever
        # writes next starts afresh.
        app.extensions.update(engine=engine, new_session=sessionmaker(engine, expire_on_commit=False))
        app.teardown_appcontext(self._close)

    @property
    def engine(self) -> Engine:
        engine: Engine = current_app.extensions["engine"]
        return engine

    @property
    def session(self) -> Session:
        if "database_session" not in g:
            g.database_session = current_app.extensions["new_session"]()
        session: Session = g.database_session
        return session

    @staticmethod
    def _close(_error: BaseException | None) -> None:
        session: Session | None = g.pop("database_session", None)
        if session is not None:
            session.close()


db = Database()
csrf = CSRFProtect()
babel = Babel()


def current_config() -> Config:
    config: Config = current_app.extensions["config"]
    return config
