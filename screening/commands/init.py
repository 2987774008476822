"""`screening init`: a first `.env` for a clinic."""

from __future__ import annotations

from pathlib import Path

import click

from config import ConfigError
from screening.commands import settings_file
from screening.commands.output import failed


@click.command("init")
@click.option("--name", prompt="Name of the clinic")
@click.option("--zone", prompt="Time zone, such as Europe/London")
@click.option("--phone", prompt="Phone number for patients")
@click.option("--emergency", prompt="Emergency number of your country, such as 112")
@click.option("--address", prompt="Address of the service, such as https://forms.example.org")
@click.option(
    "--database", default="", help="Where records are kept; screening.db in this folder if left out."
)
def init_command(name: str, zone: str, phone: str, emergency: str, address: str, database: str) -> None:
    """Write a .env file with the clinic's settings and fresh secrets."""
    try:
        settings_file.write(
            Path(".env"),
            name=name,
            zone=zone,
            phone=phone,
            emergency=emergency,
            address=address,
            database=database or f"sqlite:///{Path.cwd() / 'screening.db'}",
        )
    except (ConfigError, FileExistsError) as problem:
        raise failed(problem) from problem
    click.echo("Wrote .env. Keep it secret, and keep a copy in a secure place. Next: screening db upgrade")
