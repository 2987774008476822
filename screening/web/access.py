"""Who may come in: each request is held against the table of endpoints. Closed by default."""

from __future__ import annotations

import logging

from flask import abort, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

from screening import logs
from screening.clock import now
from screening.extensions import current_config
from screening.records.access_log import note_refusal
from screening.records.actors import ADMIN, Actor, staff_actor
from screening.records.transaction import writing
from screening.web.carried_fields import signed_out
from screening.web.current_user import current_user
from screening.web.endpoints import ENDPOINTS


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
    return current_user.is_authenticated and (
        bool(session.get("two_steps")) or (current_config().is_demo and "two_steps" in session)
    )


def _note_refused(endpoint: str) -> None:
    """Who asked for what their roles do not open; the name of the page tells nothing about a patient."""
    with writing():
        note_refusal(endpoint, now(), staff_actor(current_user))


def actor(kind: str) -> Actor:
    """The member of staff who is signed in, acting in one of their roles; an admin on the desk's pages as admin."""
    return staff_actor(current_user, kind if current_user.has_role(kind) else ADMIN)
