"""The secrets of authenticator apps are sealed like everything else, and bound to their account."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import context, op
from passlib.totp import TOTP, AppWallet

from screening.storage.encryption import Vault

revision = "007"
down_revision = "006"

PURPOSE = "app secrets"
PURPOSE_BEFORE = "totp"


def upgrade() -> None:
    _rewrite(
        lambda vault, secret, place: vault.seal(
            _before(vault).from_source(secret).to_json(encrypt=False), PURPOSE, place
        )
    )


def downgrade() -> None:
    _rewrite(
        lambda vault, sealed, place: (
            _before(vault).from_source(vault.open(sealed, PURPOSE, place)).to_json(encrypt=True)
        )
    )


def _rewrite(change: Callable[[Vault, str, str], str]) -> None:
    users = sa.table("user", sa.column("id", sa.Integer()), sa.column("tf_totp_secret", sa.String()))
    query = sa.select(users).where(users.c.tf_totp_secret.is_not(None))
    for row in op.get_bind().execute(query).all():
        vault = context.config.attributes.get("vault")
        assert vault is not None, "sealing needs the master keys of the settings"
        changed = change(vault, row.tf_totp_secret, f"user.tf_totp_secret {row.id}")
        op.get_bind().execute(sa.update(users).where(users.c.id == row.id).values(tf_totp_secret=changed))


def _before(vault: Vault) -> type[TOTP]:
    keys = vault.derived(PURPOSE_BEFORE)
    made: type[TOTP] = TOTP.using(wallet=AppWallet(keys, default_tag=vault.current))
    return made
