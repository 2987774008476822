"""The secrets of authenticator apps are sealed like everything else, and bound to their account."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import b32decode, b32encode
from collections.abc import Callable

import sqlalchemy as sa
from alembic import context, op
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from screening.storage.encryption import Vault

revision = "007"
down_revision = "006"

PURPOSE = "app secrets"
PURPOSE_BEFORE = "totp"
_COST_BEFORE = 14


def upgrade() -> None:
    _rewrite(lambda vault, secret, place: vault.seal(_opened(vault, secret), PURPOSE, place))


def downgrade() -> None:
    _rewrite(lambda vault, sealed, place: _closed(vault, vault.open(sealed, PURPOSE, place)))


def _rewrite(change: Callable[[Vault, str, str], str]) -> None:
    users = sa.table("user", sa.column("id", sa.Integer()), sa.column("tf_totp_secret", sa.String()))
    query = sa.select(users).where(users.c.tf_totp_secret.is_not(None))
    for row in op.get_bind().execute(query).all():
        vault = context.config.attributes.get("vault")
        assert vault is not None, "sealing needs the master keys of the settings"
        changed = change(vault, row.tf_totp_secret, f"user.tf_totp_secret {row.id}")
        op.get_bind().execute(sa.update(users).where(users.c.id == row.id).values(tf_totp_secret=changed))


def _opened(vault: Vault, before: str) -> str:
    """As passlib's wallet wrote it: AES in counter mode, under a key made of a master key and a salt."""
    kept = json.loads(before)["enckey"]
    master = vault.derived(PURPOSE_BEFORE)[kept["t"]]
    key = _crypt(master, _from_base32(kept["s"]), kept["c"], _from_base32(kept["k"]))
    return _written({"key": _to_base32(key)})


def _closed(vault: Vault, opened: str) -> str:
    salt, master = secrets.token_bytes(12), vault.derived(PURPOSE_BEFORE)[vault.current]
    key = _crypt(master, salt, _COST_BEFORE, _from_base32(json.loads(opened)["key"]))
    kept = {"c": _COST_BEFORE, "k": _to_base32(key), "s": _to_base32(salt), "t": vault.current, "v": 1}
    return _written({"enckey": kept})


def _crypt(master: bytes, salt: bytes, cost: int, value: bytes) -> bytes:
    made = hashlib.pbkdf2_hmac("sha256", master, salt, 1 << cost, 48)
    # The same in both directions.
    return Cipher(AES(made[:32]), CTR(made[32:])).encryptor().update(value)


def _written(secret: dict[str, object]) -> str:
    return json.dumps({**secret, "type": "totp", "v": 1}, separators=(",", ":"))


def _to_base32(value: bytes) -> str:
    return b32encode(value).decode().rstrip("=")


def _from_base32(text: str) -> bytes:
    return b32decode(text + "=" * (-len(text) % 8))
