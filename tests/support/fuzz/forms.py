"""Reads the forms of our own pages, fast: thousands of pages an hour, each once.

It knows only what our templates write (attributes in double quotes, forms not in forms); a test compares it with
the careful reader of `tests/support/pages.py` on real pages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_CONTROL = re.compile(r"<(input|select|option|textarea|button)\b([^>]*)>([^<]*)")
_ATTRIBUTE = re.compile(r'([a-z-]+)(?:="([^"]*)")?')

Pairs = list[tuple[str, str]]


@dataclass
class Form:
    """A form as it stands on a page, before anybody touches it."""

    page: str
    """The address of the page, path and query."""
    action: str
    method: str
    pairs: Pairs = field(default_factory=list)
    """What a browser sends when nothing is touched."""
    kinds: dict[str, str] = field(default_factory=dict)
    """Each control's name: hidden, text, radio, checkbox, select, textarea, file or password."""
    options: dict[str, list[str]] = field(default_factory=dict)
    """What can be chosen on the page, by name."""
    buttons: Pairs = field(default_factory=list)

    @property
    def target(self) -> str:
        return self.action or self.page

    @property
    def key(self) -> tuple[str, ...]:
        """Forms with the same one are the same form, seen at two times."""
        return (self.target.partition("?")[0], *sorted(self.kinds))

    def value(self, name: str) -> str:
        return next((value for known, value in self.pairs if known == name), "")


def read_forms(page: str, html: str) -> list[Form]:
    """The forms of a page that are sent by POST."""
    found = []
    for attributes, inside in _FORM.findall(html):
        given = _attributes(attributes)
        form = Form(page, given.get("action", ""), given.get("method", "get").lower())
        if form.method == "post":
            _read(form, inside)
            found.append(form)
    return found


def _attributes(text: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(text)}


def _read(form: Form, inside: str) -> None:
    select, is_set = "", False
    for tag, attributes, words in _CONTROL.findall(inside):
        given = _attributes(attributes)
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "option":
            is_set = _option(
                form, select, value, is_first=not form.options[select], is_set=is_set, given=given
            )
        elif tag == "select":
            select, is_set = name, False
            form.kinds[name], form.options[name] = "select", []
        elif tag == "textarea":
            form.kinds[name] = "textarea"
            form.pairs.append((name, unescape(words).removeprefix("\n")))
        elif tag == "button":
            if name:
                form.buttons.append((name, value))
        elif name:
            _input(form, name, value, given)


def _option(
    form: Form, select: str, value: str, *, is_first: bool, is_set: bool, given: dict[str, str]
) -> bool:
    """A browser sends the option that is marked, or else the first one."""
    form.options[select].append(value)
    if is_first:
        form.pairs.append((select, value))
    elif "selected" in given and not is_set:
        form.pairs[-1] = (select, value)
    return is_set or "selected" in given


def _input(form: Form, name: str, value: str, given: dict[str, str]) -> None:
    kind = given.get("type", "text")
    if kind in ("radio", "checkbox"):
        form.kinds[name] = kind
        form.options.setdefault(name, []).append(value)
        if "checked" not in given:
            return
    else:
        form.kinds[name] = kind if kind in ("hidden", "file", "password") else "text"
    if kind != "file":
        form.pairs.append((name, value))
