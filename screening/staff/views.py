"""Where staff land after signing in."""

from __future__ import annotations

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from screening.records.actors import ADMIN, DESK, PROVIDER
from screening.staff.blueprint import staff
from screening.web.current_user import current_user


@staff.get("/", endpoint="home")
def lead_to_own_pages() -> ResponseReturnValue:
    if current_user.has_role(DESK) or current_user.has_role(ADMIN):
        return redirect(url_for("desk.queue"))
    if current_user.has_role(PROVIDER):
        return redirect(url_for("provider.my_day"))
    return redirect(url_for("lead.home"))


@staff.get("/here")
def here() -> ResponseReturnValue:
    """Somebody pressed "stay signed in": asking is what keeps the session open."""
    return Response(status=204, mimetype="text/plain")
