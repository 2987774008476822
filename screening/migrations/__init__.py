"""The database's tables, step by step: `upgrade` brings any earlier database to what the models say."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from screening.models.sealed import find_vault
from screening.vault import Vault

_HERE = Path(__file__).parent


def upgrade(engine: Engine, revision: str = "head") -> None:
    with engine.begin() as connection:
        command.upgrade(_config(connection, find_vault(engine)), revision)


def downgrade(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        command.downgrade(_config(connection, find_vault(engine)), revision)


def is_current(engine: Engine) -> bool:
    """Whether the database has every step."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    return set(found) == set(ScriptDirectory.from_config(_config()).get_heads())


def _config(connection: object = None, vault: Vault | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes.update(connection=connection, vault=vault)
    return config
