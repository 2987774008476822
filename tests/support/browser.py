"""What journeys through a real Chromium share: how a page is filled in, signed in to, and looked at for barriers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from flask import Flask
from playwright.sync_api import Page, Request, expect

from tests.support.invented import PASSWORD
from tests.support.pages import find, parsed

PHONE = {"width": 375, "height": 740}
DESK = {"width": 1280, "height": 900}

# Each width and each light once: what differs between them has no other in common.
LOOKS = pytest.mark.parametrize(
    ("size", "dark"), [(PHONE, True), (DESK, False)], ids=["dark-phone", "light-desk"]
)

# Of every rule only what it objects to comes back: all else was made into text, sent and read for nothing.
_LOOK_FOR_BARRIERS = (
    f"{AXE_SCRIPT}\naxe.run({{resultTypes: ['violations']}}).then(({{violations}}) => ({{violations}}))"
)

# A busy machine is no fault of a page.
expect.set_options(timeout=15_000)


class Clinic:
    """The invented clinic of the demo, served on a free port of this machine."""

    def __init__(self, app: Flask, tokens: list[str], address: str) -> None:
        self.app, self.address = app, address
        self.link_of_returning, self.link = (f"{address}/s/{token}" for token in tokens)


Open = Callable[..., Page]


def no_request_fails(request: Request) -> None:
    # Who leaves a page before it is complete stops what it was still loading.
    if request.failure != "net::ERR_ABORTED":
        pytest.fail(f"failed: {request.url}")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def tick(page: Page, question: str, *answers: str) -> None:
    group = page.get_by_role("group", name=question)
    for answer in answers:
        group.get_by_label(answer, exact=True).check()


def start(page: Page, clinic: Clinic) -> None:
    enter(page, clinic.link, ("27", "3", "1980"))


def enter(page: Page, link: str, born: tuple[str, str, str]) -> None:
    page.goto(link)
    press(page, "Start")
    for part, value in zip(("Day", "Month", "Year"), born, strict=True):
        page.get_by_label(part, exact=True).fill(value)
    press(page, "Continue")


def answer_risks(page: Page) -> None:
    """A pacemaker, warfarin, and ten weeks of pregnancy."""
    tick(page, "Are you pregnant, or could you be?", "Yes, I am")
    tick(page, "Has a health worker ever said", "No")
    tick(page, "Do you take medicine that thins", "Warfarin")
    tick(page, "Do you have anything put inside", "Yes")
    tick(page, "Do any of these apply to you?", "None of these")
    press(page, "Continue")
    tick(page, "How many weeks are you?", "0-12 weeks")
    tick(page, "Has any of this happened", "None of these")
    tick(page, "Does your midwife or doctor know", "Yes")
    press(page, "Continue")
    tick(page, "Was your last INR blood test", "Yes")
    tick(page, "When was your last INR test?", "I don't know")
    tick(page, "Why do you take it?", "Clot in leg or lung")
    press(page, "Continue")
    tick(page, "What do you have?", "Pacemaker")
    press(page, "Continue")
    page.get_by_label("Where in or on your body is it?").select_option("Chest or breast, left")
    tick(page, "When was it put in?", "Over 1 year ago")
    tick(page, "How is it now?", "In and working")
    tick(page, "Any soreness", "No")
    tick(page, "Do you have a device card?", "Yes")
    tick(page, "Were you told your heart", "Not sure")
    press(page, "Continue")


def sign_in(page: Page, clinic: Clinic, who: str, path: str) -> None:
    page.goto(clinic.address + path)
    page.get_by_label("E-mail address").fill(f"{who}@harbour.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def come_in(page: Page, clinic: Clinic, who: str, path: str) -> None:
    """Signed in as by the form, which is not drawn: where somebody is let in is looked at elsewhere."""
    form = page.request.get(f"{clinic.address}/staff/sign-in").text()
    token = find(parsed(form), "input", name="csrf_token")[-1].get("value")
    sent: dict[str, str | float | bool] = {
        "csrf_token": token or "",
        "email": f"{who}@harbour.example",
        "password": PASSWORD,
    }
    answer = page.request.post(f"{clinic.address}/staff/sign-in", form=sent, max_redirects=0)
    assert answer.status == 302, answer.text()
    page.goto(clinic.address + path)


def no_violation(page: Page) -> None:
    page.wait_for_load_state()
    found = AxeResults(page.evaluate(_LOOK_FOR_BARRIERS))
    assert found.violations_count == 0, found.generate_report()


def nothing_overflows(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
