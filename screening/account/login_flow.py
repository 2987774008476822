"""What every way in has in common: who tries from where, the step in between, and being let in."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from flask import Response, after_this_request, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from screening.clock import now
from screening.extensions import current_config, db
from screening.records.accounts.accounts import notices_of
from screening.records.accounts.login_throttle import KNOWN_FOR, Trying, remember_device, was_right
from screening.records.accounts.password_hashes import hash_password, is_password_of
from screening.records.accounts.second_factors import has_second_factor
from screening.records.accounts.sign_ins import (
    count_sign_in_try,
    note_refused_passkey,
    note_refused_try,
    note_signed_in,
)
from screening.records.accounts.staff_sessions import MARK
from screening.records.transaction import writing
from screening.storage.models import User
from screening.web.sessions import current_session

STEP_HOLDS = timedelta(minutes=15)
"""From the password to the second step."""
TOO_MANY_TRIES = "There were too many tries. Please wait 15 minutes, then try again. A passkey works at once"
_STEP, _USER, _SINCE, _NEXT = "step", "user", "since", "next"


class Slowed(Exception):
    """There were too many tries, so nothing was looked at."""


def trying(what: str, account: str) -> Trying:
    """The account is what was typed, whether or not there is one."""
    return Trying(what, account.strip().lower(), request.remote_addr or "", _device())


def count(attempt: Trying) -> None:
    """Before anything is looked at. Raises Slowed."""
    with writing():
        may_try = count_sign_in_try(attempt, now())
    if not may_try:
        raise Slowed


def refused(what: str, user: User | None) -> None:
    """The record tells whose account was tried; the page does not tell whether there is one."""
    with writing():
        note_refused_try(what, user, request.remote_addr or "", now())


def passkey_refused() -> None:
    with writing():
        note_refused_passkey(trying("passkey", ""), now())


def is_password_right(user: User | None, password: str) -> bool:
    """The same work whether there is such an account or not: one hash is always compared."""
    if user is None or not user.active or not user.password:
        return is_password_of(password, _hash_of_nobody()) and False
    return is_password_of(password, user.password)


def _hash_of_nobody() -> str:
    """Of a password that nobody knows, under the same costs as real ones; made once for an application."""
    kept = current_app.extensions
    if "hash_of_nobody" not in kept:
        kept["hash_of_nobody"] = hash_password(secrets.token_urlsafe(32))
    return str(kept["hash_of_nobody"])


def is_second_step_needed(user: User) -> bool:
    """Of everybody in a real clinic; in the demo of those who have set one up."""
    return has_second_factor(user) or not current_config().is_demo


def begin_second_step(user: User) -> ResponseReturnValue:
    """The password was right: nothing is open yet but the page of the second step, or the one to set it up."""
    step = {_USER: user.fs_uniquifier, _SINCE: now().isoformat(), _NEXT: wanted_page()}
    session.clear()
    # Whoever planted the id beforehand must not find themselves between the steps.
    current_session().renew()
    session[_STEP] = step
    return redirect(url_for("account.second_step" if has_second_factor(user) else "account.set_up"))


def user_between_steps() -> User | None:
    """Who gave the password, and not yet the second step."""
    step = session.get(_STEP)
    if not step or now() - datetime.fromisoformat(step[_SINCE]) >= STEP_HOLDS:
        return None
    return db.session.scalars(
        select(User).where(User.fs_uniquifier == step[_USER], User.active.is_(True))
    ).one_or_none()


def wanted_page() -> str:
    """Where the visitor wanted to go: a path of this site, without filters."""
    wanted = str(request.args.get(_NEXT) or (session.get(_STEP) or {}).get(_NEXT) or "")
    return wanted if re.fullmatch(r"(/[A-Za-z0-9_-]+)+/?", wanted) else ""


def note_entry(user: User, attempts: list[Trying], how: str) -> str:
    """Inside the transaction of the last step: the event, and the device, which may try more often from now on."""
    for attempt in attempts:
        was_right(attempt, now())
    note_signed_in(user, how, request.remote_addr or "", now())
    device = _device() or secrets.token_urlsafe(32)
    remember_device(user.email, device, now())
    return device


def open_session(user: User, device: str, *, two_steps: bool, has_news: bool = True) -> None:
    """After that transaction: a session of its own, that knows when it was proved who this is."""
    session.clear()
    current_session().sign_in(user)
    session["proved_at"] = now().isoformat()
    session["two_steps"] = two_steps
    session["has_notices"] = has_news and bool(notices_of(user, only_new=True))

    @after_this_request
    def _keep_device(response: Response) -> Response:
        response.set_cookie(
            _device_cookie(),
            device,
            max_age=KNOWN_FOR,
            httponly=True,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            samesite="Strict",
        )
        return response


def go_on(user: User) -> None:
    """After a change ended every session of the account: the one that made it goes on, under a new id."""
    if session[MARK] != user.fs_uniquifier:
        current_session().sign_in(user)


def was_second_step_skipped() -> bool:
    """Only in the demo."""
    return session.get("two_steps") is False


def _device() -> str:
    return request.cookies.get(_device_cookie(), "")[:64]


def _device_cookie() -> str:
    return "__Host-staff-device" if current_app.config["SESSION_COOKIE_SECURE"] else "staff-device"
