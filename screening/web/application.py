"""Around every request: a line in the log, and the last word where everything else has failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.http import HTTP_STATUS_CODES

from config import Config
from screening import logs
from screening.storage.database import is_unavailable
from screening.web.headers import fixed_headers

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_HEADING = "Something went wrong on our side"
# Said where nothing more is known: true whether something was stored or not.
_WORDS = (
    "We cannot say that anything arrived. Please go back and send it once more in a minute: what you typed is "
    "still there, and sending twice stores it only once."
)
# Who watches the service may ask for it by its address, not only by its name. These pages read nothing of it.
_WATCHED = ("/live", "/ready")
_ROUTE, _STAFF = "screening.route", "screening.staff"


class Application(Flask):
    """Flask, with a log that holds no addresses and a last word that needs no template and no database."""

    def wsgi_app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        name, began = logs.named(environ), time.perf_counter()
        if environ.get("PATH_INFO") in _WATCHED:
            environ["HTTP_HOST"] = self.config["TRUSTED_HOSTS"][0]
        head: list[Any] = []

        def keep(*given: Any) -> Any:
            head.append(given)

        try:
            # The head goes out when nothing more can fail: even the end of a request may.
            body = super().wsgi_app(environ, keep)
        except Exception as error:
            if self.testing:
                raise
            logs.fault(error, request=name)
            body = self._last_word(503 if any(map(is_unavailable, _chain(error))) else 500, name, head)
        start_response(*head[-1])
        logs.say(
            "request",
            request=name,
            route=environ.get(_ROUTE),
            method=environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in _METHODS else "other",
            status=int(head[-1][0][:3]),
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
            staff=environ.get(_STAFF),
        )
        return body

    def process_response(self, response: Response) -> Response:
        # Kept here, because the request is gone when its line is written.
        request.environ[_ROUTE] = request.url_rule.rule if request.url_rule else None
        request.environ[_STAFF] = g.get("staff_id")
        return super().process_response(response)

    def log_exception(self, exc_info: tuple[Any, ...]) -> None:
        """Flask would log the address, in which a patient's link stands. Our error pages log the fault."""

    def _last_word(self, status: int, name: str, head: list[Any]) -> Iterable[bytes]:
        config: Config = self.extensions["config"]
        clinic, headers = config.clinic, fixed_headers(config)
        phone, emergency = escape(clinic.phone), escape(clinic.emergency)
        page = (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{_HEADING}</title></head>'
            f"<body><main><h1>{_HEADING}</h1><p>{_WORDS}</p>"
            f'<p>{escape(clinic.name)}: <a href="tel:{phone.replace(" ", "")}">{phone}</a>. '
            f'If you feel very unwell now, call <a href="tel:{emergency}">{emergency}</a>.</p>'
            f"<p>If you call us about this, please say: <strong>{name}</strong></p></main></body></html>\n"
        ).encode()
        headers |= {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(page))}
        headers |= {"Retry-After": "30"} if status == 503 else {}
        head.append((f"{status} {HTTP_STATUS_CODES[status]}", list(headers.items())))
        return [page]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """A fault, and those during whose handling it happened."""
    while error is not None:
        yield error
        error = error.__context__
