"""A cache between the browsers and the service never gives one person what another one saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import run_wsgi_app

from tests.support.answering import begin, fill_in, follow
from tests.support.factories import NOTHING, appointment, link

_Key = tuple[str, ...]


class GreedyCache:
    """Keeps every answer to GET that it is not told to leave alone, errors and redirects included."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.kept: dict[str, tuple[str, dict[_Key, Any]]] = {}
        self.hits: list[str] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"] + "?" + environ["QUERY_STRING"]
        vary, answers = self.kept.get(path, ("", {}))
        found = answers.get(_key(environ, vary)) if environ["REQUEST_METHOD"] == "GET" else None
        if found:
            self.hits.append(path)
            status, headers, body = found
        else:
            parts, status, headers = run_wsgi_app(self.application, environ, buffered=True)
            body = b"".join(parts)
            if environ["REQUEST_METHOD"] == "GET" and "no-store" not in headers.get("Cache-Control", ""):
                vary = headers.get("Vary", "")
                self.kept.setdefault(path, (vary, {}))[1][_key(environ, vary)] = status, headers, body
        start_response(status, list(headers))
        return [body]


def _key(environ: dict[str, Any], vary: str) -> _Key:
    names = [name.strip().upper().replace("-", "_") for name in vary.split(",") if name.strip()]
    return tuple(environ.get(f"HTTP_{name}", "") for name in names)


@pytest.fixture
def cache(app: Flask, monkeypatch: pytest.MonkeyPatch) -> GreedyCache:
    cache = GreedyCache(app.wsgi_app)
    monkeypatch.setattr(app, "wsgi_app", cache)
    return cache


def test_T4_two_patients_behind_one_cache_never_cross(app: Flask, cache: GreedyCache) -> None:
    with app.app_context():
        links = [link(appointment(name=name)) for name in ("Robin Example", "Casey Sample")]
    first: Any = app.test_client()
    second: Any = app.test_client()
    mine, yours = begin(first, links[0]), begin(second, links[1])
    check = fill_in(first, mine, NOTHING | {"ask.provider": "Only Robin wrote this"})
    assert "Only Robin wrote this" in check.text
    follow(first, first.send(check, button="Send my answers"))
    for path in ("/s/questions", "/s/check", "/s/more/1", "/s/sent", "/s/birth-date"):
        answer = second.get(path)
        assert "Robin" not in answer.text, path
        assert answer.location != "/s/sent", path
    assert fill_in(second, yours, NOTHING).request.path == "/s/check"


def test_T4_a_stranger_behind_the_cache_of_a_clinic_sees_no_page_of_staff(
    app: Flask, cache: GreedyCache, desk_client: Any
) -> None:
    for path in ("/desk/", "/staff/", "/desk/new", "/provider/", "/nowhere"):
        desk_client.get(path)
        answer = app.test_client().get(path)
        assert answer.status_code in (302, 404), path
        assert "Dana Desk" not in answer.text, path


def test_only_files_of_the_pages_are_kept_at_all(app: Flask, cache: GreedyCache, client: Any) -> None:
    for path in ("/", "/article/", "/s/tablet", "/staff/sign-in", "/desk/", "/nowhere", "/static/site.css"):
        client.get(path).close()
        client.get(path).close()
    assert cache.hits == ["/static/site.css?"]
