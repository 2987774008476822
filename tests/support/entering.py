"""Somebody of the staff at a browser, let in as the page of the door lets them in, without drawing it.

The pages themselves, the password and the limits have their own tests in tests/account.
"""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

from flask import Flask
from sqlalchemy import select

from screening.account.login_flow import note_entry, open_session
from screening.extensions import db
from screening.records.transaction import writing
from screening.storage.models import User


def let_in(app: Flask, email: str) -> Any:
    """A browser in which this person has just signed in, and the event that says so."""
    client: Any = app.test_client()
    with app.test_request_context("/staff/sign-in", method="POST", environ_base=client.environ_base):
        user = db.session.scalars(select(User).where(User.email == email, User.active.is_(True))).one()
        with writing():
            device = note_entry(user, [], "password, in the demo")
        open_session(user, device, two_steps=False)
        answer = app.process_response(app.make_response(""))
    for header in answer.headers.getlist("Set-Cookie"):
        for name, cookie in SimpleCookie(header).items():
            client.set_cookie(name, cookie.value)
    return client
