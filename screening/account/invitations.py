"""Accounts without a page: invitations from the command line; and, for the demo and for tests, accounts at once."""

from __future__ import annotations

from collections.abc import Sequence

from screening.account.password_rules import problem_with
from screening.clock import now
from screening.extensions import current_config
from screening.records.accounts.accounts import AccountError, add_account, find_account
from screening.records.accounts.invitations import ACCOUNT, invite
from screening.records.accounts.password_hashes import hash_password
from screening.records.actors import SYSTEM
from screening.records.transaction import writing


def invitation_of(email: str, name: str, roles: Sequence[str]) -> str:
    """A new account, and the link with which its owner opens it. Raises AccountError."""
    with writing():
        user = add_account(email, name, roles, now(), SYSTEM)
        return address_of_link(invite(user, ACCOUNT, now(), SYSTEM))


def link_for(email: str, purpose: str) -> str:
    """A way back in for who is known already. Raises AccountError, or Conflict where the account is closed."""
    with writing():
        user = find_account(email)
        if user is None:
            raise AccountError(f"There is no account for {email}.")
        return address_of_link(invite(user, purpose if user.password else ACCOUNT, now(), SYSTEM))


def address_of_link(token: str) -> str:
    return f"{current_config().staff_origin}/staff/welcome/{token}"


def add_user(email: str, name: str, password: str, roles: Sequence[str]) -> None:
    """With a password from the start: for invented people only. Raises AccountError."""
    problem = password_problem(password, name, email)
    if problem:
        raise AccountError(f"{problem}.")
    hashed = hash_password(password)
    with writing():
        add_account(email, name, roles, now(), SYSTEM, hashed)


def password_problem(password: str, name: str, email: str) -> str:
    """What to change about a new password; empty where it may be used."""
    return problem_with(password, clinic=current_config().clinic.name, name=name, email=email)
