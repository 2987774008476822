"""Sessions that went ahead without a valid screening: counted per rule, for the clinical lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import aliased

from screening.domain.protocol.vocabulary import Severity
from screening.domain.states import State
from screening.extensions import db
from screening.storage.models import Appointment, FlagRow, Override, Patient, User

NO_ANSWERS = "No answers at all"
NO_FLAGS = "Answers without a flag"
NOT_KEPT = "Answers not kept with it (an earlier version)"
RaisedRule = tuple[str, Severity]


@dataclass(frozen=True)
class Overridden:
    """One session that went past the gate. Names no patient and holds no answer."""

    at: datetime
    by: str
    appointment_at: datetime
    provider: str
    state: State
    reason: str
    rules: tuple[RaisedRule, ...]
    """What the answers had raised, worst first, each rule once."""
    without_rules: str
    """Why there is no rule, where there is none."""


@dataclass(frozen=True)
class Count:
    what: str
    severity: Severity | None
    sessions: int


def overrides_between(start: datetime, end: datetime) -> list[Overridden]:
    """Newest first; two statements, however many there are. Without those whose content was removed."""
    by, provider = aliased(User), aliased(User)
    chosen = (Override.at >= start, Override.at < end, Patient.removed_at.is_(None))
    query = (
        select(
            Override.at,
            Override.state,
            Override.reason,
            Override.submission_id,
            by.name.label("by"),
            Appointment.starts_at,
            provider.name.label("provider"),
        )
        .join(by, Override.by_id == by.id)
        .join(Appointment, Override.appointment_id == Appointment.id)
        .join(Patient, Appointment.patient_id == Patient.id)
        .join(provider, Appointment.provider_id == provider.id)
        .where(*chosen)
        .order_by(Override.at.desc(), Override.id)
    )
    flags = (
        select(FlagRow.submission_id, FlagRow.flag, FlagRow.severity)
        .join(Override, Override.submission_id == FlagRow.submission_id)
        .join(Appointment, Override.appointment_id == Appointment.id)
        .join(Patient, Appointment.patient_id == Patient.id)
        .where(*chosen)
        .order_by(FlagRow.position)
    )
    rules = _worst(db.session.execute(flags))
    return [
        Overridden(
            at=row.at,
            by=row.by,
            appointment_at=row.starts_at,
            provider=row.provider,
            state=State.from_code(row.state),
            reason=row.reason,
            rules=tuple(rules.get(row.submission_id, {}).items()),
            without_rules=_without_rules(row.submission_id, State.from_code(row.state)),
        )
        for row in db.session.execute(query)
    ]


def _worst(flags: Iterable[Row[Any]]) -> dict[UUID, dict[str, Severity]]:
    """Flags come worst first, so the first of a rule is its worst."""
    found: dict[UUID, dict[str, Severity]] = {}
    for row in flags:
        found.setdefault(row.submission_id, {}).setdefault(row.flag["rule"], Severity(row.severity))
    return found


def _without_rules(submission_id: UUID | None, state: State) -> str:
    if submission_id is not None:
        return NO_FLAGS
    return NO_ANSWERS if state in (State.NOT_SENT, State.WAITING) else NOT_KEPT


def counted(overrides: Sequence[Overridden]) -> list[Count]:
    """How many sessions went past each rule, worst first; what has no rule has a line of its own."""
    rules: Mapping[RaisedRule, int] = Counter(rule for each in overrides for rule in each.rules)
    others: Mapping[str, int] = Counter(each.without_rules for each in overrides if not each.rules)
    by_rule = [Count(rule, severity, number) for (rule, severity), number in rules.items()]
    by_rule.sort(key=lambda count: (-int(count.severity or 0), -count.sessions, count.what))
    return by_rule + [Count(what, None, others[what]) for what in sorted(others)]
