"""A provider who fills in the page of an appointment."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask

from screening.domain.decisions import rests_on_unknown
from screening.extensions import db
from screening.records.answers import flags_of, latest_submission
from screening.storage.models import Appointment
from tests.support.events import recorded_acts
from tests.support.factories import answered


def address(visit: UUID) -> str:
    return f"/provider/appointments/{visit}"


def decisions(app: Flask, visit: UUID, decision: str, **more: Any) -> dict[str, Any]:
    """The same decision on every flag of the latest answers, with all that it may need."""
    fields: dict[str, Any] = {}
    with app.app_context():
        submission = latest_submission(visit)
        for row, flag in flags_of(submission) if submission else []:
            mark = row.id.hex
            fields |= {f"decision-{mark}": decision, f"reason-{mark}": f"Reason for {flag.rule}"}
            fields |= {f"said-{mark}": f"Said about {flag.rule}"} if rests_on_unknown(flag) else {}
    return fields | more


def marks(app: Flask, visit: UUID) -> dict[str, str]:
    """What the fields of each rule are called on the page of the latest answers."""
    with app.app_context():
        submission = latest_submission(visit)
        return {flag.rule: row.id.hex for row, flag in flags_of(submission)} if submission else {}


def sign(app: Flask, client: Any, visit: UUID, decision: str, **more: Any) -> Any:
    page = client.get(address(visit))
    return client.send(page, decisions(app, visit, decision, **more), button="Save and sign")


def answer_again(app: Flask, visit: UUID, answers: dict[str, Any]) -> None:
    with app.app_context():
        answered(db.session.get_one(Appointment, visit), answers)


def acts(app: Flask) -> list[str]:
    with app.app_context():
        return recorded_acts()
