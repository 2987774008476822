"""What patients answered: drafts while they do, then submissions and their flags, which never change."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from screening.storage.models.base import Base, UtcTime, WithId
from screening.storage.models.people import User
from screening.storage.models.sealed import Personal
from screening.storage.models.visits import Appointment


class Draft(Base):
    """Answers that are not sent yet; deleted when they are."""

    __tablename__ = "draft"

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"), primary_key=True)
    answers: Mapped[dict[str, Any]] = mapped_column(Personal)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)


class ProtocolVersion(Base):
    """The text of each protocol that was looked at or used, so that old answers stay readable."""

    __tablename__ = "protocol_version"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(UtcTime)


class Publication(WithId, Base):
    """A clinical lead's signature under a protocol version, from which on it is the one in use."""

    __tablename__ = "publication"

    digest: Mapped[str] = mapped_column(ForeignKey("protocol_version.digest"))
    published_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    by_name: Mapped[str] = mapped_column(String(120))
    note: Mapped[str] = mapped_column(Personal)

    protocol_version: Mapped[ProtocolVersion] = relationship()


class Submission(WithId, Base):
    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("appointment_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("severity BETWEEN 0 AND 3", name="severity_known"),
    )

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"))
    number: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(UtcTime)
    answers: Mapped[dict[str, Any]] = mapped_column(Personal)
    answers_digest: Mapped[str] = mapped_column(Personal)
    """Personal as well: who can try answers could tell them from it."""
    protocol_digest: Mapped[str] = mapped_column(ForeignKey("protocol_version.digest"))
    severity: Mapped[int]
    assessed_for: Mapped[date]
    """The appointment's day when the flags were raised: some answers age."""
    fresh_until: Mapped[datetime | None] = mapped_column(UtcTime)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    idempotency_key: Mapped[UUID] = mapped_column(unique=True)
    channel: Mapped[str] = mapped_column(String(20), server_default="online")
    """How the answers came: online or phone."""
    answered_by: Mapped[dict[str, str] | None] = mapped_column(Personal)
    """Who answered where it was not the patient: name and relation."""
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    """The member of staff who typed the answers in."""
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission.id"))
    """The earlier answers that these correct."""
    kept: Mapped[dict[str, str] | None] = mapped_column(Personal)
    """Answers that were given before these were sent, at an earlier visit or in the version that these correct:
    question id, and when it was answered."""

    appointment: Mapped[Appointment] = relationship()
    entered_by: Mapped[User | None] = relationship()
    corrects: Mapped[Submission | None] = relationship(remote_side="Submission.id")
    protocol_version: Mapped[ProtocolVersion] = relationship()


class FlagRow(WithId, Base):
    """A flag as it was raised, kept whole: its words stay even when a later protocol says it differently."""

    __tablename__ = "flag"
    __table_args__ = (
        UniqueConstraint("submission_id", "position"),
        CheckConstraint("severity BETWEEN 1 AND 3", name="severity_known"),
    )

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    position: Mapped[int]
    severity: Mapped[int]
    flag: Mapped[dict[str, Any]] = mapped_column(Personal)
