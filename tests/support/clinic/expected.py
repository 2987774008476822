"""What must hold of an appointment, worked out apart from the product: from what people did, and the clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
# Days for which an answer holds, by the first part of its question's name; the rest is for one visit only.
HOLDS = {"bleed.condition": 30, "bleed.severity": 30, "bleed.platelets": 30, "bleed.medicine": 30}
HOLDS |= {"bleed.inr": 30, "bleed.why": 30, "imp.any": 182, "imp.devices": 182}
STRICTEST = ("cleared", "adapt", "postpone", "refer")
OUTCOME = {
    "cleared": "ready",
    "adapt": "ready-with-changes",
    "postpone": "postponed",
    "refer": "do-not-treat",
}


@dataclass
class Version:
    """One set of answers as it was sent."""

    answers: dict[str, Any]
    at: datetime
    outcome: Any
    """Severities and effects on the protocol and for the day of the sending."""
    kept: Mapping[str, datetime] = field(default_factory=dict)
    asked_again_on: set[date] = field(default_factory=set)


@dataclass
class Signature:
    version: int
    planned: frozenset[str]
    outcome: str
    until: date | None


@dataclass
class Visit:
    id: UUID
    starts_at: datetime
    planned: frozenset[str]
    token: str = ""
    was_sent: bool = False
    versions: list[Version] = field(default_factory=list)
    signature: Signature | None = None
    call_asked_at: datetime | None = None
    is_cancelled: bool = False
    is_started: bool = False
    is_held: bool = False
    overrides: int = 0
    posted: dict[str, list[Any]] = field(default_factory=dict)
    """Everything that anybody chose on a page of this visit."""

    @property
    def latest(self) -> Version | None:
        return self.versions[-1] if self.versions else None

    @property
    def is_signed(self) -> bool:
        """A signature speaks of the latest answers and of what is planned, and of nothing else."""
        signed = self.signature
        return signed is not None and signed.version == len(self.versions) and signed.planned == self.planned


def ends(version: Version) -> datetime | None:
    """The first moment at which one of the answers no longer holds."""
    moments = []
    for name in version.answers:
        days = next((days for start, days in HOLDS.items() if name.startswith(start)), None)
        if days is not None:
            given = version.kept.get(name, version.at).astimezone(ZONE).date()
            moments.append(datetime.combine(given + timedelta(days=days + 1), time(), ZONE))
    return min(moments, default=None)


def expected_state(visit: Visit, now: datetime, outcome_now: Any) -> str:
    """The first line of the table of states that holds. `outcome_now`: the latest answers by today's protocol."""
    if visit.is_cancelled or visit.is_held:
        return "cancelled" if visit.is_cancelled else "done"
    latest = visit.latest
    if latest is None:
        return "waiting" if visit.was_sent else "not-sent"
    if visit.call_asked_at and latest.at <= visit.call_asked_at:
        return "call"
    end = ends(latest)
    if (end is not None and end <= visit.starts_at) or outcome_now != latest.outcome:
        return "out-of-date"
    if not visit.is_signed:
        return "needs-review"
    assert visit.signature is not None
    until = visit.signature.until
    if visit.signature.outcome == "postponed" and (until is None or now.astimezone(ZONE).date() >= until):
        return "needs-review"
    return visit.signature.outcome


def must_be_asked_again(visit: Visit) -> bool:
    latest = visit.latest
    day = visit.starts_at.astimezone(ZONE).date()
    return latest is not None and latest.at.astimezone(ZONE).date() < day and day not in latest.asked_again_on
