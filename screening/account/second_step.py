"""The second step: a code of the app, a recovery code, or a passkey."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.account.blueprint import account
from screening.account.forms import OPEN_FOR_LONG, AppCodeForm, RecoveryForm
from screening.account.login_flow import (
    TOO_MANY_TRIES,
    Slowed,
    count,
    note_entry,
    open_session,
    refused,
    trying,
    user_between_steps,
    wanted_page,
)
from screening.account.passkeys import to_sign_in
from screening.clock import now
from screening.records.accounts.second_factors import (
    has_second_factor,
    recovery_codes_left,
    use_code,
    use_recovery_code,
)
from screening.records.actors import staff_actor
from screening.records.transaction import writing
from screening.staff.forms import StaffForm
from screening.storage.models import User

SECOND_STEP = "second step"
WRONG_CODE = "This code is not right, or was used already. Please wait for the next one and type that"
WRONG_RECOVERY = "This recovery code is not right, or was used already"
TOO_LATE = "Please sign in again: it took more than 15 minutes."


@account.route("/second-step", methods=["GET", "POST"])
def second_step() -> ResponseReturnValue:
    if request.method == "POST":
        form = AppCodeForm()
        return _step(form, lambda user: use_code(user, form.code.data or "", now()), "app", WRONG_CODE)
    user = user_between_steps()
    if user is None:
        return too_late()
    if not has_second_factor(user):
        return redirect(url_for("account.set_up"))
    return _page(user, AppCodeForm(formdata=None))


@account.post("/second-step/recovery")
def recovery() -> ResponseReturnValue:
    form = RecoveryForm()
    return _step(
        form,
        lambda user: use_recovery_code(user, form.recovery_code.data or "", now(), staff_actor(user)),
        "recovery code",
        WRONG_RECOVERY,
    )


def _step(form: StaffForm, is_right: Callable[[User], bool], how: str, wrong: str) -> ResponseReturnValue:
    user = user_between_steps()
    if user is None:
        return too_late()
    if not form.validate():
        return _page(user, form, OPEN_FOR_LONG), 400
    attempt, wanted = trying(SECOND_STEP, user.email), wanted_page()
    try:
        count(attempt)
    except Slowed:
        return _page(user, form, TOO_MANY_TRIES), 429, {"Retry-After": "900"}
    device = ""
    with writing():
        # The code is used up in the same transaction as the entry that it gives.
        if is_right(user):
            device = note_entry(user, [attempt], f"password and {how}")
    if not device:
        refused(SECOND_STEP, user)
        return _page(user, form, wrong), 400
    open_session(user, device, two_steps=True)
    if how == "recovery code":
        flash(f"A recovery code was used. {recovery_codes_left(user)} are left.")
    return redirect(wanted or url_for("staff.home"))


def too_late() -> ResponseReturnValue:
    flash(TOO_LATE)
    return redirect(url_for("account.login"))


def _page(user: User, form: StaffForm, problem: str = "") -> str:
    return render_template(
        "account/second_step.html",
        user=user,
        form=form,
        problem=problem,
        wanted=wanted_page() or None,
        has_app=bool(user.tf_totp_secret),
        has_recovery_codes=recovery_codes_left(user) > 0,
        passkey_options=to_sign_in(user) if user.webauthn else "",
    )
