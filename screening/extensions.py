"""The libraries and values that belong to one application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import Babel
from flask_security import Security
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

if TYPE_CHECKING:
    from config import Config

db = SQLAlchemy()
csrf = CSRFProtect()
babel = Babel()
security = Security()


def current_config() -> Config:
    config: Config = current_app.extensions["config"]
    return config
