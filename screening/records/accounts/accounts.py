"""Accounts of staff: who may come in, in which roles, and what they are told of every change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import selectinload

from screening.extensions import db
from screening.records.actors import ADMIN, ROLES, Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.storage.models import AccountNotice, Role, StaffSession, User
from screening.storage.models.people import new_mark
from screening.text import has_control_character

_LONGEST_NOTICE = 200


class AccountError(ValueError):
    """The account cannot be made; says what to do."""


def add_account(
    email: str, name: str, roles: Sequence[str], at: datetime, by: Actor, password_hash: str | None = None
) -> User:
    """A new account: one person, one account. Without a password it waits for its invitation to be used."""
    plain = email.strip().lower()
    if not name.strip() or "@" not in plain:
        raise AccountError("An account needs a name and an e-mail address.")
    _must_be_roles(roles)
    if find_account(plain):
        raise AccountError(f"There is already an account for {plain}.")
    user = User(email=plain, name=name.strip(), password=password_hash, roles=_rows(roles))
    db.session.add(user)
    db.session.flush()
    record(db.session, Act.USER_ADDED, by, at, user=user.id, roles=" ".join(roles))
    return user


def find_account(email: str) -> User | None:
    if has_control_character(email):
        # Nobody has such an address, and PostgreSQL would not even look for it.
        return None
    return db.session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()


def account_by_handle(handle: str) -> User | None:
    """By the random name that stands in addresses."""
    if has_control_character(handle):
        return None
    return db.session.scalars(select(User).where(User.fs_webauthn_user_handle == handle)).one_or_none()


def all_accounts() -> list[User]:
    """With what the list tells of each, in as many statements for a hundred of them as for one."""
    query = select(User).order_by(func.lower(User.name), User.id)
    return list(db.session.scalars(query.options(selectinload(User.roles), selectinload(User.webauthn))))


def change_roles(user: User, roles: Sequence[str], at: datetime, by: Actor) -> None:
    """Takes effect at once: open pages ask to sign in again."""
    _must_be_roles(roles)
    if ADMIN not in roles:
        _must_not_be_the_last_admin(user)
    user.roles = _rows(roles)
    record(db.session, Act.ROLES_CHANGED, by, at, user=user.id, roles=" ".join(roles))
    tell(user, f"{by.name} changed your roles. They are now: {', '.join(roles)}.", at)
    end_sessions(user)


def disable(user: User, at: datetime, by: Actor) -> None:
    _must_not_be_the_last_admin(user)
    user.active = False
    record(db.session, Act.ACCOUNT_DISABLED, by, at, user=user.id)
    tell(user, f"{by.name} closed your account.", at)
    end_sessions(user)


def enable(user: User, at: datetime, by: Actor) -> None:
    user.active = True
    record(db.session, Act.ACCOUNT_ENABLED, by, at, user=user.id)
    tell(user, f"{by.name} opened your account again.", at)


def sign_out_everywhere(user: User, at: datetime, by: Actor) -> None:
    record(db.session, Act.SESSIONS_ENDED, by, at, user=user.id)
    if by.user_id != user.id:
        tell(user, f"{by.name} signed you out everywhere.", at)
    end_sessions(user)


def set_password(user: User, password_hash: str, at: datetime, by: Actor) -> None:
    """Everybody sets only their own."""
    user.password = password_hash
    record(db.session, Act.PASSWORD_CHANGED, by, at, user=user.id)
    tell(user, "Your password was changed.", at)
    end_sessions(user)


def renew_password_hash(user: User, password_hash: str) -> None:
    """The same password under today's costs; nothing that anybody has to be told."""
    user.password = password_hash


def end_sessions(user: User) -> None:
    """On every device, and on every worker, with the next request."""
    user.fs_uniquifier = new_mark()
    db.session.execute(delete(StaffSession).where(StaffSession.user_id == user.id))


def tell(user: User, words: str, at: datetime) -> None:
    """Notes for a member of staff that something about the account has changed."""
    db.session.add(AccountNotice(user_id=user.id, at=at, words=words[:_LONGEST_NOTICE]))
    db.session.flush()


def notices_of(user: User, *, only_new: bool = False) -> list[AccountNotice]:
    query = select(AccountNotice).where(AccountNotice.user_id == user.id)
    if only_new:
        query = query.where(AccountNotice.seen_at.is_(None))
    return list(db.session.scalars(query.order_by(AccountNotice.at.desc(), AccountNotice.id).limit(20)))


def mark_notices_read(user: User, at: datetime) -> None:
    for notice in notices_of(user, only_new=True):
        notice.seen_at = at


def _must_be_roles(roles: Sequence[str]) -> None:
    if not roles or any(role not in ROLES for role in roles):
        raise AccountError(f"Choose at least one of these roles: {', '.join(ROLES)}.")


def _rows(roles: Sequence[str]) -> list[Role]:
    known = {role.name: role for role in db.session.scalars(select(Role))}
    return [known.get(name) or Role(name=name) for name in dict.fromkeys(roles)]


def _must_not_be_the_last_admin(user: User) -> None:
    # Who was invited and has not come yet is nobody to leave the accounts to.
    is_here = (Role.name == ADMIN, User.active.is_(True), User.password.is_not(None))
    admins = select(User.id).join(User.roles).where(*is_here)
    if list(db.session.scalars(admins)) == [user.id]:
        raise Conflict(
            f"{user.name} is the last person who can look after accounts. Give that role to somebody else first."
        )
