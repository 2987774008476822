"""Compares the records with their events, both ways: each record that has no event, each event whose record is gone.

The database does the comparing, so memory does not grow. Events from before a detail was kept do not have it, so a
detail is compared only where an event has one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, cast, except_, func, select
from sqlalchemy.orm import Session

from screening.records.acts import Act
from screening.storage.models import (
    Appointment,
    ArrivalCheck,
    Call,
    Disposition,
    EmergencyAccess,
    Event,
    FlagRow,
    Link,
    Override,
    Publication,
    SignOff,
    SignOffVoid,
    Submission,
    VerifiedAnswer,
)

_MOST_NAMED = 20


@dataclass(frozen=True)
class Mismatch:
    what: str
    id: str
    why: str

    def __str__(self) -> str:
        return f"{self.what} {self.id}: {self.why}"


@dataclass(frozen=True)
class Pair:
    """A kind of record, and the acts that must stand in the chain for each of them."""

    what: str
    acts: tuple[str, ...]
    columns: dict[str, Any]
    """By the name under which an event holds it; the first is the id of the record."""


PAIRS = (
    Pair("appointment", (Act.APPOINTMENT_ADDED,), {"appointment": Appointment.id}),
    Pair(
        "link",
        (Act.LINK_ISSUED, Act.TABLET_CODE_ISSUED),
        {"link": Link.id, "appointment": Link.appointment_id},
    ),
    Pair("call", (Act.CALL_ASKED_FOR,), {"call": Call.id, "appointment": Call.appointment_id}),
    Pair(
        "submission",
        (Act.ANSWERS_RECEIVED, Act.ANSWERS_CORRECTED),
        {"submission": Submission.id, "appointment": Submission.appointment_id},
    ),
    Pair(
        "correction",
        (Act.ANSWERS_CORRECTED,),
        {"submission": Submission.id, "corrects": Submission.corrects_id},
    ),
    Pair(
        "sign-off",
        (Act.SIGNED_OFF,),
        {"sign_off": SignOff.id, "submission": SignOff.submission_id, "outcome": SignOff.outcome},
    ),
    Pair("voided sign-off", (Act.SIGN_OFF_VOIDED,), {"sign_off": SignOffVoid.sign_off_id}),
    Pair("arrival check", (Act.ASKED_AGAIN_ON_ARRIVAL,), {"submission": ArrivalCheck.submission_id}),
    Pair("override", (Act.SESSION_STARTED_AGAINST_THE_GATE,), {"appointment": Override.appointment_id}),
    Pair(
        "verified answer",
        (Act.ANSWER_VERIFIED,),
        {"verified": VerifiedAnswer.id, "submission": VerifiedAnswer.submission_id},
    ),
    Pair("emergency access", (Act.EMERGENCY_ACCESS_BEGUN,), {"access": EmergencyAccess.id}),
    Pair("signature under a protocol", (Act.PROTOCOL_SIGNED,), {"digest": Publication.digest}),
)


def mismatches(session: Session) -> Iterator[Mismatch]:
    """At most a few of each kind: one is reason enough to look."""
    for pair in PAIRS:
        yield from _compared(session, pair.what, _records(pair), _events(pair))
    for what, records, events in _details():
        yield from _compared(session, what, records, events)


def _compared(session: Session, what: str, records: Select[Any], events: Select[Any]) -> Iterator[Mismatch]:
    for first, second, why in (
        (records, events, "there is no event for this record as it stands"),
        (events, records, "there is an event, but no such record as it says"),
    ):
        for row in session.execute(except_(first, second).limit(_MOST_NAMED)):
            yield Mismatch(what, str(row[0]), why)


def _records(pair: Pair) -> Select[Any]:
    columns = list(pair.columns.values())
    query = select(*[_text(column) for column in columns])
    # A correction without an earlier version is none.
    return query.where(columns[-1].is_not(None))


def _events(pair: Pair) -> Select[Any]:
    return select(*[_held(name) for name in pair.columns]).where(Event.act.in_(pair.acts))


def _details() -> Iterator[tuple[str, Select[Any], Select[Any]]]:
    """What an event holds beside ids, so that a part that was taken away or put elsewhere shows."""
    for what, act, name, record, value in (
        ("patient of appointment", Act.APPOINTMENT_ADDED, "patient", "appointment", _patients()),
        ("flags of submission", Act.ANSWERS_RECEIVED, "flags", "submission", _counted(Submission, FlagRow)),
        ("flags of submission", Act.ANSWERS_CORRECTED, "flags", "submission", _counted(Submission, FlagRow)),
        ("decisions of sign-off", Act.SIGNED_OFF, "decisions", "sign_off", _counted(SignOff, Disposition)),
    ):
        events = select(_held(record), _held(name)).where(
            Event.act == act, Event.on[name].as_string().is_not(None)
        )
        known = select(_held(record)).where(Event.act == act, Event.on[name].as_string().is_not(None))
        yield what, value.where(_text(_id_of(record)).in_(known)), events


def _id_of(record: str) -> Any:
    return {"appointment": Appointment.id, "submission": Submission.id, "sign_off": SignOff.id}[record]


def _patients() -> Select[Any]:
    return select(_text(Appointment.id), _text(Appointment.patient_id))


def _counted(whole: Any, part: Any) -> Select[Any]:
    step = part.submission_id if whole is Submission else part.sign_off_id
    number = select(func.count()).where(step == whole.id).correlate(whole).scalar_subquery()
    return select(_text(whole.id), cast(number, String))


def _text(column: Any) -> Any:
    """Databases write ids with and without dashes."""
    return func.replace(cast(column, String), "-", "")


def _held(name: str) -> Any:
    return func.replace(Event.on[name].as_string(), "-", "")
