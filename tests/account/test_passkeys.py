"""Passkeys, codes and the question of who is there, in a real Chromium with an authenticator of its own."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from pyotp import TOTP
from sqlalchemy import delete, select

from screening.account.invitations import invitation_of
from screening.demo.clinic import INVENTED_STAFF
from screening.extensions import db
from screening.records.actors import SYSTEM
from screening.records.transaction import writing
from screening.storage.models import StaffSession, WebAuthn
from tests.support.browser import DESK, LOOKS, Open, no_violation, nothing_overflows, press
from tests.support.databases import close
from tests.support.events import recorded_acts
from tests.support.invented import PASSWORD, Invented, serving

NEW_PASSWORD = "four grey umbrellas dripping"


@dataclass
class Clinic:
    """The invented clinic, but as a real one: everybody needs a second step."""

    app: Flask
    address: str
    offset: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def do(self, act: Callable[[], Any]) -> Any:
        """In a thread of its own, beside the browser's event loop."""

        def inside() -> Any:
            with self.app.app_context():
                return act()

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(inside).result()

    def acts(self) -> list[str]:
        found: list[str] = self.do(recorded_acts)
        return found

    def works_on(self, minutes: int) -> None:
        """Time passes for somebody who works without a break."""
        self.offset += timedelta(minutes=minutes)

        def seen() -> None:
            with writing() as session:
                for row in session.scalars(select(StaffSession)):
                    row.seen_at = self.now()

        self.do(seen)


@pytest.fixture
def clinic(tmp_path: Path, invented: Invented) -> Iterator[Clinic]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Clinic(Flask("none"), f"http://localhost:{port}", timedelta())
    real = {"address": made.address, "is_demo": False}
    with ThreadPoolExecutor(1) as pool:
        made.app, _ = pool.submit(invented.open, tmp_path, made.now, **real).result()
        with serving(made.app, port):
            yield made
        pool.submit(close, made.app).result()


class Authenticator:
    """A security key inside the browser that asks nobody."""

    def __init__(self, page: Page) -> None:
        self._cdp = page.context.new_cdp_session(page)
        self._cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self._id = self._cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def keys(self) -> list[Any]:
        found: list[Any] = self._cdp.send("WebAuthn.getCredentials", {"authenticatorId": self._id})[
            "credentials"
        ]
        return found

    def recognizes(self, is_right: bool) -> None:
        self._cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self._id, "isUserVerified": is_right})


def give_password(page: Page, clinic: Clinic, who: str = "desk", password: str = PASSWORD) -> None:
    page.goto(clinic.address + "/staff/sign-in")
    page.get_by_label("E-mail address").fill(f"{who}@harbour.example")
    page.get_by_label("Password", exact=True).fill(password)
    press(page, "Sign in")


def set_up_passkey(page: Page, clinic: Clinic, who: str = "desk", name: str = "My phone") -> Authenticator:
    key = Authenticator(page)
    give_password(page, clinic, who)
    page.get_by_role("link", name="Set up a passkey").click()
    page.get_by_label("Name for this passkey").fill(name)
    press(page, "Make the passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    return key


def set_up_app(page: Page, clinic: Clinic, who: str = "desk") -> str:
    give_password(page, clinic, who)
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator(".secret-text").inner_text()
    page.get_by_label("Code of 6 digits").fill(code_of(secret, clinic))
    press(page, "Use this app")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    return secret


def code_of(secret: str, clinic: Clinic) -> str:
    return TOTP(secret.replace("-", "")).at(clinic.now())


def sign_out(page: Page) -> None:
    page.get_by_role("banner").get_by_role("button", name="Sign out").click()


def test_S1_a_passkey_is_set_up_and_then_is_both_steps_in_one(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    key = set_up_passkey(page, clinic)
    assert len(key.keys()) == 1
    assert key.keys()[0]["rpId"] == "localhost"
    assert key.keys()[0]["isResidentCredential"]
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(re.compile(r"/desk/$"))
    sign_out(page)
    press(page, "Use a passkey")
    expect(page).to_have_url(re.compile(r"/desk/$"))
    assert clinic.acts()[-3:] == ["signed in", "signed out", "signed in"]
    assert clinic.do(lambda: db.session.scalars(select(WebAuthn.sign_count)).one()) >= 2


def test_a_passkey_leads_where_somebody_wanted_to_go(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    set_up_passkey(page, clinic)
    page.goto(clinic.address + "/desk/")
    sign_out(page)
    page.goto(clinic.address + "/desk/new")
    press(page, "Use a passkey")
    expect(page).to_have_url(re.compile(r"/desk/new$"))


def test_a_passkey_that_was_removed_opens_nothing(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    set_up_passkey(page, clinic)
    page.goto(clinic.address + "/staff/account")
    page.get_by_role("button", name="Remove the passkey My phone").click()
    expect(page.get_by_role("alert")).to_contain_text("last second step")
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Code of 6 digits").fill(code_of(page.locator(".secret-text").inner_text(), clinic))
    press(page, "Use this app")
    expect(page.get_by_text("Your app is set up.")).to_be_visible()
    page.get_by_role("button", name="Remove the passkey My phone").click()
    expect(page.get_by_text("The passkey is removed.")).to_be_visible()
    sign_out(page)
    press(page, "Use a passkey")
    expect(page.get_by_role("alert")).to_contain_text("could not be used here")
    page.goto(clinic.address + "/desk/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert "passkey refused" in clinic.acts()


def test_a_passkey_that_nobody_knows_opens_nothing(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    set_up_passkey(page, clinic)
    page.goto(clinic.address + "/desk/")
    sign_out(page)

    def forget() -> None:
        with writing() as session:
            session.execute(delete(WebAuthn))

    clinic.do(forget)
    press(page, "Use a passkey")
    expect(page.get_by_role("alert")).to_contain_text("could not be used here")


def test_a_passkey_without_finger_face_or_pin_opens_nothing(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    key = set_up_passkey(page, clinic)
    page.goto(clinic.address + "/desk/")
    sign_out(page)
    key.recognizes(False)
    press(page, "Use a passkey")
    expect(page.get_by_text("No passkey was used")).to_be_visible()
    expect(page).to_have_url(re.compile("/staff/sign-in"))


def test_an_answer_to_an_earlier_question_opens_nothing(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    set_up_passkey(page, clinic)
    page.goto(clinic.address + "/desk/")
    sign_out(page)
    sent: list[dict[str, Any]] = []
    page.on("request", lambda request: sent.append(dict(parse_qsl(request.post_data or ""))))
    press(page, "Use a passkey")
    expect(page).to_have_url(re.compile(r"/desk/$"))
    credential = next(fields["credential"] for fields in sent if fields.get("credential"))
    stranger = open_page()
    stranger.goto(clinic.address + "/staff/sign-in")
    stranger.locator('form.passkey [name="credential"]').evaluate(
        "(field, value) => { field.value = value; field.form.submit(); }", credential
    )
    expect(stranger.get_by_role("alert")).to_contain_text("could not be used here")


def test_a_device_has_one_passkey_of_a_person(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    set_up_passkey(page, clinic)
    page.goto(clinic.address + "/staff/passkeys/new")
    page.get_by_label("Name for this passkey").fill("Again")
    press(page, "Make the passkey")
    expect(page.get_by_text("a passkey for you on this device already")).to_be_visible()


def test_after_the_password_a_passkey_is_the_second_step(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    set_up_passkey(page, clinic)
    page.goto(clinic.address + "/desk/")
    sign_out(page)
    give_password(page, clinic)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    press(page, "Use a passkey")
    expect(page).to_have_url(re.compile(r"/desk/$"))


def test_E6_a_passkey_answers_who_is_there_and_the_signature_is_made(clinic: Clinic, open_page: Open) -> None:
    page = open_page(DESK)
    set_up_passkey(page, clinic, "provider")
    page.goto(clinic.address + "/provider/")
    page.get_by_role("link", name="Harold Finch").click()
    for flag in page.get_by_role("article").all():
        flag.get_by_label("Adapt the treatment").check()
    clinic.works_on(15)
    page.get_by_label("Reason").first.fill("Seen the device card")
    press(page, "Save and sign")
    expect(page.get_by_role("heading", level=1)).to_have_text("Please confirm that it is you")
    no_violation(page)
    press(page, "Use a passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("Harold Finch")
    assert "proved again" in clinic.acts()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_S1_a_password_and_a_code_work_without_script(clinic: Clinic, open_page: Open, script: bool) -> None:
    page = open_page(script=script)
    secret = set_up_app(page, clinic)
    page.get_by_role("link", name="I have kept them").click()
    sign_out(page)
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(1 if script else 0)
    clinic.offset += timedelta(seconds=30)
    give_password(page, clinic)
    page.get_by_label("Code of 6 digits").fill(code_of(secret, clinic))
    press(page, "Go on")
    expect(page).to_have_url(re.compile(r"/desk/$"))
    expect(page.get_by_text("second factor not asked")).to_have_count(0)


def test_somebody_comes_in_by_keyboard_alone(clinic: Clinic, open_page: Open) -> None:
    page = open_page(DESK)
    key = set_up_passkey(page, clinic)
    page.goto(clinic.address + "/desk/")
    sign_out(page)
    button = page.get_by_role("button", name="Use a passkey")
    for _ in range(10):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/desk/$"))
    assert len(key.keys()) == 1


def test_a_code_by_keyboard_alone(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    secret = set_up_app(page, clinic)
    page.goto(clinic.address + "/desk/")
    sign_out(page)
    clinic.offset += timedelta(seconds=30)
    page.get_by_label("E-mail address").focus()
    page.keyboard.type("desk@harbour.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    page.get_by_label("Code of 6 digits").focus()
    page.keyboard.type(code_of(secret, clinic))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/desk/$"))


def test_a_password_may_be_pasted(clinic: Clinic, open_page: Open) -> None:
    page = open_page()
    page.goto(clinic.address + "/staff/sign-in")
    email = page.get_by_label("E-mail address")
    email.fill(PASSWORD)
    email.press("Control+A")
    email.press("Control+C")
    page.get_by_label("Password", exact=True).press("Control+V")
    expect(page.get_by_label("Password", exact=True)).to_have_value(PASSWORD)


@LOOKS
def test_no_page_of_the_door_has_a_barrier(
    clinic: Clinic, open_page: Open, size: dict[str, int], dark: bool
) -> None:
    page = open_page(size, dark=dark)
    said: list[str] = []
    page.on(
        "console", lambda message: said.append(message.text) if "policy" in message.text.lower() else None
    )

    def looks_right() -> None:
        no_violation(page)
        nothing_overflows(page)

    page.goto(clinic.address + "/staff/sign-in")
    looks_right()
    press(page, "Sign in")
    looks_right()
    link = clinic.do(lambda: invitation_of("noa@harbour.example", "Noa New", ["front-desk"]))
    page.goto(link)
    looks_right()
    press(page, "Go on")
    looks_right()
    press(page, "Use this password")
    expect(page.get_by_role("alert")).to_be_visible()
    looks_right()
    for label in ("New password", "The same password again"):
        page.get_by_label(label, exact=True).fill(NEW_PASSWORD)
    press(page, "Use this password")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second step")
    looks_right()
    page.get_by_role("link", name="Set up a passkey").click()
    looks_right()
    page.get_by_role("link", name="Second step").click()
    page.get_by_role("link", name="Set up an app").click()
    expect(page.get_by_role("img", name="The secret as a picture")).to_be_visible()
    expect(page.locator("img.qr")).to_have_js_property("complete", True)
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 100
    looks_right()
    page.get_by_label("Code of 6 digits").fill("000000")
    press(page, "Use this app")
    expect(page.get_by_role("alert")).to_be_visible()
    looks_right()
    page.get_by_label("Code of 6 digits").fill(code_of(page.locator(".secret-text").inner_text(), clinic))
    press(page, "Use this app")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    looks_right()
    page.get_by_role("link", name="I have kept them").click()
    looks_right()
    page.get_by_role("link", name="Noa New").click()
    looks_right()
    page.get_by_role("link", name="Change my password").click()
    looks_right()
    press(page, "Change my password")
    looks_right()
    sign_out(page)
    give_password(page, clinic, "noa", NEW_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")
    page.get_by_text("The phone or the key is not here").click()
    looks_right()
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")
    looks_right()
    assert said == []


@LOOKS
def test_no_page_of_accounts_has_a_barrier(
    clinic: Clinic, open_page: Open, size: dict[str, int], dark: bool
) -> None:
    page = open_page(size, dark=dark)
    set_up_app(page, clinic, "admin")

    def looks_right() -> None:
        no_violation(page)
        nothing_overflows(page)

    page.goto(clinic.address + "/staff/accounts/")
    looks_right()
    page.get_by_role("link", name="Invite somebody").click()
    looks_right()
    press(page, "Make the invitation")
    expect(page.get_by_role("alert")).to_be_visible()
    looks_right()
    page.get_by_label("Name, as patients").fill("Noa " + "Newcomer" * 8)
    page.get_by_label("E-mail address").fill("noa.newcomer.with.a.long.address@harbour.example")
    page.get_by_label("Provider", exact=True).check()
    page.get_by_label("Clinical lead", exact=True).check()
    press(page, "Make the invitation")
    expect(page.get_by_role("textbox", name="Link")).to_be_visible()
    looks_right()
    page.get_by_role("link", name="Accounts").first.click()
    page.get_by_role("link", name="Dana Whitfield").click()
    press(page, "Close the account")
    expect(page.get_by_text("The account is closed.").first).to_be_visible()
    looks_right()
    clinic.works_on(16)
    press(page, "Open the account again")
    expect(page.get_by_role("heading", level=1)).to_have_text("Please confirm that it is you")
    looks_right()
    page.get_by_label("Your password").fill(PASSWORD)
    press(page, "Confirm and go on")
    expect(page.get_by_text("The account is open.")).to_be_visible()
    clinic.offset += timedelta(minutes=20)
    press(page, "Close the account")
    expect(page.get_by_role("heading", level=1)).to_have_text("You were signed out")
    looks_right()


def test_the_demo_has_somebody_who_looks_after_accounts() -> None:
    assert ("admin@harbour.example", "admin") in {(email, role) for email, _, role in INVENTED_STAFF}
    assert SYSTEM.kind == "system"
