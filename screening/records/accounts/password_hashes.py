"""Passwords and recovery codes are kept as slow hashes only, bound to a secret that is not in the database.

What is hashed is an HMAC under the clinic's own secret: who has the database alone cannot even begin to guess.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from screening.extensions import current_config

MEMORY, ROUNDS = 32 * 1024, 3
"""In KiB: more than the 19 MiB and two rounds of OWASP's advice. Older hashes are renewed at sign-in."""


def hash_password(password: str) -> str:
    return _hasher(current_config().hash_passwords_fast).hash(_bound(password))


def is_password_of(password: str, hashed: str) -> bool:
    try:
        return _hasher(current_config().hash_passwords_fast).verify(hashed, _bound(password))
    except (Argon2Error, InvalidHashError):
        return False


def is_hash_outdated(hashed: str) -> bool:
    """Made under other costs than today's."""
    return _hasher(current_config().hash_passwords_fast).check_needs_rehash(hashed)


@lru_cache
def _hasher(is_fast: bool) -> PasswordHasher:
    memory, rounds = (8, 1) if is_fast else (MEMORY, ROUNDS)
    return PasswordHasher(time_cost=rounds, memory_cost=memory, parallelism=1, hash_len=32, salt_len=16)


def _bound(password: str) -> bytes:
    secret = current_config().password_salt.encode()
    return base64.b64encode(hmac.digest(secret, password.encode(), hashlib.sha512))
