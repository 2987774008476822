"""The database's tables, step by step: `upgrade` brings any earlier database to what the models say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from screening.storage.encryption import Vault
from screening.storage.models.sealed import find_vault

_HERE = Path(__file__).parent


def upgrade(engine: Engine, revision: str = "head") -> None:
    with _patiently(engine) as connection:
        command.upgrade(_config(connection, find_vault(engine)), revision)


def downgrade(engine: Engine, revision: str) -> None:
    with _patiently(engine) as connection:
        command.downgrade(_config(connection, find_vault(engine)), revision)


@contextmanager
def _patiently(engine: Engine) -> Iterator[Connection]:
    """A step may take longer than any request may."""
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        yield connection


def revision(engine: Engine) -> str:
    """The last step that the database has; empty where it has none."""
    with engine.connect() as connection:
        return " ".join(sorted(MigrationContext.configure(connection).get_current_heads()))


def is_current(engine: Engine) -> bool:
    """Whether the database has every step."""
    return revision(engine) == " ".join(sorted(ScriptDirectory.from_config(_config()).get_heads()))


def _config(connection: object = None, vault: Vault | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes.update(connection=connection, vault=vault)
    return config
