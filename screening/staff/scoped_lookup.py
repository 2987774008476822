"""What a page names by its id is reached through its appointment only; anything else is one and the same 404."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from flask import abort

from screening.extensions import db
from screening.staff.forms import id_from
from screening.storage.models import Call, Submission

Owned = TypeVar("Owned", Call, Submission)


def of_appointment(kind: type[Owned], sent: str | None, appointment_id: UUID) -> Owned:
    """Another patient's, one that nobody has and what is no id at all give no hint which of them it was."""
    wanted = id_from(sent)
    found = db.session.get(kind, wanted) if wanted else None
    if found is None or found.appointment_id != appointment_id:
        abort(404)
    return found
