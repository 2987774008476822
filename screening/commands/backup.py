"""`screening backup` and `screening restore`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from screening.commands.database import database
from screening.commands.output import failed
from screening.maintenance.backup import BackupError, back_up, restore


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
def backup_command(file: Path) -> None:
    """Write everything on record to FILE, encrypted with the newest of the data keys."""
    with database():
        try:
            count = back_up(file)
        except BackupError as problem:
            raise failed(problem) from problem
    click.echo(
        f"Wrote {file} with {count} rows. Without SCREENING_DATA_KEYS nobody can read it: keep both, apart."
    )


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
def restore_command(file: Path) -> None:
    """Put the backup FILE into an empty database."""
    with database():
        try:
            restored = restore(file)
        except BackupError as problem:
            raise failed(problem) from problem
    click.echo(f"Restored {restored.rows} rows.")
    if restored.broken:
        click.echo(
            f"The record of events does not fit together from event {restored.broken.number} on.", err=True
        )
        sys.exit(1)
