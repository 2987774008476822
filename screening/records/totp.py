"""The codes of an authenticator app, and recovery codes: what Flask-Security leaves to the application.

A code of the app works once: the half minute that it belongs to is kept. Recovery codes are kept as hashes only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app
from flask_security import MfRecoveryCodesUtil, Totp, hash_password
from flask_security.utils import verify_password
from passlib.totp import TOTP, TotpMatch

RECOVERY_CODES = 10
_LETTERS_OF_A_CODE = 12


def _by_our_clock() -> float:
    clock: Callable[[], Any] = current_app.extensions["clock"]
    return float(clock().timestamp())


class OnceOnlyTotp(Totp):
    """Codes of an app, by the application's clock. Secrets are sealed by whoever keeps them."""

    def __init__(self, secrets: Mapping[str, bytes], issuer: str) -> None:
        self._totp = TOTP.using(issuer=issuer, now=time.time)
        self._totp.now = staticmethod(_by_our_clock)

    def generate_totp_secret(self) -> str:
        return str(self._totp.new().to_json(encrypt=False))

    def get_last_counter(self, user: Any) -> int | None:
        counter: int | None = user.totp_counter
        return counter

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        user.totp_counter = tmatch.counter


class HashedRecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes: shown once, kept like passwords."""

    def check_recovery_code(self, user: Any, code: str) -> bool:
        return self._position(user, code) is not None

    def delete_recovery_code(self, user: Any, code: str) -> bool:
        position = self._position(user, code)
        if position is None:
            return False
        user.mf_recovery_codes = [
            kept for number, kept in enumerate(user.mf_recovery_codes) if number != position
        ]
        return True

    def get_recovery_codes(self, user: Any) -> list[str]:
        raise NotImplementedError("recovery codes are kept as hashes")

    def _position(self, user: Any, code: str) -> int | None:
        typed = plain_recovery_code(code)
        matches = [verify_password(typed, _read(kept)) for kept in user.mf_recovery_codes or ()]
        return matches.index(True) if True in matches else None

    def _encrypt_codes(self, codes: list[str]) -> list[str]:
        return [_written(hash_password(plain_recovery_code(code))) for code in codes]


def _written(hashed: str) -> str:
    """The column joins its values with commas, which a hash holds, too."""
    return hashed.replace(",", ";")


def _read(stored: str) -> str:
    return stored.replace(";", ",")


def plain_recovery_code(typed: str) -> str:
    """A code as it counts: without the strokes that make it easy to read."""
    letters = "".join(letter for letter in typed.casefold() if letter.isalnum())
    return letters if len(letters) == _LETTERS_OF_A_CODE else ""
