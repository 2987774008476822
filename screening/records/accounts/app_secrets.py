"""The secrets of authenticator apps, sealed by the newest master key and bound to the account that they belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from screening.extensions import db
from screening.records.accounts.totp import new_app_key
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.keys import current_vault
from screening.storage.encryption import VaultError, master_of
from screening.storage.models import User

_PURPOSE = "app secrets"


def new_app_secret(user: User) -> str:
    """Sealed, as it may be kept."""
    return current_vault().seal(new_app_key(), _PURPOSE, _place(user))


def open_app_secret(user: User, sealed: str) -> str:
    """What an app is told. Raises VaultError where it was sealed for somebody else."""
    return current_vault().open(sealed, _PURPOSE, _place(user))


def rewrap_app_secrets(at: datetime, by: Actor) -> int:
    """Seals anew what is not under the newest key; there are few, so all at once. Says how many there were."""
    vault = current_vault()
    owners = [user for user in _owners() if master_of(str(user.tf_totp_secret)) != vault.current]
    for user in owners:
        user.tf_totp_secret = vault.seal(
            open_app_secret(user, str(user.tf_totp_secret)), _PURPOSE, _place(user)
        )
    if owners:
        record(db.session, Act.APP_SECRETS_RE_WRAPPED, by, at, keys=len(owners), master=vault.current)
    return len(owners)


def unreadable_app_secrets() -> Iterator[tuple[User, VaultError]]:
    """Those that do not open: moved from another account, changed, or under a key that is missing."""
    for user in _owners():
        try:
            open_app_secret(user, str(user.tf_totp_secret))
        except VaultError as problem:
            yield user, problem


def app_secrets_by_master() -> Counter[str]:
    """How many of them need each master key."""
    return Counter(master_of(str(user.tf_totp_secret)) for user in _owners())


def _owners() -> list[User]:
    return list(db.session.scalars(select(User).where(User.tf_totp_secret.is_not(None))))


def _place(user: User) -> str:
    return f"user.tf_totp_secret {user.id}"
