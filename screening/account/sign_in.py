"""The front door: with a passkey, or with a password and then a second step; and out again."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.account.blueprint import account
from screening.account.forms import PasskeyForm, SignInForm, sent_password
from screening.account.login_flow import (
    TOO_MANY_TRIES,
    Slowed,
    begin_second_step,
    count,
    is_password_right,
    is_second_step_needed,
    note_entry,
    open_session,
    passkey_refused,
    refused,
    trying,
    wanted_page,
)
from screening.account.passkeys import NOT_RIGHT, PasskeyRefused, to_sign_in, used
from screening.clock import now
from screening.records.accounts.accounts import find_account, renew_password_hash
from screening.records.accounts.login_throttle import Trying, was_right
from screening.records.accounts.password_hashes import hash_password, is_hash_outdated
from screening.records.accounts.second_factors import note_passkey_used
from screening.records.accounts.sign_ins import note_signed_out
from screening.records.transaction import writing
from screening.staff.forms import ButtonForm
from screening.storage.models import User
from screening.web.access import is_signed_in
from screening.web.current_user import current_user
from screening.web.sessions import current_session

WRONG_SIGN_IN = "The e-mail address or the password is not right. Please check both"
SIGN_IN_AGAIN = "This page was open for a long time. Please sign in again"
SIGN_IN = "sign-in"


@account.route("/sign-in", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    if request.method == "POST":
        return _give_password()
    if is_signed_in():
        return redirect(wanted_page() or url_for("staff.home"))
    return sign_in_page(SignInForm())


def _give_password() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return sign_in_page(form, SIGN_IN_AGAIN if form.is_stale else WRONG_SIGN_IN), 400
    attempt = trying(SIGN_IN, form.email.data or "")
    try:
        count(attempt)
    except Slowed:
        return sign_in_page(form, TOO_MANY_TRIES), 429, {"Retry-After": "900"}
    user, password = find_account(attempt.account), sent_password(form)
    if not is_password_right(user, password) or user is None:
        refused(SIGN_IN, user)
        return sign_in_page(form, WRONG_SIGN_IN), 400
    return _password_was_right(user, password, attempt)


def _password_was_right(user: User, password: str, attempt: Trying) -> ResponseReturnValue:
    needs_second_step, wanted = is_second_step_needed(user), wanted_page()
    fresh_hash = hash_password(password) if is_hash_outdated(user.password or "") else ""
    device = ""
    with writing():
        if fresh_hash:
            renew_password_hash(user, fresh_hash)
        if needs_second_step:
            was_right(attempt, now())
        else:
            device = note_entry(user, [attempt], "password, in the demo")
    if needs_second_step:
        return begin_second_step(user)
    open_session(user, device, two_steps=False)
    return redirect(wanted or url_for("staff.home"))


@account.post("/sign-in/passkey")
def passkey() -> ResponseReturnValue:
    """Both factors in one: the device, and the finger, face or PIN that it asked for."""
    form = PasskeyForm()
    if not form.validate():
        return sign_in_page(SignInForm(formdata=None), SIGN_IN_AGAIN), 400
    wanted = wanted_page()
    try:
        with writing():
            key, answer = used(form.credential.data or "")
            note_passkey_used(key, answer, now())
            user = key.user
            device = note_entry(user, [], "passkey")
    except PasskeyRefused:
        passkey_refused()
        return sign_in_page(SignInForm(formdata=None), NOT_RIGHT), 400
    open_session(user, device, two_steps=True)
    return redirect(wanted or url_for("staff.home"))


@account.post("/sign-out")
def logout() -> ResponseReturnValue:
    if not ButtonForm().validate():
        return render_template("account/sign_out.html"), 400
    with writing():
        note_signed_out(current_user, now())
    current_session().sign_out()
    return redirect(url_for("account.login"))


def sign_in_page(form: SignInForm, problem: str = "") -> str:
    return render_template(
        "account/sign_in.html",
        form=form,
        problem=problem,
        wanted=wanted_page() or None,
        passkey_options=to_sign_in(),
        is_post=request.method == "POST",
    )
