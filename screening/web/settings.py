"""How the service starts: from complete settings, or not at all."""

from __future__ import annotations

from flask.cli import NoAppException

from config import Config, ConfigError, from_environment


class NotSetUp(ConfigError, NoAppException):
    """The settings cannot be used. Flask's own command shows its words in place of a traceback."""

    def __init__(self, message: str) -> None:
        NoAppException.__init__(self, message)

    def __str__(self) -> str:
        return self.message


def settings() -> Config:
    """The settings of the environment. Raises NotSetUp."""
    try:
        return from_environment()
    except ConfigError as problem:
        raise NotSetUp(str(problem)) from problem
