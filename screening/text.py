"""Typed text: what can be stored, and how it is shown again when it cannot; days as people say them. Pure."""

from __future__ import annotations

import unicodedata
from datetime import date

_REFUSED = ("Cc", "Cs", "Zl", "Zp")


def is_control(letter: str) -> bool:
    """Control characters but line breaks; halves of letters; separators that are no line breaks."""
    return letter != "\n" and unicodedata.category(letter) in _REFUSED


def has_control_character(text: str) -> bool:
    return any(is_control(letter) for letter in text)


def visible(text: object) -> str:
    """The text with a mark in place of each character that a page cannot hold."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if is_control(letter) else letter for letter in str(text or "")
    )


def spoken_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
