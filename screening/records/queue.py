"""The appointments of some days, each with its state: a fixed number of SQL statements, whatever the history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy import Row as SqlRow

from screening.clock import day_bounds, local, now, zone
from screening.domain.assessment import Flag, assess, outcome_of_flags
from screening.domain.decisions import Outcome
from screening.domain.protocol.blocks import in_core_words
from screening.domain.protocol.freshness import expired, given_at
from screening.domain.protocol.vocabulary import Effect, Severity
from screening.domain.states import Facts, Received, Signed, State, must_be_asked_again, state_of
from screening.extensions import db
from screening.records.links import WRONG_BIRTH_DATES
from screening.records.protocol_versions import current_protocol, protocol_version
from screening.records.signature_digest import holds
from screening.storage.models import (
    Appointment,
    ArrivalCheck,
    Call,
    Draft,
    FlagRow,
    Link,
    Patient,
    SignOff,
    SignOffVoid,
    Submission,
    User,
)

LINK_IS_CLOSED = "call the patient: their link was closed after wrong dates of birth"


@dataclass(frozen=True)
class QueueRow:
    """One appointment in a list. Holds no answers."""

    id: UUID
    starts_at: datetime
    patient: str
    birth_date: date
    contact: str
    provider_id: int
    provider: str
    planned: tuple[str, ...]
    state: State
    severity: Severity | None
    flag_counts: Mapping[Severity, int]
    tasks: tuple[str, ...]
    """What the flags ask the desk to do, worst first."""
    received_at: datetime | None
    postponed_until: date | None
    must_be_asked_again: bool
    clashes: frozenset[str]
    """Planned modalities that a flag says to avoid."""
    expired: tuple[str, ...]
    """The core questions, in words, whose answers no longer hold when it starts."""
    started_at: datetime | None = None
    held_at: datetime | None = None

    @property
    def is_in_session(self) -> bool:
        return self.started_at is not None and not self.state.is_closed

    @property
    def has_new_answers_in_session(self) -> bool:
        came = self.received_at
        return self.is_in_session and came is not None and came > (self.started_at or came)


def day_rows(first: date, days: int = 1, provider_id: int | None = None) -> list[QueueRow]:
    """The appointments of the days, by time."""
    start, end = day_bounds(first, days)
    chosen = and_(Appointment.starts_at >= start, Appointment.starts_at < end)
    if provider_id is not None:
        chosen = and_(chosen, Appointment.provider_id == provider_id)
    rows = db.session.execute(_appointments().where(chosen)).all()
    flags = _flags(_latest().where(chosen))
    judged = _judged(_latest().where(chosen), flags)
    return [_row(row, flags.get(row.submission_id, []), judged.get(row.submission_id, _FINE)) for row in rows]


def counts(rows: Iterable[QueueRow]) -> dict[State, int]:
    """How many appointments are in each state, in the order of the states; filters do not touch it."""
    found = Counter(row.state for row in rows)
    return {state: found[state] for state in State}


def _is_latest() -> ColumnElement[bool]:
    """Joins an appointment with its latest submission."""
    numbers = select(func.max(Submission.number)).where(Submission.appointment_id == Appointment.id)
    highest = numbers.correlate(Appointment).scalar_subquery()
    return and_(Submission.appointment_id == Appointment.id, Submission.number == highest)


def _latest() -> Select[Any]:
    query = select(Submission.id).select_from(Appointment).join(Submission, _is_latest())
    return query.join(Patient, Appointment.patient_id == Patient.id).where(Patient.removed_at.is_(None))


def _appointments() -> Any:
    called = (
        select(func.max(Call.asked_at))
        .where(Call.appointment_id == Appointment.id, Call.closed_at.is_(None))
        .correlate(Appointment)
        .scalar_subquery()
    )
    asked_again = (
        select(func.max(ArrivalCheck.asked_at))
        .where(ArrivalCheck.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    voided = exists().where(SignOffVoid.sign_off_id == SignOff.id)
    return (
        select(
            Appointment.id,
            Appointment.starts_at,
            Appointment.planned,
            Appointment.cancelled_at,
            Appointment.started_at,
            Appointment.held_at,
            Patient.name.label("patient"),
            Patient.birth_date,
            Patient.contact,
            User.id.label("provider_id"),
            User.name.label("provider"),
            Submission.id.label("submission_id"),
            Submission.received_at,
            Submission.fresh_until,
            Submission.severity,
            Submission.answers_digest,
            Submission.protocol_digest,
            SignOff.digest,
            SignOff.planned.label("signed_planned"),
            SignOff.outcome,
            SignOff.postponed_until,
            called.label("call_asked_at"),
            asked_again.label("asked_again_at"),
            or_(
                exists().where(Link.appointment_id == Appointment.id, Link.is_for_tablet.is_(False)),
                exists().where(Link.appointment_id == Appointment.id, Link.opened_at.is_not(None)),
                exists().where(Draft.appointment_id == Appointment.id),
            ).label("was_sent"),
            exists()
            .where(
                Link.appointment_id == Appointment.id,
                Link.revoked_at.is_(None),
                Link.birth_date_failures >= WRONG_BIRTH_DATES,
            )
            .label("link_is_closed"),
        )
        .select_from(Appointment)
        .join(Patient, Appointment.patient_id == Patient.id)
        .join(User, Appointment.provider_id == User.id)
        .outerjoin(Submission, _is_latest())
        .outerjoin(SignOff, and_(SignOff.submission_id == Submission.id, ~voided))
        .where(Patient.removed_at.is_(None))
        .order_by(Appointment.starts_at, Appointment.id)
    )


def _flags(latest: Select[Any]) -> dict[UUID, list[Flag]]:
    query = (
        select(FlagRow.submission_id, FlagRow.flag)
        .where(FlagRow.submission_id.in_(latest))
        .order_by(FlagRow.submission_id, FlagRow.position)
    )
    found: dict[UUID, list[Flag]] = {}
    for submission_id, flag in db.session.execute(query):
        found.setdefault(submission_id, []).append(Flag.from_json(flag))
    return found


@dataclass(frozen=True)
class _Judged:
    """How the latest answers of an appointment stand today."""

    is_changed: bool = False
    expired: tuple[str, ...] = ()


_FINE = _Judged()


def _judged(latest: Select[Any], flags: Mapping[UUID, Sequence[Flag]]) -> dict[UUID, _Judged]:
    """The submissions that another protocol, another day or time itself changed; most need no second look."""
    query = select(
        Submission.id,
        Submission.protocol_digest,
        Submission.assessed_for,
        Submission.answers,
        Submission.received_at,
        Submission.kept,
        Submission.fresh_until,
        Appointment.starts_at,
    ).join(Appointment, Submission.appointment_id == Appointment.id)
    rows = db.session.execute(query.where(Submission.id.in_(latest)))
    return {row.id: _Judged(_is_changed(row, flags.get(row.id, [])), _expired(row)) for row in rows}


def _is_changed(row: SqlRow[Any], flags: Sequence[Flag]) -> bool:
    protocol = current_protocol()
    day = local(row.starts_at).date()
    if (row.protocol_digest, row.assessed_for) == (protocol.digest, day):
        return False
    return outcome_of_flags(assess(protocol, row.answers, (), day).flags) != outcome_of_flags(flags)


def _expired(row: SqlRow[Any]) -> tuple[str, ...]:
    if row.fresh_until is None or row.fresh_until > row.starts_at:
        return ()
    protocol = protocol_version(row.protocol_digest)
    given = given_at(row.received_at, row.kept)
    return in_core_words(protocol, expired(protocol, row.answers, given, zone(), row.starts_at))


def _row(row: SqlRow[Any], flags: Sequence[Flag], judged: _Judged) -> QueueRow:
    return QueueRow(
        id=row.id,
        starts_at=row.starts_at,
        patient=row.patient,
        birth_date=row.birth_date,
        contact=row.contact,
        provider_id=row.provider_id,
        provider=row.provider,
        planned=tuple(row.planned),
        state=state_of(_facts(row, judged.is_changed), now(), zone()),
        severity=None if row.severity is None else Severity(row.severity),
        flag_counts=Counter(flag.severity for flag in flags),
        tasks=tuple(
            dict.fromkeys(
                [
                    *([LINK_IS_CLOSED] if row.link_is_closed else []),
                    *(flag.task for flag in flags if not flag.no_task),
                ]
            )
        ),
        received_at=row.received_at,
        postponed_until=row.postponed_until,
        must_be_asked_again=_must_be_asked_again(row),
        clashes=frozenset(code for code in row.planned if _is_avoided(code, flags)),
        expired=judged.expired,
        started_at=row.started_at,
        held_at=row.held_at,
    )


def _is_avoided(modality: str, flags: Sequence[Flag]) -> bool:
    return any(flag.effects.get(modality) == Effect.AVOID for flag in flags)


def _facts(row: SqlRow[Any], is_changed: bool) -> Facts:
    return Facts(
        starts_at=row.starts_at,
        is_cancelled=row.cancelled_at is not None,
        is_held=row.held_at is not None,
        was_sent=row.was_sent,
        call_asked_at=row.call_asked_at,
        received=Received(row.received_at, row.fresh_until, is_changed) if row.submission_id else None,
        signed=Signed(Outcome(row.outcome), row.postponed_until) if _is_signed(row) else None,
    )


def _is_signed(row: SqlRow[Any]) -> bool:
    return row.outcome is not None and holds(
        row.digest, row.signed_planned, row.id, row.answers_digest, row.protocol_digest, row.planned
    )


def _must_be_asked_again(row: SqlRow[Any]) -> bool:
    if row.received_at is None or not must_be_asked_again(row.received_at, row.starts_at, zone()):
        return False
    asked = row.asked_again_at
    return asked is None or local(asked).date() != local(row.starts_at).date()
