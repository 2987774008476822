"""What arrives from outside, before any page reads it: bounded, and refused whole where it cannot be read."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Request, Response, abort, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.routing import IntegerConverter

from screening.extensions import current_config
from screening.web.endpoints import rules_of

MOST_FIELDS = 1_000
"""More than any page has, with a long list all ticked; Flask counts the parts of multipart forms only."""
LONGEST_QUERY = 4_096
_URLENCODED = "application/x-www-form-urlencoded"


class Position(IntegerConverter):
    """A place in a list, written as we write it: `3`, and never `٣`, `003` or a number without end."""

    regex = "0|[1-9][0-9]{0,3}"


class _FormParser(FormDataParser):
    """A form that cannot be read is an error: read as an empty one, everything typed would be lost in silence."""

    def __init__(self, *options: Any, **named: Any) -> None:
        super().__init__(*options, **{**named, "silent": False})

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Any:
        try:
            if mimetype == _URLENCODED:
                stream = _counted(stream)
            rest, form, files = super().parse(stream, mimetype, content_length, options)
        except ValueError as problem:
            raise BadRequest from problem
        # A part without a name belongs to no field.
        if None in form or None in files:
            raise BadRequest
        return rest, form, files


def _counted(stream: IO[bytes]) -> IO[bytes]:
    """Counted before it is taken apart, and refused where it is no UTF-8. It ends where a body has to."""
    body = stream.read()
    if body.count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge
    unquote_to_bytes(body).decode()
    return BytesIO(body)


class BoundedRequest(Request):
    form_data_parser_class = _FormParser

    @property
    def is_json(self) -> bool:
        """No page takes JSON, so nothing may read it as if it were a form."""
        return False

    def get_json(self, *options: Any, **named: Any) -> Any:
        try:
            return super().get_json(*options, **named)
        except RecursionError as problem:
            # Lists in lists without end.
            raise BadRequest from problem


def go_on_with(fields: list[tuple[str, str]]) -> None:
    """The request with other fields: a page knows nothing of what was asked before it was reached."""
    # Werkzeug keeps what it has read in a property that may be set.
    request.form = ImmutableMultiDict(fields)


def each_once() -> None:
    """Before each request: of two values for one thing none may win, also where nobody could have typed them."""
    if request.method == "POST" and any(
        len(request.form.getlist(name)) > 1 for name in rules_of(request.endpoint).once
    ):
        abort(400)


def bound_query() -> None:
    """Before each request: what stands behind the question mark is as short as our pages write it."""
    if len(request.query_string) > LONGEST_QUERY:
        abort(414)


def check_next() -> ResponseReturnValue | None:
    """Before each request: where a sign-in leads afterwards is a page of this site, or is not looked at."""
    if request.method == "POST":
        wanted = request.args.getlist("next") + request.form.getlist("next")
        if not all(_path_of(where) for where in wanted):
            abort(400)
    elif not all(_path_of(where) for where in request.args.getlist("next")):
        return redirect(request.path)
    return None


def keep_here(response: Response) -> Response:
    """After each request: a redirect names a path of this site, and nothing else, whoever asked for it."""
    location: str | None = response.headers.get("Location")
    # The way from plain HTTP to HTTPS names the address of the settings.
    if location and not location.startswith(_own_addresses()):
        response.location = _path_of(location) or "/"
    return response


def _own_addresses() -> tuple[str, ...]:
    config = current_config()
    return tuple(f"{name}/" for name in (config.address, config.staff_address) if name.startswith("https://"))


def _path_of(location: str) -> str:
    """Empty where it leads to another site, or where a browser might read it so."""
    path = (
        "/" + location.removeprefix(request.host_url) if location.startswith(request.host_url) else location
    )
    plain = path.startswith("/") and not path.startswith("//") and "\\" not in path
    is_clean = plain and path.isprintable() and " " not in path
    return path if is_clean and not urlsplit(path).netloc else ""
