"""`screening user`: the first account, and links for who cannot get in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from screening.account.invitations import invitation_of, link_for
from screening.commands.database import database
from screening.commands.output import failed
from screening.records.accounts.accounts import AccountError
from screening.records.accounts.invitations import PASSWORD, SECOND_FACTOR
from screening.records.actors import ROLES
from screening.records.errors import Conflict


@click.group("user")
def user_group() -> None:
    """Look after staff accounts."""


@user_group.command("add")
@click.argument("email")
@click.option("--name", prompt="Name, as patients and staff know it")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), required=True)
def add_and_print_link(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Add an account with one or more roles, and print the link with which its owner opens it."""
    with _account_link() as made:
        made(invitation_of(email, name, roles))


@user_group.command("link")
@click.argument("email")
@click.option("--for", "purpose", type=click.Choice((PASSWORD, SECOND_FACTOR)), required=True)
def print_link(email: str, purpose: str) -> None:
    """Print a link with which somebody sets a new password, or sets up a new second step."""
    with _account_link() as made:
        made(link_for(email, purpose))


@contextmanager
def _account_link() -> Iterator[Callable[[str], None]]:
    def tell(link: str) -> None:
        click.echo(f"Hand this link over to its owner. It works once, within 48 hours:\n{link}")

    with database():
        try:
            yield tell
        except (AccountError, Conflict) as problem:
            raise failed(problem) from problem
