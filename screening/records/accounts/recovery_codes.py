"""Recovery codes: shown once, kept like passwords, and each used once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from screening.records.accounts.password_hashes import hash_password, is_password_of

RECOVERY_CODES = 10
_LETTERS = 12


def drawn_codes() -> list[str]:
    return [_grouped(secrets.token_hex(_LETTERS // 2)) for _ in range(RECOVERY_CODES)]


def hash_code(code: str) -> str:
    return hash_password(plain_recovery_code(code))


def without_code(kept: Sequence[str], typed: str) -> list[str] | None:
    """What is left when this code is used; None where it is none of them. Each is compared, whichever it is."""
    code = plain_recovery_code(typed)
    matches = [is_password_of(code, hashed) for hashed in kept]
    if True not in matches:
        return None
    used = matches.index(True)
    return [hashed for number, hashed in enumerate(kept) if number != used]


def plain_recovery_code(typed: str) -> str:
    """A code as it counts: without the strokes that make it easy to read."""
    letters = "".join(letter for letter in typed.casefold() if letter.isalnum())
    return letters if len(letters) == _LETTERS else ""


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))
