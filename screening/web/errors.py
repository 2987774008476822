"""Our own error pages: what happened in plain words, and the way on. They need no database and no user."""

from __future__ import annotations

import logging

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from screening import logs
from screening.extensions import current_config
from screening.storage.database import NotConfirmed, give_up, has_written, is_unavailable
from screening.storage.encryption import VaultError
from screening.storage.models import ContentRemoved
from screening.web.carried_fields import has_files, kept_fields

WORDS = {
    400: ("We could not read what was sent", "Please go back, look at the page again and send it once more."),
    403: ("This page is not open to you", "Your account does not have the role that this page needs."),
    404: (
        "There is no such page",
        "Please check the link. If you copied it from a message, copy all of it.",
    ),
    405: ("This page does not take that", "Please go back and use the buttons of the page."),
    410: (
        "The content of this record was removed",
        "It had reached the end of the time for which the clinic keeps it. That it existed stays on record.",
    ),
    413: ("That was too much", "Please shorten what you wrote and send it again."),
    429: ("Too many tries", "Please wait a minute, then try again."),
    500: (
        "Something went wrong on our side",
        "Nothing was sent. Please try again; if it happens again, call us.",
    ),
    503: (
        "We cannot be reached right now",
        "Nothing was sent yet. Please try again in a minute: what you typed is still there.",
    ),
}
TIMED_OUT = ("Your page timed out", "Please go back, load the page again, and send it once more.")
UNSURE = (
    "We are not sure that it arrived",
    "Please send it once more: what you typed is still there, and sending twice stores it only once.",
)
_WITH_REFERENCE = (403, 500, 503)


def register_error_pages(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(ContentRemoved, _removed)
    app.register_error_handler(Exception, _failed)


def _page(status: int, words: tuple[str, str]) -> ResponseReturnValue:
    heading, text = words
    reference = logs.request_id() if status in _WITH_REFERENCE else ""
    typed = _typed() if status == 503 else []
    # Not `render_template`: what pages know by themselves (who is signed in) would ask the database.
    page = current_app.jinja_env.get_template("error.html").render(
        clinic=current_config().clinic, heading=heading, words=text, reference=reference, typed=typed
    )
    return page, status, {"Retry-After": "30"} if status in (429, 503) else {}


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        return _failed(error.original_exception)
    if error.response is not None:
        return error.response
    if error.code is not None and error.code < 400:
        return error.get_response()
    status = error.code if error.code in WORDS else 400
    return _page(error.code or 500, WORDS[status or 400])


def _stale(_error: CSRFError) -> ResponseReturnValue:
    return _page(400, TIMED_OUT)


def _removed(_error: ContentRemoved) -> ResponseReturnValue:
    return _page(410, WORDS[410])


def _failed(error: Exception) -> ResponseReturnValue:
    """Says only what is known: nothing was stored, or that we cannot tell."""
    status = 503 if is_unavailable(error) else 500
    if status == 500 and current_app.config["TESTING"]:
        raise error
    # A value that was moved or changed behind our back is more than a fault.
    logs.fault(error, logging.CRITICAL if isinstance(error, VaultError) else logging.ERROR)
    is_known = not isinstance(error, NotConfirmed) and not has_written()
    give_up()
    return _page(status, WORDS[status] if is_known else UNSURE)


def _typed() -> list[tuple[str, str]]:
    """What was sent and could not be stored travels along unseen, so that a button sends it again. Not at the doors of
    staff, where it is a password or a code. The token is the one that was sent: a fresh one would ask the database.
    """
    if request.method != "POST" or request.blueprint == "account" or has_files():
        return []
    return [("csrf_token", request.form.get("csrf_token", "")), *kept_fields()]
