"""Everybody's accounts, for those who look after them. Nobody sets another's password: they hand over a link."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from screening.account.blueprint import people
from screening.account.forms import ROLE_NAMES, InviteForm, RolesForm
from screening.account.invitations import address_of_link
from screening.clock import now
from screening.records.accounts.accounts import (
    AccountError,
    account_by_handle,
    add_account,
    all_accounts,
    change_roles,
    disable,
    enable,
    sign_out_everywhere,
)
from screening.records.accounts.invitations import ACCOUNT, PASSWORD, SECOND_FACTOR, invite
from screening.records.accounts.second_factors import has_second_factor
from screening.records.actors import ADMIN
from screening.records.errors import Conflict
from screening.records.transaction import writing
from screening.staff.forms import ButtonForm, StaffForm
from screening.storage.models import User
from screening.web.access import actor


@people.get("/")
def everybody() -> str:
    return render_template(
        "account/everybody.html",
        accounts=all_accounts(),
        role_names=ROLE_NAMES,
        has_second_factor=has_second_factor,
    )


@people.route("/new", methods=["GET", "POST"], endpoint="add")
def invite_colleague() -> ResponseReturnValue:
    form = InviteForm()
    if not form.is_submitted():
        return render_template("account/invite.html", form=form, errors=[])
    if not form.validate():
        return render_template("account/invite.html", form=form, errors=form.problems()), 422
    try:
        with writing():
            user = add_account(
                form.email.data or "", form.name.data or "", form.roles.data or (), now(), actor(ADMIN)
            )
            token = invite(user, ACCOUNT, now(), actor(ADMIN))
    except AccountError as problem:
        form.email.errors = [str(problem)]
        return render_template("account/invite.html", form=form, errors=form.problems()), 409
    return _page(user, link=address_of_link(token))


@people.get("/<handle>")
def person(handle: str) -> str:
    return _page(_found(handle))


@people.post("/<handle>/roles")
def roles(handle: str) -> ResponseReturnValue:
    form = RolesForm()
    return _done(
        handle,
        form,
        lambda user: change_roles(user, form.roles.data or (), now(), actor(ADMIN)),
        "The roles are changed.",
    )


@people.post("/<handle>/disable")
def close(handle: str) -> ResponseReturnValue:
    return _done(
        handle, ButtonForm(), lambda user: disable(user, now(), actor(ADMIN)), "The account is closed."
    )


@people.post("/<handle>/enable")
def reopen(handle: str) -> ResponseReturnValue:
    return _done(handle, ButtonForm(), lambda user: enable(user, now(), actor(ADMIN)), "The account is open.")


@people.post("/<handle>/sign-out")
def sign_out(handle: str) -> ResponseReturnValue:
    return _done(
        handle,
        ButtonForm(),
        lambda user: sign_out_everywhere(user, now(), actor(ADMIN)),
        "All sessions are ended.",
    )


@people.post("/<handle>/password-link")
def password_link(handle: str) -> ResponseReturnValue:
    """To an account that was never opened: the invitation anew."""
    return _link(handle, PASSWORD if _found(handle).password else ACCOUNT)


@people.post("/<handle>/second-step-link")
def second_step_link(handle: str) -> ResponseReturnValue:
    return _link(handle, SECOND_FACTOR)


def _link(handle: str, purpose: str) -> ResponseReturnValue:
    """Shown once, on this page only: it is kept nowhere and stands in no address."""
    form = ButtonForm()
    user = _found(handle)
    if not form.validate():
        return _page(user, errors=form.problems()), 422
    try:
        with writing():
            token = invite(user, purpose, now(), actor(ADMIN))
    except Conflict as conflict:
        return _page(user, problem=str(conflict)), 409
    return _page(user, link=address_of_link(token))


def _done(handle: str, form: StaffForm, act: Callable[[User], None], words: str) -> ResponseReturnValue:
    user = _found(handle)
    if not form.validate():
        return _page(user, form=form, errors=form.problems()), 422
    try:
        with writing():
            act(user)
    except Conflict as conflict:
        return _page(user, problem=str(conflict)), 409
    flash(words)
    return redirect(url_for("people.person", handle=handle), 303)


def _page(
    user: User,
    *,
    link: str = "",
    problem: str = "",
    form: StaffForm | None = None,
    errors: list[tuple[str, str]] | None = None,
) -> str:
    now_has = [role.name for role in user.roles]
    return render_template(
        "account/person.html",
        person=user,
        link=link,
        problem=problem,
        errors=errors or [],
        roles_form=form if isinstance(form, RolesForm) else RolesForm(formdata=None, roles=now_has),
        role_names=ROLE_NAMES,
        has_second_factor=has_second_factor(user),
    )


def _found(handle: str) -> User:
    return account_by_handle(handle) or abort(404)
