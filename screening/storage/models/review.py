"""What staff decided and did: calls, sign-offs with their dispositions, arrival checks, and the events of it all."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from screening.storage.models.answers import FlagRow, Submission
from screening.storage.models.base import Base, UtcTime, WithId
from screening.storage.models.people import User
from screening.storage.models.sealed import Personal


class Call(WithId, Base):
    """A call that the clinic owes the patient."""

    __tablename__ = "call"

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    about: Mapped[str] = mapped_column(Personal)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    what_was_said: Mapped[str | None] = mapped_column(Personal)

    asked_by: Mapped[User] = relationship(foreign_keys=asked_by_id)
    closed_by: Mapped[User | None] = relationship(foreign_keys=closed_by_id)


class SignOff(WithId, Base):
    """A provider's decision on one appointment, bound to exact answers and an exact protocol."""

    __tablename__ = "sign_off"
    __table_args__ = (
        CheckConstraint(
            "outcome IN ('ready', 'ready-with-changes', 'postponed', 'do-not-treat')", name="outcome_known"
        ),
        CheckConstraint("(outcome = 'postponed') = (postponed_until IS NOT NULL)", name="postponed_to_a_day"),
    )

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), index=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    provider_name: Mapped[str] = mapped_column(String(120))
    signed_at: Mapped[datetime] = mapped_column(UtcTime)
    outcome: Mapped[str] = mapped_column(String(20))
    postponed_until: Mapped[date | None]
    digest: Mapped[str] = mapped_column(Personal)
    planned: Mapped[list[str] | None] = mapped_column(JSON)
    """What was planned when it was signed."""

    submission: Mapped[Submission] = relationship()
    void: Mapped[SignOffVoid | None] = relationship(back_populates="sign_off")
    dispositions: Mapped[list[Disposition]] = relationship()


class SignOffVoid(WithId, Base):
    """Says that a sign-off no longer holds; the sign-off itself stays on record."""

    __tablename__ = "sign_off_void"

    sign_off_id: Mapped[UUID] = mapped_column(ForeignKey("sign_off.id"), unique=True)
    voided_at: Mapped[datetime] = mapped_column(UtcTime)
    by: Mapped[str] = mapped_column(String(120))
    why: Mapped[str] = mapped_column(String(200))
    caused_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission.id"))
    """The new answers that ended it, where it was answers that did."""

    sign_off: Mapped[SignOff] = relationship(back_populates="void")
    caused_by: Mapped[Submission | None] = relationship()


class Disposition(WithId, Base):
    """A provider's decision on one flag."""

    __tablename__ = "disposition"
    __table_args__ = (
        UniqueConstraint("sign_off_id", "flag_id"),
        CheckConstraint("decision IN ('cleared', 'adapt', 'postpone', 'refer')", name="decision_known"),
    )

    sign_off_id: Mapped[UUID] = mapped_column(ForeignKey("sign_off.id"))
    flag_id: Mapped[UUID] = mapped_column(ForeignKey("flag.id"))
    decision: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Personal)
    patient_said: Mapped[str] = mapped_column(Personal)

    flag: Mapped[FlagRow] = relationship()


class ArrivalCheck(WithId, Base):
    """On the day itself the patient was asked again what holds for one visit only, and nothing had changed."""

    __tablename__ = "arrival_check"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))


class Override(WithId, Base):
    """A session that was held without a valid screening, and why; counted."""

    __tablename__ = "override"

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"), unique=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Personal)
    submission_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission.id"))
    """The answers, and so the flags, that the session went past."""


class VerifiedAnswer(WithId, Base):
    """What turned out when staff asked again: kept beside what was reported, never instead of it."""

    __tablename__ = "verified_answer"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), index=True)
    question: Mapped[str] = mapped_column(Personal)
    device: Mapped[int | None]
    answer: Mapped[Any] = mapped_column(Personal)
    source: Mapped[str] = mapped_column(Personal)
    """How it is known: said, card, packet, result or doctor."""
    at: Mapped[datetime] = mapped_column(UtcTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(120))


class EmergencyAccess(WithId, Base):
    """Somebody of the staff read screenings in an emergency without the role for it; counted, and shown to the lead."""

    __tablename__ = "emergency_access"

    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    by_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    reason: Mapped[str] = mapped_column(Personal)


class Event(Base):
    """Who did what, on what, when. Each row holds the hash of the one before, so a change shows."""

    __tablename__ = "event"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    act: Mapped[str] = mapped_column(String(60))
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None]
    on: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
