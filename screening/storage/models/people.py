"""Staff: accounts with the columns that Flask-Security keeps, their passkeys, invitations and what they are told."""

from __future__ import annotations

from datetime import datetime

from flask_security.models import sqla
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from screening.storage.models.base import Base, UtcTime, WithId

sqla.FsModels.set_db_info(base_model=Base)  # type: ignore[no-untyped-call]


class Role(Base, sqla.FsRoleMixin):
    __tablename__ = "role"


class User(Base, sqla.FsUserMixin):
    __tablename__ = "user"

    name: Mapped[str] = mapped_column(String(120))
    totp_counter: Mapped[int | None]
    """The last half minute whose code was used: each code works once."""


class WebAuthn(Base, sqla.FsWebAuthnMixin):
    """A passkey."""

    __tablename__ = "web_authn"


class Invitation(WithId, Base):
    """A way in that works once: to a new account, or back into one. Only the hash of its token is kept."""

    __tablename__ = "invitation"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    """Account, password or second-factor."""
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)

    user: Mapped[User] = relationship(foreign_keys=user_id)


class AccountNotice(WithId, Base):
    """What a member of staff is told, at the next sign-in, that was changed about the account."""

    __tablename__ = "account_notice"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    words: Mapped[str] = mapped_column(String(200))
    seen_at: Mapped[datetime | None] = mapped_column(UtcTime)
