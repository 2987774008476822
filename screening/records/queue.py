"""The appointments of some days, each as one row of a list: with its state, and without answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_

from screening.clock import day_bounds, now
from screening.domain.assessment import Flag
from screening.domain.protocol.blocks import in_core_words
from screening.domain.protocol.vocabulary import Effect, Severity
from screening.domain.states import State
from screening.records.visit import Visit
from screening.records.visits import is_kept, read_visits
from screening.storage.models import Appointment

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
    """The appointments of the days, by time; without those whose content was removed."""
    start, end = day_bounds(first, days)
    chosen = and_(Appointment.starts_at >= start, Appointment.starts_at < end, is_kept())
    if provider_id is not None:
        chosen = and_(chosen, Appointment.provider_id == provider_id)
    return [row_of(visit, now()) for visit in read_visits(chosen)]


def counts(rows: Iterable[QueueRow]) -> dict[State, int]:
    """How many appointments are in each state, in the order of the states; filters do not touch it."""
    found = Counter(row.state for row in rows)
    return {state: found[state] for state in State}


def row_of(visit: Visit, at: datetime) -> QueueRow:
    appointment, answers, signed = visit.appointment, visit.submission, visit.unvoided
    flags = [flag for _, flag in visit.flags]
    tasks = [
        *([LINK_IS_CLOSED] if visit.is_link_closed else []),
        *(flag.task for flag in flags if not flag.no_task),
    ]
    return QueueRow(
        id=visit.id,
        starts_at=appointment.starts_at,
        patient=appointment.patient.name,
        birth_date=appointment.patient.birth_date,
        contact=appointment.patient.contact,
        provider_id=appointment.provider_id,
        provider=appointment.provider.name,
        planned=tuple(appointment.planned),
        state=visit.state(at),
        severity=None if answers is None else Severity(answers.severity),
        flag_counts=Counter(flag.severity for flag in flags),
        tasks=tuple(dict.fromkeys(tasks)),
        received_at=answers.received_at if answers else None,
        postponed_until=signed.postponed_until if signed else None,
        must_be_asked_again=visit.must_be_asked_again,
        clashes=frozenset(code for code in appointment.planned if _is_avoided(code, flags)),
        expired=in_core_words(visit.protocol, visit.expired) if visit.expired else (),
        started_at=appointment.started_at,
        held_at=appointment.held_at,
    )


def _is_avoided(modality: str, flags: Sequence[Flag]) -> bool:
    return any(flag.effects.get(modality) == Effect.AVOID for flag in flags)
