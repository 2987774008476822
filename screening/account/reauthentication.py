"""What cannot be taken back asks once more who is there, unless that was proved a few minutes ago.

Everything that was typed stays on the page that asks; when the answer is right, the same request goes on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms.validators import ValidationError

from screening.account.blueprint import account
from screening.account.forms import LONGEST_PASSWORD_SENT, OPEN_FOR_LONG
from screening.account.login_flow import (
    TOO_MANY_TRIES,
    Slowed,
    count,
    is_password_right,
    refused,
    trying,
    wanted_page,
)
from screening.account.passkeys import NOT_RIGHT, PasskeyRefused, to_sign_in, used
from screening.clock import now
from screening.records.accounts.login_throttle import was_right
from screening.records.accounts.second_factors import note_passkey_used
from screening.records.accounts.sign_ins import note_proved_again
from screening.records.transaction import writing
from screening.storage.models import User
from screening.web.carried_fields import has_files, kept_fields
from screening.web.current_user import current_user, own_account
from screening.web.endpoints import AGAIN_FIELDS, ALWAYS, rules_of
from screening.web.request_limits import go_on_with
from screening.web.sessions import current_session

FRESH_FOR = timedelta(minutes=15)
AGAIN_PASSWORD, AGAIN_PASSKEY = "proof-password", "proof-credential"
WRONG = "This is not your password. Nothing was saved yet, and what you typed is still here"


def ask_again() -> ResponseReturnValue | None:
    """Before a request, after access was checked: lets it go on, or answers with the page that asks."""
    if not current_user.is_authenticated:
        return None
    if request.method == "GET" and rules_of(request.endpoint).opens_fresh and not is_fresh():
        return redirect(url_for("account.confirm", next=request.path))
    if request.method != "POST" or not _asks():
        return None
    given = _given()
    go_on_with([(name, value) for name, value in request.form.items(multi=True) if name not in AGAIN_FIELDS])
    # A page that is too old is judged by its own form, which says so.
    if is_fresh() or not _has_our_token():
        return None
    problem = _problem(*given) if any(given) else None
    if problem != "":
        return _page(problem or "")
    _proved()
    fields = list(request.form.items(multi=True))
    go_on_with([(name, generate_csrf() if name == "csrf_token" else value) for name, value in fields])
    return None


@account.route("/confirm", methods=["GET", "POST"])
def confirm() -> ResponseReturnValue:
    """The same question by itself, before a page is opened."""
    if request.method == "GET":
        return _page()[0]
    problem = _problem(*_given()) if _has_our_token() else OPEN_FOR_LONG
    if problem:
        return _page(problem)[0], 422
    _proved()
    return redirect(wanted_page() or url_for("account.own"), 303)


def _given() -> tuple[str, str]:
    return request.form.get(AGAIN_PASSWORD, ""), request.form.get(AGAIN_PASSKEY, "")


def _problem(password: str, passkey: str) -> str:
    """Why the answer is not right; empty where it is."""
    user = own_account()
    return _problem_with_passkey(user, passkey) if passkey else _problem_with_password(user, password)


def is_fresh() -> bool:
    proved_at = session.get("proved_at")
    return proved_at is not None and now() - datetime.fromisoformat(proved_at) < FRESH_FOR


def _asks() -> bool:
    field = rules_of(request.endpoint).asks_again
    return field is not None and (field == ALWAYS or bool(request.form.get(field, "").strip()))


def _has_our_token() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _problem_with_password(user: User, password: str) -> str:
    attempt = trying("proof", user.email)
    try:
        count(attempt)
    except Slowed:
        return TOO_MANY_TRIES
    if len(password) > LONGEST_PASSWORD_SENT or not is_password_right(user, password):
        refused("proof", user)
        return WRONG
    with writing():
        was_right(attempt, now())
        note_proved_again(user, "password", now())
    return ""


def _problem_with_passkey(user: User, sent: str) -> str:
    try:
        with writing():
            key, answer = used(sent)
            if key.user_id != user.id:
                raise PasskeyRefused
            note_passkey_used(key, answer, now())
            note_proved_again(user, "passkey", now())
    except PasskeyRefused:
        refused("proof", user)
        return NOT_RIGHT
    return ""


def _proved() -> None:
    """The session is fresh, under a new id; the token of pages changes with it."""
    session["proved_at"] = now().isoformat()
    current_session().renew()
    g.pop("csrf_token", None)


def _page(problem: str = "") -> tuple[str, int]:
    user = own_account()
    page = render_template(
        "account/confirm.html",
        fields=kept_fields(),
        has_files=has_files(),
        address=request.full_path.rstrip("?"),
        problem=problem,
        passkey_options=to_sign_in(user) if user.webauthn else "",
    )
    return page, 403
