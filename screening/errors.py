"""Our own error pages: what happened in plain words, and the way on. They need no database and no user."""

from __future__ import annotations

import secrets

from flask import Flask, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from screening.models import ContentRemoved

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
        "Nothing was sent yet. Please go back and try again in a minute: what you typed is still there.",
    ),
}
STALE = ("Your page timed out", "Please go back, load the page again, and send it once more.")


def register_error_pages(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(ContentRemoved, _removed)
    app.register_error_handler(OperationalError, _no_database)
    app.register_error_handler(Exception, _our_fault)


def _page(status: int, words: tuple[str, str], reference: str = "") -> ResponseReturnValue:
    heading, text = words
    page = render_template("error.html", heading=heading, words=text, reference=reference)
    return page, status, {"Retry-After": "30"} if status in (429, 503) else {}


def _http_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.response
    if error.code is not None and error.code < 400:
        return error.get_response()
    status = error.code if error.code in WORDS else 400
    return _page(error.code or 500, WORDS[status or 400])


def _stale(_error: CSRFError) -> ResponseReturnValue:
    return _page(400, STALE)


def _removed(_error: ContentRemoved) -> ResponseReturnValue:
    return _page(410, WORDS[410])


def _no_database(error: OperationalError) -> ResponseReturnValue:
    return _page(503, WORDS[503], _logged(error))


def _our_fault(error: Exception) -> ResponseReturnValue:
    if current_app.config["TESTING"]:
        raise error
    return _page(500, WORDS[500], _logged(error))


def _logged(error: Exception) -> str:
    """A reference for the page, and where it broke for the log: never the message, which may hold answers."""
    reference = secrets.token_hex(4)
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    current_app.logger.error("error reference=%s kind=%s at=%s", reference, type(error).__name__, where)
    return reference
