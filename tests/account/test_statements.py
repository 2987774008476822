"""What signing in costs each page, and that the list of accounts costs the same however many there are."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from screening.account.invitations import add_user
from screening.records.transaction import writing
from screening.storage.models import WebAuthn
from tests.conftest import NOW, PASSWORD
from tests.support.signing_in import has_app, person
from tests.support.statements import statements_of

THE_LIST = 5
"""Who asks, the accounts, their roles and passkeys, and the protocol in use, which every page names."""


def add_people(count: int) -> None:
    """With two roles each, and a passkey each."""
    for number in range(count):
        email = f"person{number}@clinic.example"
        add_user(email, f"Person {number}", PASSWORD, ["front-desk", "provider"])
        with writing():
            user = person(email)
            user.webauthn.append(passkey(number))


def passkey(number: int) -> WebAuthn:
    return WebAuthn(
        credential_id=bytes([number]),
        public_key=b"key",
        name="phone",
        usage="first",
        device_type="single_device",
        backup_state=False,
        transports=["usb", "nfc"],
        lastuse_datetime=NOW.replace(tzinfo=None),
    )


@pytest.mark.parametrize("more", [0, 45])
def test_the_list_of_accounts_takes_the_same_statements_for_five_and_for_fifty(
    app: Flask, signed_in: Any, more: int
) -> None:
    has_app(app, "lead")
    with app.app_context():
        add_people(more)
    admin = signed_in("admin")
    with statements_of(app) as seen:
        page = admin.get("/staff/accounts/")
    assert page.text.count("@clinic.example") >= 5 + more
    assert len(seen) == THE_LIST, seen


def test_who_is_signed_in_costs_a_page_one_statement(app: Flask, signed_in: Any) -> None:
    """The session, the account and all of its roles; what a page writes in between does not ask for them again."""
    with app.app_context(), writing():
        person().roles = [*person().roles, *person("provider@clinic.example").roles]
    desk = signed_in("desk")
    with statements_of(app) as seen:
        assert desk.get("/staff/here").status_code == 204
    assert len(seen) == 1, seen
    with statements_of(app) as seen:
        # A refusal is an event, and drawing its page comes after that.
        assert desk.get("/staff/audit").status_code == 403
    assert any("INSERT INTO event" in each for each in seen)
    assert len([each for each in seen if "roles_users" in each or "user.email" in each]) == 1, seen
