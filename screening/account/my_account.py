"""One's own account: password, second steps, recovery codes, notices, and signing out everywhere."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from screening.account.blueprint import account
from screening.account.forms import ChangePasswordForm, EndSessionForm, RemovePasskeyForm, sent_password
from screening.account.login_flow import TOO_MANY_TRIES, Slowed, count, go_on, is_password_right, trying
from screening.account.second_factor_setup import codes_page
from screening.clock import now
from screening.records.accounts.accounts import (
    mark_notices_read,
    notices_of,
    set_password,
    sign_out_everywhere,
)
from screening.records.accounts.login_throttle import was_right
from screening.records.accounts.password_hashes import hash_password
from screening.records.accounts.second_factors import (
    new_recovery_codes,
    recovery_codes_left,
    remove_app,
    remove_passkey,
)
from screening.records.accounts.staff_sessions import sign_out_there, signed_in
from screening.records.actors import staff_actor
from screening.records.errors import Conflict
from screening.records.transaction import writing
from screening.staff.forms import ButtonForm, StaffForm
from screening.storage.models import User
from screening.web.current_user import own_account
from screening.web.sessions import STAFF, current_session

WRONG_PASSWORD = "This is not your password until now"  # noqa: S105  (words)


@account.get("/account")
def own() -> str:
    return _page()


def _page(problem: str = "", errors: list[tuple[str, str]] | None = None) -> str:
    user = own_account()
    return render_template(
        "account/own.html",
        user=user,
        problem=problem,
        errors=errors or [],
        notices=notices_of(user),
        codes_left=recovery_codes_left(user),
        signed_in=[each for each in signed_in(user) if not STAFF.has_ended(each.seen_at, each.created_at)],
        here=current_session().id_hash,
    )


@account.route("/account/password", methods=["GET", "POST"])
def change_password() -> ResponseReturnValue:
    user = own_account()
    form = ChangePasswordForm(user.name, user.email)
    if not form.is_submitted():
        return render_template("account/password.html", form=form, errors=[])
    if form.validate() and _old_is_right(user, form):
        hashed = hash_password(sent_password(form))
        with writing():
            set_password(user, hashed, now(), staff_actor(user))
        go_on(user)
        flash("Your password is changed. You are signed out everywhere else.")
        return redirect(url_for("account.own"), 303)
    return render_template("account/password.html", form=form, errors=form.problems()), 422


def _old_is_right(user: User, form: ChangePasswordForm) -> bool:
    attempt = trying("proof", user.email)
    try:
        count(attempt)
    except Slowed:
        form.old.errors = [TOO_MANY_TRIES]
        return False
    if not is_password_right(user, sent_password(form, "old")):
        form.old.errors = [WRONG_PASSWORD]
        return False
    with writing():
        was_right(attempt, now())
    return True


@account.post("/account/passkeys/remove")
def remove_key() -> ResponseReturnValue:
    form = RemovePasskeyForm()
    return _done(
        form,
        lambda user: remove_passkey(user, form.passkey.data or "", now(), staff_actor(user)),
        "The passkey is removed.",
    )


@account.post("/account/app/remove")
def remove_code_app() -> ResponseReturnValue:
    return _done(ButtonForm(), lambda user: remove_app(user, now(), staff_actor(user)), "The app is removed.")


@account.post("/account/notices")
def read_notices() -> ResponseReturnValue:
    answer = _done(ButtonForm(), lambda user: mark_notices_read(user, now()), "")
    session["has_notices"] = False
    return answer


@account.post("/account/recovery-codes")
def recovery_codes() -> ResponseReturnValue:
    form, user = ButtonForm(), own_account()
    if not form.validate():
        return _page(errors=form.problems()), 422
    with writing():
        codes = new_recovery_codes(user, now(), staff_actor(user))
    return codes_page(codes, url_for("account.own"))


@account.post("/account/sign-out-there")
def end_one() -> ResponseReturnValue:
    form = EndSessionForm()
    return _done(
        form,
        lambda user: sign_out_there(user, form.session.data or "", now(), staff_actor(user)),
        "You are signed out there.",
    )


@account.post("/account/sign-out-everywhere")
def end_all() -> ResponseReturnValue:
    form, user = ButtonForm(), own_account()
    if not form.validate():
        return _page(errors=form.problems()), 422
    with writing():
        sign_out_everywhere(user, now(), staff_actor(user))
    session.clear()
    flash("You are signed out everywhere.")
    return redirect(url_for("account.login"), 303)


def _done(form: StaffForm, act: Callable[[User], None], words: str) -> ResponseReturnValue:
    user = own_account()
    if not form.validate():
        return _page(errors=form.problems()), 422
    try:
        with writing():
            act(user)
    except Conflict as conflict:
        return _page(str(conflict)), 409
    go_on(user)
    if words:
        flash(words)
    return redirect(url_for("account.own"), 303)
