"""Typed text: what can be stored, and how it is shown again when it cannot; pure."""

from __future__ import annotations

import unicodedata

_REFUSED = ("Cc", "Cs", "Zl", "Zp")
_UNSEEN = ("Cf", "Zs", "Zl", "Zp", "Cc", "Mn", "Me")
# Letters that a font draws as nothing at all.
_EMPTY = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# They turn the order of all that follows on a line, beyond the words that they stand in.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


FIRST_YEAR, LAST_YEAR = 1900, 2200
"""A day before the first of them, or from the last on, is a slip."""


def with_plain_breaks(text: str) -> str:
    """Line breaks as one character, whatever a browser or a file writes."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_control(letter: str) -> bool:
    """Control characters but line breaks; halves of letters; separators that are no line breaks; what is no letter."""
    return letter != "\n" and (unicodedata.category(letter) in _REFUSED or _is_no_character(ord(letter)))


def _is_no_character(code: int) -> bool:
    """Codes that Unicode keeps free for ever, and no page may hold."""
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


def turns_direction(text: str) -> bool:
    """Whether it holds marks that reorder the line around it: in a list, one name would rewrite the next column.

    Names in right-to-left scripts need none of them; marks that bind to one letter are left alone.
    """
    return not _TURNING.isdisjoint(text)


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen."""
    return all(letter in _EMPTY or unicodedata.category(letter) in _UNSEEN for letter in text)


def has_control_character(text: str) -> bool:
    return not text.isprintable() and any(is_control(letter) for letter in text)


def capitalized(words: str) -> str:
    """With a capital letter, and all others as they are."""
    return words[:1].upper() + words[1:]


def visible(text: object) -> str:
    """The text with a mark in place of each character that a page cannot hold."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if is_control(letter) else letter for letter in str(text or "")
    )
