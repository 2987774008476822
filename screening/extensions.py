"""The libraries and values that belong to one application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app
from flask_babel import Babel
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from werkzeug.local import LocalProxy

if TYPE_CHECKING:
    from config import Config

# What was read while something was written is still known after the commit: the page is drawn of it. Whoever writes
# next starts afresh.
db = SQLAlchemy(session_options={"expire_on_commit": False})
csrf = CSRFProtect()
babel = Babel()
# Each application has its own, with its own keys.
security: Any = LocalProxy(lambda: current_app.extensions["security"])


def current_config() -> Config:
    config: Config = current_app.extensions["config"]
    return config
