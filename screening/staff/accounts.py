"""Accounts and signing in, by Flask-Security. What happens at the door is recorded like everything else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Flask, Response, request
from flask_security import FSQLALiteUserDatastore, hash_password, user_authenticated
from sqlalchemy import select

from config import Config
from screening.access import ROLES
from screening.audit import Actor, record
from screening.clock import now
from screening.extensions import db, security
from screening.models import Role, User
from screening.records import writing

_FAST = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
_SYSTEM = Actor("system", None, "System")
SHORTEST_PASSWORD = 12


class AccountError(ValueError):
    """The account cannot be made; says what to do."""


def settings(config: Config) -> dict[str, Any]:
    return {
        "SECURITY_BLUEPRINT_NAME": "account",
        "SECURITY_URL_PREFIX": "/staff",
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_LOGIN_USER_TEMPLATE": "staff/sign_in.html",
        "SECURITY_POST_LOGIN_VIEW": "/staff/",
        "SECURITY_POST_LOGOUT_VIEW": "/staff/sign-in",
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_PASSWORD_SALT": config.password_salt,
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": _FAST if config.hash_passwords_fast else {},
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
        # The same words whether the address or the password is wrong: nobody learns who works here.
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_FRESHNESS": timedelta(days=-1),
    }


def start(app: Flask) -> None:
    security.init_app(app, FSQLALiteUserDatastore(db, User, Role))
    # One way in: a session. The library would also hand out tokens that never end, and take them from an address.
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    security.want_json(lambda _request: False)
    user_authenticated.connect(_signed_in, app)
    app.after_request(_refused)
    app.add_template_global(sign_in_errors)


def sign_in_errors(form: Any) -> list[tuple[str, str]]:
    """One message for every way to fail, at the field where to begin again."""
    if form.csrf_token.errors:
        return [("email", "This page was open for a long time. Please sign in again.")]
    failed = any(errors for errors in form.errors.values())
    return (
        [("email", "The e-mail address or the password is not right. Please check both.")] if failed else []
    )


def add_user(email: str, name: str, password: str, roles: Sequence[str]) -> None:
    """A new account. Raises AccountError."""
    store = security.datastore
    if not name.strip() or "@" not in email:
        raise AccountError("An account needs a name and an e-mail address.")
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(f"A password has at least {SHORTEST_PASSWORD} characters.")
    unknown = [role for role in roles if role not in ROLES]
    if unknown or not roles:
        raise AccountError(f"Choose at least one of these roles: {', '.join(ROLES)}.")
    with writing() as session:
        if session.scalar(select(User.id).where(User.email == email.strip().lower())):
            raise AccountError(f"There is already an account for {email}.")
        user = store.create_user(
            email=email.strip().lower(),
            name=name.strip(),
            password=hash_password(password),
            roles=[store.find_or_create_role(name=role) for role in roles],
        )
        session.flush()
        record(session, "user added", _SYSTEM, now(), user=user.id, roles=" ".join(roles))


def _signed_in(_app: Flask, user: User, **_rest: Any) -> None:
    with writing() as session:
        record(session, "signed in", Actor("staff", user.id, user.name), now())


def _refused(response: Response) -> Response:
    if request.endpoint == "account.login" and request.method == "POST" and response.status_code != 302:
        with writing() as session:
            record(session, "sign-in refused", _SYSTEM, now())
    return response
