"""`screening db`: the database's tables."""

from __future__ import annotations

import click

from screening.commands.database import database
from screening.extensions import db
from screening.storage import migrations


@click.group("db")
def db_group() -> None:
    """Look after the database."""


@db_group.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to what this version needs; safe to run again."""
    with database(is_ready=False):
        migrations.upgrade(db.engine)
    click.echo("The database is up to date.")
