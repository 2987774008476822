"""Invented patients, appointments and answers, made through the same functions that the pages use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select

from screening.clock import now
from screening.domain.decisions import Decided, Decision
from screening.extensions import db
from screening.records.actors import PATIENT, Actor
from screening.records.answers import submit
from screening.records.appointments import add_another_appointment, add_appointment
from screening.records.links import issue_link
from screening.records.locked_visit import LockedVisit, locked_visit
from screening.records.protocol_versions import current_protocol
from screening.records.review import sign_off
from screening.records.transaction import WritingSession, writing
from screening.records.visit import Visit
from screening.records.visits import visit_of
from screening.storage.models import Appointment, Submission, User
from tests.support.acupuncture import NOTHING as NOTHING
from tests.support.acupuncture import PACEMAKER as PACEMAKER

DESK = Actor("front-desk", 1, "Dana Desk")
BORN = date(1980, 3, 27)


def provider(email: str = "provider@clinic.example") -> User:
    return db.session.scalars(select(User).where(User.email == email)).one()


def provider_actor(email: str = "provider@clinic.example") -> Actor:
    user = provider(email)
    return Actor("provider", user.id, user.name)


def appointment(
    starts_at: datetime | None = None,
    *,
    name: str = "Robin Example",
    planned: tuple[str, ...] = ("MA",),
    with_provider: str = "provider@clinic.example",
) -> Appointment:
    with writing():
        return add_appointment(
            name=name,
            birth_date=BORN,
            contact="robin@mail.example",
            starts_at=starts_at or now() + timedelta(hours=2),
            provider_id=provider(with_provider).id,
            planned=planned,
            at=now(),
            by=DESK,
        )


def another(earlier: Appointment, starts_at: datetime | None = None) -> Appointment:
    """The same patient comes again."""
    with writing():
        return add_another_appointment(
            earlier.patient,
            contact=earlier.patient.contact,
            starts_at=starts_at or now() + timedelta(hours=2),
            provider_id=earlier.provider_id,
            planned=earlier.planned,
            at=now(),
            by=DESK,
        )


def known(visit: Appointment | UUID) -> Visit:
    """What is known of it now, for a page."""
    found = visit_of(visit if isinstance(visit, UUID) else visit.id)
    assert found is not None
    return found


def anew(visit: Appointment | UUID) -> LockedVisit:
    """What is known of it, read under the lock that is held now."""
    return locked_visit(WritingSession(db.session), visit if isinstance(visit, UUID) else visit.id)


def link(to: Appointment) -> str:
    with writing():
        return issue_link(anew(to), now(), DESK)


def answered(
    to: Appointment, answers: Mapping[str, Any] | None = None, at: datetime | None = None
) -> Submission:
    with writing():
        return submit(
            to,
            NOTHING | dict(answers or {}),
            uuid4(),
            at or now(),
            by=PATIENT,
            protocol=current_protocol(),
            planned=to.planned,
        )


def corrected(to: Appointment, before: Submission, answers: Mapping[str, Any]) -> Submission:
    """A new version of answers that were sent."""
    with writing():
        return submit(
            to,
            NOTHING | dict(answers),
            uuid4(),
            now(),
            by=PATIENT,
            protocol=current_protocol(),
            planned=to.planned,
            corrects=before,
        )


def signed(to: Appointment, decision: Decision = Decision.CLEARED, until: date | None = None) -> None:
    """Signs the latest answers with the same decision on every flag."""
    with writing():
        visit = anew(to)
        assert visit.submission is not None
        decided = Decided(decision, "asked and looked at", "as written")
        decisions = {flag_id: decided for flag_id, _ in visit.flags}
        by = provider_actor()
        sign_off(visit, visit.submission.id, decisions, visit.signing_digest, now(), by, until)


def add_appointments(count: int) -> None:
    """Of the last years and of today, as plain rows."""
    one = db.session.scalars(select(Appointment)).first()
    assert one is not None
    same = {"patient_id": one.patient_id, "provider_id": one.provider_id, "planned": [], "created_at": now()}
    rows = [
        {**same, "id": uuid4(), "starts_at": now() - timedelta(hours=number // 2)} for number in range(count)
    ]
    with writing():
        db.session.execute(insert(Appointment), rows)
