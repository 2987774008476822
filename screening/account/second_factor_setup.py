"""Setting up a second step: right after the first password, or later on one's own account page."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import segno
from flask import Response, abort, flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from screening.account.blueprint import account
from screening.account.forms import OPEN_FOR_LONG, AddPasskeyForm, AppCodeForm
from screening.account.login_flow import (
    TOO_MANY_TRIES,
    Slowed,
    count,
    go_on,
    note_entry,
    open_session,
    trying,
    user_between_steps,
    wanted_page,
)
from screening.account.passkeys import NOT_RIGHT, PasskeyRefused, registered, to_register
from screening.account.second_step import too_late
from screening.clock import now
from screening.extensions import current_config
from screening.records.accounts.app_secrets import new_app_secret, open_app_secret
from screening.records.accounts.second_factors import (
    add_passkey,
    has_second_factor,
    is_code_right,
    new_recovery_codes,
    recovery_codes_left,
    set_app,
)
from screening.records.accounts.totp import app_address, app_key_in_groups
from screening.records.actors import staff_actor
from screening.records.errors import Conflict
from screening.records.transaction import writing
from screening.storage.models import User
from screening.web.access import is_signed_in
from screening.web.current_user import current_user, own_account

_SECRET = "sealed_app_secret"  # noqa: S105  (a name)
_WRONG_CODE = (
    "This code is not right. Please check that the app has this secret, and type the code that it shows now"
)


@account.get("/set-up")
def set_up() -> ResponseReturnValue:
    """Who has only a password sets up a second step before anything else."""
    user = _setting_up()
    if user is None:
        return too_late()
    return render_template(
        "account/set_up.html",
        user=user,
        form=AddPasskeyForm(formdata=None),
        passkey_options=to_register(user),
    )


@account.route("/app", methods=["GET", "POST"])
def app() -> ResponseReturnValue:
    """The secret counts once the app has shown that it has it."""
    user, form = _whose(), AppCodeForm()
    if user is None:
        return too_late()
    if not form.is_submitted():
        return _app_page(user, form)
    if not form.validate():
        return _app_page(user, form, OPEN_FOR_LONG), 400
    secret = str(session.get(_SECRET) or "")
    try:
        count(trying("app", user.email))
    except Slowed:
        return _app_page(user, form, TOO_MANY_TRIES), 429

    def keep() -> bool:
        if not secret or not is_code_right(user, secret, form.code.data or "", now()):
            return False
        set_app(user, secret, now(), staff_actor(user))
        return True

    answer = _kept(user, keep, "password and app", "Your app is set up.")
    if answer is not None:
        session.pop(_SECRET, None)
    return answer or (_app_page(user, form, _WRONG_CODE), 400)


@account.get("/app/code.svg")
def qr() -> Response:
    """The secret as a picture for the app's camera, from our own address."""
    user, secret = _whose(), session.get(_SECRET)
    if user is None or not secret:
        abort(404)
    drawn = BytesIO()
    # Dark on light in both modes: many cameras do not read the inverse.
    uri = app_address(open_app_secret(user, secret), user.email, current_config().clinic.name)
    segno.make(uri, error="m").save(drawn, kind="svg", scale=6, border=4, dark="#000", light="#fff")
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


@account.route("/passkeys/new", methods=["GET", "POST"], endpoint="add_passkey")
def new_passkey() -> ResponseReturnValue:
    user, form = _whose(), AddPasskeyForm()
    if user is None:
        return too_late()
    if not form.is_submitted():
        return _passkey_page(user, form)
    if not form.validate():
        return _passkey_page(user, form), 422
    try:
        made, transports = registered(form.credential.data or "")
    except PasskeyRefused:
        form.name.errors = [NOT_RIGHT]
        return _passkey_page(user, form), 400

    def keep() -> bool:
        add_passkey(user, form.name.data or "", made, transports, now(), staff_actor(user))
        return True

    try:
        answer = _kept(user, keep, "password and passkey", "The passkey is added.")
    except Conflict as conflict:
        form.name.errors = [str(conflict)]
        return _passkey_page(user, form), 409
    assert answer is not None
    return answer


def _kept(user: User, keep: Callable[[], bool], how: str, words: str) -> ResponseReturnValue | None:
    """Keeps a new second step; the first one also gives recovery codes, and lets in who was setting up."""
    enters, wanted = not current_user.is_authenticated, wanted_page()
    codes: list[str] = []
    device = ""
    with writing():
        if not keep():
            return None
        if not recovery_codes_left(user):
            codes = new_recovery_codes(user, now(), staff_actor(user))
        if enters:
            device = note_entry(user, [], how)
    if enters:
        # What was just set up is no news to who did it.
        open_session(user, device, two_steps=True, has_news=False)
    else:
        session["two_steps"] = True
        go_on(user)
    if codes:
        return codes_page(codes, wanted or url_for("staff.home"))
    flash(words)
    return redirect(url_for("account.own"), 303)


def codes_page(codes: list[str], onward: str) -> str:
    """Shown this once: they are kept as hashes only."""
    return render_template("account/recovery_codes.html", codes=codes, onward=onward)


def _whose() -> User | None:
    """Whose second step is set up: of who is signed in, or of who gave the password and has none yet."""
    if is_signed_in():
        return own_account()
    return _setting_up()


def _setting_up() -> User | None:
    user = user_between_steps()
    return user if user is not None and not has_second_factor(user) else None


def _app_page(user: User, form: AppCodeForm, problem: str = "") -> str:
    if _SECRET not in session:
        session[_SECRET] = new_app_secret(user)
    return render_template(
        "account/app.html",
        user=user,
        form=form,
        problem=problem,
        secret=app_key_in_groups(open_app_secret(user, session[_SECRET])),
        replaces=bool(user.tf_totp_secret),
        is_set_up=not current_user.is_authenticated,
    )


def _passkey_page(user: User, form: AddPasskeyForm) -> str:
    return render_template(
        "account/passkey.html",
        user=user,
        form=form,
        errors=form.problems() if form.is_submitted() else [],
        passkey_options=to_register(user),
        is_set_up=not current_user.is_authenticated,
    )
