"""Which events the page of who did what shows, read from the address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import aliased

from screening.extensions import db
from screening.staff.audit.acts import ACTS
from screening.staff.forms import id_from
from screening.staff.periods import Period, period_from
from screening.storage.models import Event, Submission

USUAL_DAYS = 7
_REFERENCE = re.compile(r"[A-Za-z0-9]{4}-[A-Za-z0-9]{4}")
_LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True)
class AuditFilters:
    period: Period
    act: str = ""
    who: str = ""
    """The number of a member of staff, patient or system."""
    about: str = ""
    """An appointment's id, or the reference of answers, as it was typed."""
    before: int | None = None
    """Only what came before this event: the page continues another one."""
    problems: tuple[str, ...] = ()

    def query(self, **changes: object) -> str:
        """The address of the same list with something changed."""
        parts = {
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "act": self.act,
            "who": self.who,
            "about": self.about,
            "before": None,
        } | changes
        return "?" + urlencode({name: value for name, value in parts.items() if value})

    def appointment(self) -> UUID | None:
        """The one that is asked about; None where there is no such reference."""
        given = id_from(self.about)
        if given is not None or not _REFERENCE.fullmatch(self.about):
            return given
        query = select(Submission.appointment_id).where(Submission.reference == self.about.upper())
        return db.session.scalar(query)

    def conditions(self) -> list[ColumnElement[bool]]:
        start, end = self.period.bounds
        found: list[ColumnElement[bool]] = [Event.at >= start, Event.at < end]
        if self.act:
            found.append(Event.act == self.act)
        if self.who:
            found.append(
                Event.actor_id == int(self.who) if self.who.isdigit() else Event.actor_kind == self.who
            )
        if self.about:
            found.append(Event.on["appointment"].as_string() == str(self.appointment()))
        if self.before is not None:
            last = aliased(Event)
            since = select(last.at).where(last.number == self.before).scalar_subquery()
            found.append(tuple_(Event.at, Event.number) < tuple_(since, self.before))
        return found


def read_audit_filters(sent: Mapping[str, str], staff: Mapping[str, str], day: date) -> AuditFilters:
    """Never fails: what cannot be read is said, and left out."""
    period = period_from(sent.get("from", ""), sent.get("to", ""), day, USUAL_DAYS)
    problems = [period.problem] if period.problem else []
    act, who, before = sent.get("act", ""), sent.get("who", ""), _number(sent.get("before", ""))
    if act and act not in ACTS:
        act, problems = "", [*problems, "There is no such act, so you see all of them."]
    if who and who not in staff:
        who, problems = "", [*problems, "There is no such person, so you see everybody."]
    return AuditFilters(period, act, who, sent.get("about", "").strip()[:40], before, tuple(problems))


def _number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return None
    return min(int(text), _LARGEST_NUMBER)
