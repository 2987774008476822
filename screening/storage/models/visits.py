"""Patients, their appointments, and the links through which they answer."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from screening.storage.models.base import Base, UtcTime, WithId
from screening.storage.models.people import User
from screening.storage.models.sealed import Personal, PersonalDate


class Patient(WithId, Base):
    __tablename__ = "patient"

    name: Mapped[str] = mapped_column(Personal)
    birth_date: Mapped[date] = mapped_column(PersonalDate)
    contact: Mapped[str] = mapped_column(Personal)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    """When the content was removed at the end of its time: its key was destroyed then."""


class Appointment(WithId, Base):
    __tablename__ = "appointment"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"), index=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    planned: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    held_at: Mapped[datetime | None] = mapped_column(UtcTime)

    patient: Mapped[Patient] = relationship(lazy="joined")
    provider: Mapped[User] = relationship(lazy="joined", foreign_keys=provider_id)
    started_by: Mapped[User | None] = relationship(foreign_keys=started_by_id)


class Link(WithId, Base):
    """A patient's way in. Only the hash of its token is kept, so nobody can read the link here."""

    __tablename__ = "link"

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    birth_date_failures: Mapped[int] = mapped_column(default=0)
    is_for_tablet: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Opened once, by a code, on the clinic's own tablet, which forgets it afterwards."""
    opened_at: Mapped[datetime | None] = mapped_column(UtcTime)

    appointment: Mapped[Appointment] = relationship()
