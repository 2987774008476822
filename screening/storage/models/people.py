"""Staff: accounts with their roles and second steps, passkeys, invitations and what they are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Column, Dialect, ForeignKey, LargeBinary, String, Table, Text, TypeDecorator, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from screening.storage.models.base import Base, UtcTime, WithId

roles_users = Table(
    "roles_users",
    Base.metadata,
    Column("user_id", ForeignKey("user.id"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class Listed(TypeDecorator[list[str]]):
    """A few values in one text with commas between them. A hash holds commas, too: there they are written `;`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else ",".join(each.replace(",", ";") for each in value)

    def process_result_value(self, value: Any, dialect: Dialect) -> list[str]:
        return [each.replace(";", ",") for each in value.split(",")] if value else []


class _LeftOver:
    """Columns that an earlier library kept for itself. Nothing reads them."""

    update_datetime: Mapped[datetime] = mapped_column(server_default=func.now())


class Role(_LeftOver, Base):
    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)

    description: Mapped[str | None] = mapped_column(String(255))
    permissions: Mapped[str | None] = mapped_column(Text)


class _UserLeftOver(_LeftOver):
    username: Mapped[str | None] = mapped_column(String(255), unique=True)
    confirmed_at: Mapped[datetime | None]
    last_login_at: Mapped[datetime | None]
    current_login_at: Mapped[datetime | None]
    last_login_ip: Mapped[str | None] = mapped_column(String(64))
    current_login_ip: Mapped[str | None] = mapped_column(String(64))
    login_count: Mapped[int | None]
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_phone_number: Mapped[str | None] = mapped_column(String(128))
    us_totp_secrets: Mapped[str | None] = mapped_column(Text)
    us_phone_number: Mapped[str | None] = mapped_column(String(128), unique=True)
    create_datetime: Mapped[datetime] = mapped_column(server_default=func.now())


def new_mark() -> str:
    return uuid4().hex


class User(_UserLeftOver, Base):
    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    """Its slow hash; none before the invitation was used."""
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=new_mark)
    """Sessions name the account by it: when it changes, all of them have ended."""
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True, default=new_mark)
    """Stands for the account in addresses and passkeys, and tells nothing."""
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    """What the authenticator app knows, sealed."""
    totp_counter: Mapped[int | None]
    """The last half minute whose code was used: each code works once."""
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(Listed)
    """Their slow hashes."""

    roles: Mapped[list[Role]] = relationship(secondary=roles_users, order_by=Role.id)
    webauthn: Mapped[list[WebAuthn]] = relationship(back_populates="user", cascade="all, delete")


class WebAuthn(Base):
    """A passkey."""

    __tablename__ = "web_authn"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), index=True, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    name: Mapped[str] = mapped_column(String(64))
    """Chosen by its owner, and different for each of theirs."""
    sign_count: Mapped[int | None] = mapped_column(default=0)
    transports: Mapped[list[str] | None] = mapped_column(Listed)
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    create_datetime: Mapped[datetime] = mapped_column(server_default=func.now())
    lastuse_datetime: Mapped[datetime]

    user: Mapped[User] = relationship(back_populates="webauthn")


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
