"""What people do at the door, as short functions."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from pyotp import TOTP
from sqlalchemy import select

from screening.clock import now
from screening.extensions import db
from screening.records.accounts.app_secrets import new_app_secret, open_app_secret
from screening.records.accounts.second_factors import set_app
from screening.records.accounts.totp import app_key_in_groups
from screening.records.actors import Actor
from screening.records.transaction import writing
from screening.storage.models import Event, User
from tests.conftest import PASSWORD, Clock
from tests.support.events import recorded_acts
from tests.support.pages import PageClient

SIGN_IN = "/staff/sign-in"
_SECRET = re.compile(r'class="secret-text">([A-Z0-9-]+)<')


class RealClient(PageClient):
    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("base_url", "https://clinic.example")
        return super().open(*args, **kwargs)


def person(email: str = "desk@clinic.example") -> User:
    return db.session.scalars(select(User).where(User.email == email)).one()


def give_password(client: Any, who: str = "desk", password: str = PASSWORD, page: Any = None) -> Any:
    page = page or client.get(SIGN_IN)
    email = who if "@" in who else f"{who}@clinic.example"
    return client.send(page, {"email": email, "password": password})


def has_app(app: Flask, who: str = "desk") -> str:
    """Sets up an app for somebody; gives its secret."""
    with app.app_context(), writing():
        user = person(f"{who}@clinic.example")
        set_app(user, new_app_secret(user), now(), Actor("staff", user.id, user.name))
        return secret_of(user)


def secret_of(user: User) -> str:
    """What the app of somebody was told."""
    return app_key_in_groups(open_app_secret(user, str(user.tf_totp_secret))).replace("-", "")


def code_at(secret: str, clock: Clock) -> str:
    """What the app on the phone shows now."""
    return TOTP(secret.replace("-", "")).at(clock.now)


def give_code(client: Any, code: str) -> Any:
    return client.send(client.get("/staff/second-step"), {"code": code}, button="Go on")


def sign_in_with_app(app: Flask, clock: Clock, who: str = "desk") -> Any:
    secret, client = has_app(app, who), app.test_client()
    assert give_password(client, who).location == "/staff/second-step"
    assert give_code(client, code_at(secret, clock)).status_code == 302
    return client


def secret_on(page: Any) -> str:
    found = _SECRET.search(page.text)
    assert found
    return found[1]


def recovery_codes_on(page: Any) -> list[str]:
    return re.findall(r"<li>([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})</li>", page.text)


def acts(app: Flask) -> list[str]:
    with app.app_context():
        return recorded_acts()


def last_event(app: Flask, act: str) -> Event:
    with app.app_context():
        query = select(Event).where(Event.act == act).order_by(Event.number.desc())
        return db.session.scalars(query).first() or Event()
