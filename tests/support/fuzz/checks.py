"""What every answer to any request must be."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urljoin, urlsplit

from screening.text import visible
from tests.support.fuzz.generator import Sent

_TYPED = ("text", "textarea")
# The page of another form, or one that is no longer asked: it says so, and shows nothing of what was typed.
_NOT_FOR_THESE_EYES = (
    "Another form was opened in this browser",
    "the page that you sent was not kept",
    "This page has changed since you opened it. Please look at it again and press Continue.",
    "Five dates did not match",
    "Answers can no longer be taken for this appointment",
    "There is nothing to change any more",
)
# Beside what is there now, a day is written out in words; where nothing can be signed any more, no day is needed.
_BOXES_OF_A_DAY = ("-day", "-month", "-year")
_NO_WORDS = ("day", "time", "postponed_until", "number")
_SLOW_SECONDS = 20.0


def problems(sent: Sent, answer: Any, text: str, seconds: float) -> list[str]:
    found = []
    if answer.status_code >= 500:
        found.append(f"it failed: {answer.status_code}")
    if "default-src 'none'" not in answer.headers.get("Content-Security-Policy", ""):
        found.append("the answer carries no content security policy")
    location = answer.headers.get("Location")
    if location is not None and not stays_here(location):
        found.append(f"it leads away: {location!r}")
    if answer.status_code in (409, 422) and sent.form is not None:
        found += [
            f"what was typed is gone from {name}" for name in _lost(sent, text, answer.status_code == 409)
        ]
    if seconds > _SLOW_SECONDS:
        found.append(f"it took {seconds:.0f} seconds")
    return found


def stays_here(location: str) -> bool:
    """Whether a browser, forgiving as they are, stays on this site; only a path may be named."""
    if not location.startswith("/") or location.startswith(("//", "/\\")):
        return False
    if any(letter < " " or letter == "\x7f" for letter in location):
        return False
    return urlsplit(urljoin("http://localhost/desk/", location.replace("\\", "/"))).netloc == "localhost"


def _lost(sent: Sent, text: str, is_late: bool) -> list[str]:
    """The fields whose words do not stand on the page again after a mistake."""
    assert sent.form is not None
    if any(words in text for words in _NOT_FOR_THESE_EYES):
        return []
    names = [name for name, _ in sent.pairs]
    return [
        name
        for name, value in sent.pairs
        if sent.form.kinds.get(name) in _TYPED
        # A code works once and is no word of a person.
        and name != "code"
        and names.count(name) == 1
        and not (is_late and (name in _NO_WORDS or name.endswith(_BOXES_OF_A_DAY)))
        and not any(escape(visible(each)) in escape_as_jinja(text) for each in _spellings(value))
    ]


def _spellings(typed: str) -> tuple[str, str]:
    """A lone carriage return, which no browser sends, is kept as a line break, or shown as what it is."""
    return cleaned(typed), cleaned(typed.replace("\r\n", "\n").replace("\r", "\N{REPLACEMENT CHARACTER}"))


def escape_as_jinja(text: str) -> str:
    """Our templates write quotes with numbers, the standard library the apostrophe in hexadecimal."""
    return text.replace("&#34;", "&quot;").replace("&#39;", "&#x27;")


def cleaned(typed: str) -> str:
    """As text is kept: line breaks as one character, nothing around. Halves of letters come as their bytes' codes."""
    sent = typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return sent.replace("\r\n", "\n").replace("\r", "\n").strip()
