"""A browser for thousands of pages: it reads forms only, and remembers every address and every word it was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    """What is sent when nothing is touched."""
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """Name, value and words."""
    chosen: int = 0
    """How many radio buttons and ticks are set beforehand."""

    def value(self, name: str) -> str:
        return (self.fields.get(name) or [""])[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.title = ""
        self._in_title = False
        self._inside = False
        self._button: tuple[str, str] | None = None
        self._words = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "title":
            self._in_title = True
        elif tag == "form":
            self._inside = True
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif self._inside:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        if tag == "button":
            self._button, self._words = (name, given.get("value", "")), ""
        elif tag == "select":
            self._select = name
            form.names.add(name)
        elif tag == "option" and "selected" in given:
            form.fields[self._select] = [given.get("value", "")]
        elif tag == "textarea":
            form.names.add(name)
        elif tag == "input" and name:
            self._input(form, name, given)

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        form.names.add(name)
        if given.get("type") in ("radio", "checkbox"):
            if "checked" not in given:
                return
            form.chosen += 1
        form.fields.setdefault(name, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        if self._button:
            self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        elif tag == "form":
            self._inside = False
        elif tag == "button" and self._button:
            self.forms[-1].buttons.append((*self._button, " ".join(self._words.split())))
            self._button = None


class Page:
    def __init__(self, path: str, answer: Any) -> None:
        self.path, self.status, self.text = path, answer.status_code, answer.text
        self.location: str = answer.headers.get("Location", "")
        reader = _Reader()
        reader.feed(self.text)
        self.forms = [form for form in reader.forms if form.method == "post"]
        self.title = reader.title

    def form(self, button: str) -> Form | None:
        return next((form for form in self.forms if any(button in words for *_, words in form.buttons)), None)


class Browser:
    """One person's browser. `seen` collects what must never tell an answer: addresses and titles."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.client.__class__ = app.test_client_class or self.client.__class__
        self.seen: set[str] = set()
        self.read: list[tuple[str, str]] = []
        """Address and words of each page."""

    def _take(self, path: str, answer: Any) -> Page:
        assert answer.status_code < 500, (path, answer.status_code)
        page = Page(path, answer)
        self.seen |= {path, page.location, page.title}
        self.read.append((path, page.text))
        return page

    def get(self, path: str) -> Page:
        page = self._take(path, self.client.get(path))
        return self.get(page.location) if page.status in (302, 303) else page

    def post(self, path: str, fields: Mapping[str, Any]) -> Page:
        """Sends, and follows where it leads."""
        page = self._take(path, self.client.post(path, data=dict(fields)))
        return self.get(page.location) if page.status in (302, 303) else page

    def press(self, page: Page, button: str, fields: Mapping[str, Any] | None = None) -> Page:
        """Presses a button of the page as it was opened, however long ago; a missing button is an error."""
        form = page.form(button)
        assert form, f"{page.path} has no button {button!r}"
        pressed = [(name, value) for name, value, words in form.buttons if button in words and name]
        return self.post(form.action or page.path, {**form.fields, **dict(pressed), **dict(fields or {})})
