"""The people of the clinic at their browsers, and what they do there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Flask

from tests.conftest import PASSWORD
from tests.support.answering import fields_named
from tests.support.clinic.browser import Browser, Page

BORN = {"born-day": "27", "born-month": "3", "born-year": "1980"}
_LINK = re.compile(r'value="http://localhost(/s/[\w-]+)"')
_REFERENCE = re.compile(r'class="reference">([0-9A-Z-]+)<')


class Staff(Browser):
    def __init__(self, app: Flask, who: str) -> None:
        super().__init__(app)
        page = self.get("/staff/sign-in")
        self.press(page, "Sign in", {"email": f"{who}@clinic.example", "password": PASSWORD})

    def new_link(self, visit: UUID) -> str:
        page = self.get(f"/desk/appointments/{visit}")
        form = next((form for form in page.forms if form.action.partition("?")[0].endswith("/link")), None)
        if form is None:
            return ""
        found = _LINK.search(self.post(form.action, form.fields).text)
        return found[1] if found else ""


class Phone(Browser):
    """A patient's phone. Whether it is still in the middle of something does not matter: it begins with the link."""

    def begin(self, link: str) -> Page:
        page = self.get(link)
        if page.form("Start"):
            page = self.press(page, "Start")
        if page.form("Continue") and "born-day" in (page.forms[0].names if page.forms else ()):
            page = self.press(page, "Continue", BORN)
        return page


def answer_pages(
    browser: Browser, page: Page, answers: Mapping[str, Any], most: int, posted: dict[str, list[Any]]
) -> Page:
    """Answers up to so many pages, and notes everything that was chosen."""
    for _ in range(most):
        form = page.form("Continue")
        if form is None or not form.value("page"):
            return page
        fields = fields_named(form.names, form.value("page"), answers)
        for name, value in fields.items():
            posted.setdefault(name.partition("-")[0], []).append(value)
        given = {**form.fields, **fields, "step": "continue"}
        unanswered = {name for name in form.fields if name in answers and name not in fields}
        page = browser.post(page.path, {k: v for k, v in given.items() if k not in unanswered})
        if page.status == 422:
            return page
    return page


def reference_on(page: Page) -> str:
    found = _REFERENCE.search(page.text)
    return found[1] if found else ""
