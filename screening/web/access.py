"""Who may use which page, and how. Closed by default: what is not in this table is refused."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user
from werkzeug.exceptions import MethodNotAllowed

from screening import logs
from screening.clock import now
from screening.extensions import current_config
from screening.records.access_log import note_refusal
from screening.records.accounts import ROLES
from screening.records.audit import Actor
from screening.records.transaction import writing
from screening.web.carried_fields import signed_out

ANYONE = frozenset({"anyone"})
"""Also people without an account; a patient's pages ask for the link themselves."""
DESK, PROVIDER, LEAD, ADMIN = ROLES
STAFF = frozenset(ROLES)


@dataclass(frozen=True)
class Access:
    """Who may use an endpoint, and by which methods."""

    roles: frozenset[str]
    methods: frozenset[str]

    @property
    def is_open(self) -> bool:
        return self.roles == ANYONE


def _page(*roles: str) -> Access:
    """Is only read."""
    return Access(frozenset(roles), frozenset({"GET", "HEAD"}))


def _form(*roles: str) -> Access:
    """Is read, filled in and sent back."""
    return Access(frozenset(roles), frozenset({"GET", "HEAD", "POST"}))


def _act(*roles: str) -> Access:
    """Is only sent: a button on another page."""
    return Access(frozenset(roles), frozenset({"POST"}))


ENDPOINTS: dict[str, Access] = {
    "static": _page(*ANYONE),
    "home": _page(*ANYONE),
    "reports": _act(*ANYONE),
    "live": _page(*ANYONE),
    "ready": _page(*ANYONE),
    "article.read": _page(*ANYONE),
    "intake.start": _form(*ANYONE),
    "intake.tablet": _form(*ANYONE),
    "intake.give_back": _act(*ANYONE),
    "intake.birth_date": _form(*ANYONE),
    "intake.questions": _form(*ANYONE),
    "intake.more": _form(*ANYONE),
    "intake.check": _form(*ANYONE),
    "intake.sent": _page(*ANYONE),
    "intake.change": _act(*ANYONE),
    "intake.keep": _act(*ANYONE),
    "account.login": _form(*ANYONE),
    "account.passkey": _act(*ANYONE),
    # The pages between the password and the second step ask for that password themselves.
    "account.second_step": _form(*ANYONE),
    "account.recovery": _act(*ANYONE),
    "account.set_up": _page(*ANYONE),
    "account.app": _form(*ANYONE),
    "account.qr": _page(*ANYONE),
    "account.add_passkey": _form(*ANYONE),
    # These ask for a link.
    "account.open_invitation": _form(*ANYONE),
    "account.welcome": _form(*ANYONE),
    "account.logout": _act(*STAFF),
    "account.confirm": _form(*STAFF),
    "account.own": _page(*STAFF),
    "account.change_password": _form(*STAFF),
    "account.remove_key": _act(*STAFF),
    "account.remove_code_app": _act(*STAFF),
    "account.read_notices": _act(*STAFF),
    "account.recovery_codes": _act(*STAFF),
    "account.end_one": _act(*STAFF),
    "account.end_all": _act(*STAFF),
    "people.everybody": _page(ADMIN),
    "people.add": _form(ADMIN),
    "people.person": _page(ADMIN),
    "people.roles": _act(ADMIN),
    "people.close": _act(ADMIN),
    "people.reopen": _act(ADMIN),
    "people.sign_out": _act(ADMIN),
    "people.password_link": _act(ADMIN),
    "people.second_step_link": _act(ADMIN),
    "staff.home": _page(*STAFF),
    "staff.audit": _page(LEAD, ADMIN),
    "staff.here": _page(*STAFF),
    # Read only and for a short time: see screening/emergency.
    "emergency.begin": _form(DESK, LEAD, ADMIN),
    "emergency.day": _page(DESK, LEAD, ADMIN),
    "emergency.appointment": _page(DESK, LEAD, ADMIN),
    "emergency.end": _act(DESK, LEAD, ADMIN),
    "desk.queue": _page(DESK, ADMIN),
    "desk.day_sheet": _page(DESK, ADMIN),
    "desk.add": _form(DESK, ADMIN),
    "desk.add_another": _form(DESK, ADMIN),
    "desk.appointment": _page(DESK, ADMIN),
    "desk.change": _form(DESK, ADMIN),
    "desk.cancel": _form(DESK, ADMIN),
    "desk.issue": _act(DESK, ADMIN),
    "desk.tablet": _act(DESK, ADMIN),
    "desk.answers": _act(DESK),
    "desk.phone": _form(DESK),
    "desk.phone_questions": _form(DESK),
    "desk.phone_more": _form(DESK),
    "desk.phone_check": _form(DESK),
    "desk.phone_keep": _act(DESK),
    "desk.phone_sent": _page(DESK),
    "desk.ask_for_call": _act(DESK),
    "desk.note_call": _act(DESK),
    "desk.confirm_on_arrival": _act(DESK),
    "provider.my_day": _page(PROVIDER),
    "provider.appointment": _page(PROVIDER),
    "provider.sign": _act(PROVIDER),
    "provider.ask_for_call": _act(PROVIDER),
    "provider.start": _act(PROVIDER),
    "provider.hold": _act(PROVIDER),
    "provider.verify": _form(PROVIDER),
    "lead.home": _page(LEAD),
    "lead.protocol": _page(LEAD, PROVIDER),
    "lead.version_protocol": _page(LEAD, PROVIDER),
    "lead.version_file": _page(LEAD),
    "lead.simulator": _form(LEAD),
    "lead.version_simulator": _form(LEAD),
    "lead.versions": _page(LEAD),
    "lead.load": _act(LEAD),
    "lead.version": _page(LEAD),
    "lead.sign": _act(LEAD),
    "lead.overrides": _page(LEAD),
    "lead.emergencies": _page(LEAD),
}


def check_access() -> ResponseReturnValue | None:
    """Before each request: lets through who may, leads to sign-in who is not known, refuses the rest."""
    if request.endpoint is None:
        # The router found nothing, and says so itself.
        return None
    access = ENDPOINTS.get(request.endpoint)
    if access is None:
        abort(404)
    if request.method not in access.methods:
        raise MethodNotAllowed(sorted(access.methods))
    if access.is_open:
        return None
    if not is_signed_in():
        if request.method == "POST":
            return signed_out()
        # Only the page's path travels along, never its filters.
        return redirect(url_for("account.login", next=request.path))
    if not any(current_user.has_role(role) for role in access.roles):
        _note_refused(request.endpoint)
        logs.say("refused", logging.WARNING, endpoint=request.endpoint, staff=current_user.id)
        abort(403)
    return None


def is_signed_in() -> bool:
    """With both steps; in the demo the second one may be skipped by who has set up none."""
    return bool(current_user.is_authenticated) and (
        bool(session.get("two_steps")) or (current_config().is_demo and "two_steps" in session)
    )


def _note_refused(endpoint: str) -> None:
    """Who asked for what their roles do not open; the name of the page tells nothing about a patient."""
    by = Actor("staff", int(current_user.id), str(current_user.name))
    with writing():
        note_refusal(endpoint, now(), by)


def actor(kind: str) -> Actor:
    """The member of staff who is signed in, acting in one of their roles; an admin on the desk's pages as admin."""
    acts_as = kind if current_user.has_role(kind) else ADMIN
    return Actor(acts_as, int(current_user.id), str(current_user.name))
