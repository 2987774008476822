"""What a password must be. Pure: no outside look-up, no rules about kinds of letters, no change after some time."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

SHORTEST, LONGEST = 15, 128
_LIST = Path(__file__).with_name("common_passwords.txt")
# What people write in place of a letter.
_INSTEAD = str.maketrans("@4013$57", "aaoieest")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1q2w3e4r5t6y7u8i9o0p",
)
_SHORTEST_RUN, _SHORTEST_NAME = 3, 4
_TOO_COMMON = (
    "This is easy to guess: it is made of nothing but common words, names, digits or rows of keys. "
    "Add something of your own"
)


def problem_with(password: str, *, clinic: str, name: str, email: str) -> str:
    """What to change about a new password; empty where it may be used."""
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters; this has {len(password)}. Four or five words work well"
    if len(password) > LONGEST:
        return f"Use at most {LONGEST} characters; this has {len(password)}"
    if _tells(password, clinic):
        return "Leave out the name of the clinic"
    if _tells(password, name) or any(_tells(password, part) for part in (email, email.partition("@")[0])):
        return "Leave out your name and your e-mail address"
    if is_common(password, [*_words(clinic), *_words(name), *_words(email)]):
        return _TOO_COMMON
    return ""


def is_common(password: str, besides: list[str] | None = None) -> bool:
    """Whether it is made of nothing but common words, rows, repetitions and digits."""
    known = _common() | {word for word in besides or () if len(word) > 1}
    plain = "".join(letter for letter in password.casefold() if letter.isalnum() or letter in "@$")
    return _repeats(password) or _is_made_of(plain, plain.translate(_INSTEAD), known)


def _repeats(text: str) -> bool:
    """Something short, twice or more."""
    return any(
        text == text[:size] * (len(text) // size) for size in range(1, min(SHORTEST, len(text) // 2 + 1))
    )


def _tells(password: str, name: str) -> bool:
    wanted = _squashed(name)
    return len(wanted) >= _SHORTEST_NAME and wanted in _squashed(password)


def _words(text: str) -> list[str]:
    return [_squashed(word) for word in re.split(r"[\W_]+", text)]


def _squashed(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _is_made_of(text: str, letters: str, known: frozenset[str]) -> bool:
    """Whether known parts, one behind the other, make the whole: as it was typed, or with letters put back."""
    longest = max(map(len, known))
    ends = {0}
    for start in range(len(text)):
        if start not in ends:
            continue
        within = range(start + 1, min(len(text), start + longest) + 1)
        ends |= {end for end in within if text[start:end] in known or letters[start:end] in known}
        ends |= {end for end in range(start + 1, len(text) + 1) if _is_run(text[start:end])}
    return len(text) in ends


def _is_run(part: str) -> bool:
    """Digits, one letter again and again, or a row of keys or letters in either direction."""
    if part.isdecimal():
        return True
    is_row = any(part in row or part in row[::-1] for row in _ROWS)
    return len(part) >= _SHORTEST_RUN and (is_row or len(set(part)) == 1)
