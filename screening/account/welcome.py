"""A link that lets a member of staff in once. Opening it shows nothing and spends nothing; only using it does."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from screening.account.blueprint import account
from screening.account.forms import KnownPasswordForm, NewPasswordForm, sent_password
from screening.account.login_flow import (
    TOO_MANY_TRIES,
    Slowed,
    begin_second_step,
    count,
    is_password_right,
    is_second_step_needed,
    note_entry,
    open_session,
    refused,
    trying,
)
from screening.clock import now
from screening.records.accounts.accounts import set_password
from screening.records.accounts.invitations import (
    SECOND_FACTOR,
    find_invitation,
    invitation_by_id,
    use_invitation,
)
from screening.records.accounts.login_throttle import was_right
from screening.records.accounts.password_hashes import hash_password
from screening.records.accounts.second_factors import clear_second_factors
from screening.records.actors import staff_actor
from screening.records.errors import Conflict
from screening.records.transaction import writing
from screening.staff.forms import ButtonForm
from screening.storage.models import Invitation
from screening.web.sessions import current_session

_INVITATION = "invitation"
NOT_YOURS = "This is not the password of the account that the link is for"


@account.route("/welcome/<token>", methods=["GET", "POST"])
def open_invitation(token: str) -> ResponseReturnValue:
    form, invitation = ButtonForm(), find_invitation(token, now())
    if invitation is None:
        return _ended()
    if not form.is_submitted():
        return render_template("account/welcome.html", errors=[])
    if not form.validate():
        return render_template("account/welcome.html", errors=form.problems()), 400
    # From here on the token stands in no address.
    session.clear()
    current_session().renew()
    session[_INVITATION] = str(invitation.id)
    return redirect(url_for("account.welcome"), 303)


@account.route("/welcome", methods=["GET", "POST"])
def welcome() -> ResponseReturnValue:
    invitation = _begun()
    if invitation is None:
        return _ended()
    if invitation.purpose == SECOND_FACTOR:
        return _second_factor(invitation)
    return _password(invitation)


def _password(invitation: Invitation) -> ResponseReturnValue:
    """A new password; the second step, if there is one, is asked for as always."""
    user = invitation.user
    form = NewPasswordForm(user.name, user.email)
    if not form.is_submitted():
        return render_template("account/new_password.html", form=form, user=user, errors=[])
    if not form.validate():
        return render_template("account/new_password.html", form=form, user=user, errors=form.problems()), 422
    hashed = hash_password(sent_password(form))
    try:
        with writing():
            use_invitation(invitation, now())
            set_password(user, hashed, now(), staff_actor(user))
            device = "" if is_second_step_needed(user) else note_entry(user, [], "invitation, in the demo")
    except Conflict:
        return _ended()
    if not device:
        return begin_second_step(user)
    open_session(user, device, two_steps=False)
    return redirect(url_for("staff.home"), 303)


def _second_factor(invitation: Invitation) -> ResponseReturnValue:
    """A new second step takes the password: the link alone is not enough."""
    user, form = invitation.user, KnownPasswordForm()
    if not form.is_submitted():
        return _known_password_page(form)
    attempt = trying("proof", user.email)
    if not form.validate():
        return _known_password_page(form), 422
    try:
        count(attempt)
    except Slowed:
        form.password.errors = [TOO_MANY_TRIES]
        return _known_password_page(form), 429
    if not is_password_right(user, sent_password(form)):
        refused("second step", user)
        form.password.errors = [NOT_YOURS]
        return _known_password_page(form), 422
    try:
        with writing():
            was_right(attempt, now())
            use_invitation(invitation, now())
            clear_second_factors(user, now(), staff_actor(user))
    except Conflict:
        return _ended()
    return begin_second_step(user)


def _known_password_page(form: KnownPasswordForm) -> str:
    errors = form.problems() if form.is_submitted() else []
    return render_template("account/known_password.html", form=form, errors=errors)


def _begun() -> Invitation | None:
    begun = session.get(_INVITATION)
    return invitation_by_id(UUID(begun), now()) if begun else None


def _ended() -> ResponseReturnValue:
    """The same whether a link is unknown, used, replaced or too old."""
    return render_template("account/ended.html"), 404
