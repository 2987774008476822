"""Stored answers under two versions: those of the last weeks as counts, those of appointments to come one by one.

No answer leaves this module. It reads row by row, so that its memory does not grow with the clinic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, select
from sqlalchemy.orm import aliased

from screening.clock import local
from screening.domain.assessment import Assessment, Flag, FlagSummary, assess, outcome_of_flags
from screening.domain.comparing.replaying import Case, Replay, replay
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.vocabulary import Severity
from screening.extensions import db
from screening.storage.models import Appointment, FlagRow, Patient, SignOff, SignOffVoid, Submission, User

_AT_ONCE = 500


@dataclass(frozen=True)
class Affected:
    """An appointment to come whose answers would be read differently, for the desk to act on. Holds no answer."""

    appointment_id: UUID
    starts_at: datetime
    patient: str
    provider: str
    before: Severity
    after: Severity
    goes_out_of_date: bool
    """What was stored with the answers is no longer what the rules say."""
    loses_signature: bool


@dataclass(frozen=True)
class Ahead:
    looked_at: int
    affected: tuple[Affected, ...]

    @property
    def out_of_date(self) -> int:
        return sum(each.goes_out_of_date for each in self.affected)

    @property
    def lost_signatures(self) -> int:
        return sum(each.loses_signature for each in self.affected)


def replay_past(old: Protocol, new: Protocol, weeks: int, at: datetime) -> Replay:
    """The submissions that came in during the last weeks."""
    return replay(old, new, _past(at - timedelta(weeks=weeks)))


def _past(since: datetime) -> Iterator[Case]:
    # Answers come before their appointment, so the index on its start finds them.
    query = (
        select(Appointment.patient_id, Submission.answers, Appointment.starts_at)
        .join(Submission, Submission.appointment_id == Appointment.id)
        .join(Patient, Appointment.patient_id == Patient.id)
        .where(Appointment.starts_at >= since, Submission.received_at >= since, Patient.removed_at.is_(None))
        .execution_options(yield_per=_AT_ONCE)
    )
    for row in db.session.execute(query):
        yield Case(row.patient_id, row.answers, local(row.starts_at).date())


def replay_ahead(old: Protocol, new: Protocol, at: datetime) -> Ahead:
    """The latest answers of every appointment that is still to come."""
    stored, signed = _stored_flags(at), _signed(at)
    looked_at, affected = 0, []
    for row in _latest(at):
        looked_at += 1
        day = local(row.starts_at).date()
        before, after = (assess(protocol, row.answers, (), day) for protocol in (old, new))
        if outcome_of_flags(before.flags) != outcome_of_flags(after.flags):
            is_signed = row.submission_id in signed
            affected.append(_affected(row, stored.get(row.submission_id, []), before, after, is_signed))
    return Ahead(looked_at, tuple(affected))


def _affected(
    row: Any, stored: list[FlagSummary], before: Assessment, after: Assessment, is_signed: bool
) -> Affected:
    """A signature is lost that holds today and would not any more (L1)."""
    is_over = row.fresh_until is not None and row.fresh_until <= row.starts_at
    holds = is_signed and not is_over and stored == outcome_of_flags(before.flags)
    goes = stored != outcome_of_flags(after.flags)
    return Affected(
        appointment_id=row.id,
        starts_at=row.starts_at,
        patient=row.patient,
        provider=row.provider,
        before=before.severity,
        after=after.severity,
        goes_out_of_date=goes,
        loses_signature=holds and goes,
    )


def _ahead(at: datetime) -> Any:
    gone = aliased(Patient)
    is_removed = exists().where(gone.id == Appointment.patient_id, gone.removed_at.is_not(None))
    return and_(
        Appointment.starts_at >= at,
        Appointment.cancelled_at.is_(None),
        Appointment.held_at.is_(None),
        ~is_removed,
    )


def _latest(at: datetime) -> Iterator[Any]:
    query: Select[Any] = (
        select(
            Appointment.id,
            Appointment.starts_at,
            Patient.name.label("patient"),
            User.name.label("provider"),
            Submission.id.label("submission_id"),
            Submission.answers,
            Submission.fresh_until,
        )
        .join(Submission, Submission.appointment_id == Appointment.id)
        .join(Patient, Appointment.patient_id == Patient.id)
        .join(User, Appointment.provider_id == User.id)
        .where(_ahead(at))
        .order_by(Appointment.starts_at, Appointment.id, Submission.number.desc())
        .execution_options(yield_per=_AT_ONCE)
    )
    last = None
    for row in db.session.execute(query):
        if row.id != last:
            yield row
        last = row.id


def _stored_flags(at: datetime) -> dict[UUID, list[FlagSummary]]:
    """What the answers of appointments to come were stored with."""
    query = (
        select(FlagRow.submission_id, FlagRow.flag)
        .join(Submission, FlagRow.submission_id == Submission.id)
        .join(Appointment, Submission.appointment_id == Appointment.id)
        .where(_ahead(at))
    )
    flags: dict[UUID, list[Flag]] = {}
    for submission_id, flag in db.session.execute(query):
        flags.setdefault(submission_id, []).append(Flag.from_json(flag))
    return {submission_id: outcome_of_flags(found) for submission_id, found in flags.items()}


def _signed(at: datetime) -> set[UUID]:
    voided = exists().where(SignOffVoid.sign_off_id == SignOff.id)
    query = (
        select(SignOff.submission_id)
        .join(Submission, SignOff.submission_id == Submission.id)
        .join(Appointment, Submission.appointment_id == Appointment.id)
        .where(_ahead(at), ~voided)
    )
    return set(db.session.scalars(query))
