"""Where a request came from. A proxy's word counts only when the proxy is one of those that the settings name."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from screening.extensions import current_config

_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")
_Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


class NamedProxies:
    """Takes the address and the scheme from a named proxy; from anybody else it forgets what they say."""

    def __init__(self, application: _Wsgi, proxies: frozenset[str]) -> None:
        self._application, self._proxies = application, proxies
        self._behind_proxy = ProxyFix(application, x_for=1, x_proto=1)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("REMOTE_ADDR") in self._proxies:
            return self._behind_proxy(environ, start_response)
        for name in _FORWARDED:
            environ.pop(name, None)
        return self._application(environ, start_response)


def trust_proxies(app: Flask, proxies: frozenset[str]) -> None:
    app.wsgi_app = NamedProxies(app.wsgi_app, proxies)  # type: ignore[method-assign]


def only_https() -> ResponseReturnValue | None:
    """Plain HTTP gets the way to HTTPS, and nothing else."""
    config = current_config()
    if not config.is_https or request.scheme == "https" or request.endpoint in ("live", "ready"):
        return None
    return redirect(f"{config.address}{request.full_path.removesuffix('?')}", 308)
