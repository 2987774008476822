"""The `screening` command; `flask --app screening` knows the same commands. Each loads only what it needs."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

COMMANDS = {
    "assess": "protocol:assess_command",
    "audit": "maintenance:audit_group",
    "backup": "backup:backup_command",
    "db": "db:db_group",
    "demo": "serve:demo_command",
    "init": "init:init_command",
    "keys": "maintenance:keys_group",
    "protocol": "protocol:protocol_command",
    "restore": "backup:restore_command",
    "retention": "maintenance:retention_group",
    "serve": "serve:serve_command",
    "user": "accounts:user_group",
    "verify": "protocol:verify_command",
}
"""Each command with the module beside this one that holds it."""


class LazyGroup(click.Group):
    """Loads a command when it is asked for: reading answers on the command line needs no web."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(import_module(f"screening.commands.{module}"), name)
        return found


@click.command(cls=LazyGroup)
def main() -> None:
    """A safety screening form to answer before acupuncture."""
    # What the command writes (settings, the database) is for its own user only.
    os.umask(0o077)


if __name__ == "__main__":
    sys.exit(main())
