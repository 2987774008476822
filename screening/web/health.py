"""Whether the service is alive, and whether it can do its work. Both say only ok or not: strangers may ask."""

from __future__ import annotations

from flask import Response
from sqlalchemy import select

from screening import logs
from screening.domain.verification.checks import verified
from screening.extensions import current_config, db
from screening.records.keys import problem_with_keys
from screening.records.protocol_versions import current_protocol
from screening.storage import migrations
from screening.storage.models import Installation


class NotReady(Exception):
    """Something that the service needs is missing; says what, and what to do."""


def live() -> Response:
    """The process answers. Needs nothing."""
    return _says("ok")


def ready() -> Response:
    """The database answers and has every step, the keys open what is stored, the protocol keeps its laws."""
    try:
        must_be_ready()
    except Exception as problem:
        logs.fault(problem)
        return _says("not ready", 503)
    return _says("ok")


def must_be_ready() -> None:
    """Raises whatever stands in the way."""
    if not migrations.is_current(db.engine):
        raise NotReady("The database is not up to date. Run: screening db upgrade")
    must_open_keys()
    must_hold_no_invented_clinic()
    verified(current_protocol())


def must_open_keys() -> None:
    problem = problem_with_keys()
    if problem:
        raise NotReady(problem)


def must_hold_no_invented_clinic() -> None:
    """A real clinic never runs on the data of the demo."""
    is_demo = db.session.scalar(select(Installation.value).where(Installation.name == "demo")) == "yes"
    if is_demo and not current_config().is_demo:
        raise NotReady(
            "This database holds the invented clinic of the demo. A real clinic needs one of its own."
        )


def _says(word: str, status: int = 200) -> Response:
    answer = Response(word + "\n", status, mimetype="text/plain")
    if status == 503:
        answer.headers["Retry-After"] = "5"
    return answer
