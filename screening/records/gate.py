"""The gate: what stands between an appointment and the start of its session."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from screening.domain.decisions import Outcome
from screening.domain.states import State
from screening.records.appointments import must_be_open
from screening.records.errors import Conflict
from screening.records.locked_visit import LockedVisit, under_lock
from screening.records.visit import Visit

NOT_ASKED_AGAIN = "The patient was not asked again on arrival."
_LAPSED = "The day until which the session was postponed has come, and no provider has signed since."
_MISSING = {
    State.NOT_SENT: "There are no answers: the patient was given no link.",
    State.WAITING: "There are no answers: the patient has a link and has not sent any.",
    State.CALL: "A call to the patient is still open.",
    State.OUT_OF_DATE: "The answers are out of date for this visit.",
    State.NEEDS_REVIEW: "No provider has signed these answers and this plan.",
    State.POSTPONED: "A provider postponed this session.",
    State.DO_NOT_TREAT: "A provider decided not to treat.",
}


@dataclass(frozen=True)
class Gate:
    """What stands between an appointment and the start of its session."""

    state: State
    missing: tuple[str, ...]
    """In words; empty where the session may start."""
    mark: str
    """Changes with everything that the gate looks at, so that nobody passes it on an old page."""

    @property
    def is_open(self) -> bool:
        return not self.missing


def gate_of(visit: Visit, at: datetime) -> Gate:
    state, submission, signed = visit.state(at), visit.submission, visit.signed
    missing = [] if state.is_ready else [_MISSING.get(state, f"The appointment is {state.label.lower()}.")]
    if state == State.NEEDS_REVIEW and signed and signed.outcome == Outcome.POSTPONED.value:
        missing = [_LAPSED]
    if visit.must_be_asked_again:
        missing.append(NOT_ASKED_AGAIN)
    answers, signature = submission and submission.id, signed and signed.id
    seen = (state.code, answers, signature, visit.appointment.started_at, missing)
    mark = hashlib.sha256(repr(seen).encode()).hexdigest()[:16]
    return Gate(state, tuple(missing), mark)


@under_lock
def must_be_the_gate(visit: LockedVisit, at: datetime, mark: str) -> None:
    """Nobody starts or ends a session on a page that no longer shows what there is."""
    must_be_open(visit)
    if mark != gate_of(visit, at).mark:
        raise Conflict(
            "Something changed after you opened this page, so nothing was marked. "
            "Please read the page as it is now, then press the button again."
        )
