"""What is logged: one line of JSON for each request and each fault, on the standard error.

A line holds the page's address as a template, never the address itself, and of a fault its kind and its place, never
its message: both may hold what a patient answered (L10). JSON in ASCII, so nothing that is logged can begin a line of
its own or colour a terminal.
"""

from __future__ import annotations

import json
import logging
import secrets
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from flask import has_request_context, request

_HERE = Path(__file__).resolve().parent
_LOGGER = logging.getLogger("screening")
# These say when the server starts and stops, in words of their own.
_FIXED_WORDS = frozenset({"_granian", "_granian.serve"})
_REQUEST_ID = "screening.request_id"
_BEGAN = "screening.began"


def start_logging(level: int = logging.INFO) -> None:
    """From now on everything that is logged in this process is a line of JSON."""
    root = logging.getLogger()
    if not any(isinstance(handler.formatter, JsonLines) for handler in root.handlers):
        handler = _StandardError()
        handler.setFormatter(JsonLines())
        root.addHandler(handler)
    _LOGGER.setLevel(level)


def configuration() -> dict[str, Any]:
    """The same for a server that sets up logging by itself, as `logging.config` takes it."""
    handler = {"()": f"{__name__}._StandardError", "formatter": "json"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": f"{__name__}.JsonLines"}},
        "handlers": {"console": handler},
        "loggers": {"_granian": {"handlers": ["console"], "level": "INFO", "propagate": False}},
    }


def say(event: str, level: int = logging.INFO, **fields: object) -> None:
    """Logs a thing that happened. Fields are ids, counts and names of parts: nothing that a person typed."""
    content = {"event": event, **_whose_request(), **fields}
    _LOGGER.log(level, "%s", content, extra={"fields": content})


def fault(error: BaseException, level: int = logging.ERROR, **fields: object) -> None:
    """Logs that something broke: what kind of thing, and where in our files."""
    say("fault", level, **fields, **_about(error, error.__traceback__))


def request_id() -> str:
    """Names this request in the log, in the record of events and on error pages; empty outside of requests."""
    return named(request.environ) if has_request_context() else ""


def named(environ: dict[str, Any]) -> str:
    """The request's name and the moment at which it began, both set when it is first asked for."""
    environ.setdefault(_BEGAN, time.monotonic())
    name: str = environ.setdefault(_REQUEST_ID, secrets.token_hex(5))
    return name


def seconds_since_start() -> float:
    """How long this request has taken so far; 0 outside of requests."""
    if not has_request_context():
        return 0.0
    named(request.environ)
    return time.monotonic() - float(request.environ[_BEGAN])


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": moment, "level": record.levelname.lower(), **_content(record)}
        return json.dumps(line, default=str)


def _content(record: logging.LogRecord) -> dict[str, object]:
    fields: dict[str, object] | None = getattr(record, "fields", None)
    if fields is not None:
        return fields
    if record.name in _FIXED_WORDS:
        return {"event": "server", "words": record.getMessage()}
    # A library's words may hold what it worked on. Which part spoke, and where, is enough to look there.
    error = record.exc_info[1] if record.exc_info else None
    place = f"{_short(record.pathname)}:{record.lineno}"
    found = _about(error, error.__traceback__) if error else {}
    return {"event": "library", "logger": record.name, "said_at": place, **_whose_request(), **found}


def _whose_request() -> dict[str, object]:
    name = request_id()
    return {"request": name} if name else {}


def _about(error: BaseException, trace: TracebackType | None) -> dict[str, object]:
    """The kind of a fault, and the last place in our own files on the way to it."""
    at = ours = ""
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename)
        at = f"{_short(file)}:{trace.tb_lineno}"
        ours = at if _HERE in file.parents else ours
        trace = trace.tb_next
    found: dict[str, object] = {"kind": type(error).__name__, "at": ours or at}
    cause = getattr(error, "orig", None) or error.__cause__
    return {**found, "cause": type(cause).__name__} if cause else found


def _short(file: str | Path) -> str:
    return "/".join(Path(file).parts[-3:])


class _StandardError(logging.StreamHandler[IO[str]]):
    """Writes to whatever the standard error is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> IO[str]:
        return sys.stderr

    @stream.setter
    def stream(self, value: IO[str]) -> None:
        raise AttributeError("the log goes to the standard error")
