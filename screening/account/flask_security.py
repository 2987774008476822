"""What Flask-Security is told: how passwords are hashed, where secrets come from, and that our pages replace its own.

It keeps accounts, roles, hashes, codes and who is signed in. Its views stay unused: each of our acts is written with
its event in one transaction, and counted beforehand.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from flask_security import FSQLALiteUserDatastore, Security

from config import Config
from screening.extensions import db
from screening.records.totp import RECOVERY_CODES, HashedRecoveryCodes, OnceOnlyTotp
from screening.storage.models import Role, User, WebAuthn

# Argon2id with more than the 19 MiB and two rounds of OWASP's advice; older hashes are renewed at sign-in.
_ARGON2 = {
    "argon2__type": "ID",
    "argon2__memory_cost": 32 * 1024,
    "argon2__time_cost": 3,
    "argon2__parallelism": 1,
}
_FAST = {"argon2__type": "ID", "argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}


def settings(config: Config) -> dict[str, Any]:
    return {
        "SECURITY_PASSWORD_SALT": config.password_salt,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": _FAST if config.hash_passwords_fast else _ARGON2,
        # It asks for keys of its own, which would encrypt and bind to nothing; the vault does both.
        "SECURITY_TOTP_SECRETS": {"none": "not used"},
        "SECURITY_TOTP_ISSUER": _issuer(config),
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": RECOVERY_CODES,
        "SECURITY_FRESHNESS": timedelta(days=-1),
        # Its commands would let one person set another's password.
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
    }


def start(app: Flask) -> None:
    security = Security(totp_cls=OnceOnlyTotp, mf_recovery_codes_util_cls=HashedRecoveryCodes)
    security.init_app(app, FSQLALiteUserDatastore(db, User, Role, WebAuthn), register_blueprint=False)
    # Only a session lets somebody in, never a token in a header or an address.
    security.login_manager.request_loader(lambda _request: None)


def _issuer(config: Config) -> str:
    """The clinic's name, as an app shows it; a colon would end it there."""
    return config.clinic.name.replace(":", " ")
