"""Who may use which page. Closed by default: what is not in this table is refused."""

from __future__ import annotations

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from screening.audit import Actor

ANYONE = frozenset({"anyone"})
"""Also people without an account; a patient's pages ask for the link themselves."""
DESK, PROVIDER, LEAD, ADMIN = "front-desk", "provider", "clinical-lead", "admin"
ROLES = (DESK, PROVIDER, LEAD, ADMIN)
STAFF = frozenset(ROLES)

ENDPOINTS: dict[str, frozenset[str]] = {
    "static": ANYONE,
    "home": ANYONE,
    "article.read": ANYONE,
    "intake.start": ANYONE,
    "intake.birth_date": ANYONE,
    "intake.questions": ANYONE,
    "intake.more": ANYONE,
    "intake.check": ANYONE,
    "intake.sent": ANYONE,
    "intake.change": ANYONE,
    "intake.keep": ANYONE,
    "account.login": ANYONE,
    "account.logout": STAFF,
    "staff.home": STAFF,
    "desk.queue": frozenset({DESK, ADMIN}),
    "desk.day_sheet": frozenset({DESK, ADMIN}),
    "desk.add": frozenset({DESK, ADMIN}),
    "desk.add_another": frozenset({DESK, ADMIN}),
    "desk.appointment": frozenset({DESK, ADMIN}),
    "desk.change": frozenset({DESK, ADMIN}),
    "desk.cancel": frozenset({DESK, ADMIN}),
    "desk.issue": frozenset({DESK, ADMIN}),
    "desk.answers": frozenset({DESK}),
    "desk.phone": frozenset({DESK}),
    "desk.phone_questions": frozenset({DESK}),
    "desk.phone_more": frozenset({DESK}),
    "desk.phone_check": frozenset({DESK}),
    "desk.phone_keep": frozenset({DESK}),
    "desk.phone_sent": frozenset({DESK}),
    "desk.ask_for_call": frozenset({DESK, ADMIN}),
    "desk.note_call": frozenset({DESK, ADMIN}),
    "desk.confirm_on_arrival": frozenset({DESK, ADMIN}),
    "provider.my_day": frozenset({PROVIDER}),
    "provider.appointment": frozenset({PROVIDER}),
    "provider.sign": frozenset({PROVIDER}),
    "provider.ask_for_call": frozenset({PROVIDER}),
    "provider.start": frozenset({PROVIDER}),
    "provider.hold": frozenset({PROVIDER}),
    "provider.verify": frozenset({PROVIDER}),
    "lead.home": frozenset({LEAD}),
    "lead.protocol": frozenset({LEAD, PROVIDER}),
    "lead.version_protocol": frozenset({LEAD, PROVIDER}),
    "lead.version_file": frozenset({LEAD}),
    "lead.simulator": frozenset({LEAD}),
    "lead.version_simulator": frozenset({LEAD}),
    "lead.versions": frozenset({LEAD}),
    "lead.load": frozenset({LEAD}),
    "lead.version": frozenset({LEAD}),
    "lead.sign": frozenset({LEAD}),
    "lead.overrides": frozenset({LEAD}),
}


def check_access() -> ResponseReturnValue | None:
    """Before each request: lets through who may, leads to sign-in who is not known, refuses the rest."""
    allowed = ENDPOINTS.get(request.endpoint or "")
    if request.endpoint is None or allowed is ANYONE:
        return None
    if allowed is None:
        abort(404)
    if not current_user.is_authenticated:
        # Only the page's path travels along, never its filters.
        return redirect(url_for("account.login", next=request.path if request.method == "GET" else None))
    if not any(current_user.has_role(role) for role in allowed):
        current_app.logger.warning("refused endpoint=%s user=%s", request.endpoint, current_user.id)
        abort(403)
    return None


def actor(kind: str) -> Actor:
    """The member of staff who is signed in, acting in one of their roles."""
    return Actor(kind, int(current_user.id), str(current_user.name))
