"""Stored answers under two versions: those of the last weeks as counts, those of appointments to come one by one.

No answer leaves this module. It reads in portions, so that its memory does not grow with the clinic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from screening.clock import local
from screening.domain.assessment import Assessment, flag_summaries
from screening.domain.comparing.replaying import Case, Replay, replay
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.vocabulary import Severity
from screening.records.replaying import answers_since, visits_ahead
from screening.records.visit import Visit


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
    for row in answers_since(since):
        yield Case(row.patient_id, row.answers, local(row.starts_at).date())


def replay_ahead(old: Protocol, new: Protocol, at: datetime) -> Ahead:
    """The latest answers of every appointment that is still to come."""
    looked_at, affected = 0, []
    for visit in visits_ahead(at):
        before, after = visit.assessed_by(old), visit.assessed_by(new)
        if before is None or after is None:
            continue
        looked_at += 1
        if flag_summaries(before.flags) != flag_summaries(after.flags):
            affected.append(_affected(visit, before, after))
    return Ahead(looked_at, tuple(affected))


def _affected(visit: Visit, before: Assessment, after: Assessment) -> Affected:
    """A signature is lost that holds today and would not any more (L1)."""
    stored = flag_summaries([flag for _, flag in visit.flags])
    is_fresh = stored == flag_summaries(before.flags) and not visit.is_too_old
    goes = stored != flag_summaries(after.flags)
    return Affected(
        appointment_id=visit.id,
        starts_at=visit.appointment.starts_at,
        patient=visit.appointment.patient.name,
        provider=visit.appointment.provider.name,
        before=before.severity,
        after=after.severity,
        goes_out_of_date=goes,
        loses_signature=visit.signed is not None and is_fresh and goes,
    )
