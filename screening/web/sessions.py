"""Who is here now: sessions that live in the database, so that ending one works at once, on every worker.

A cookie holds a random id and nothing else; only the id's hash is stored. Patients and staff have cookies, keys and
tables of their own: neither cookie means anything on the other side.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SessionInterface, SessionMixin

from screening.clock import now
from screening.extensions import current_config
from screening.records.accounts.staff_sessions import MARK, NO_MEMBER, Member, member_of
from screening.records.session_store import (
    SessionTable,
    add_session,
    change_session,
    find_session,
    forget_session,
    note_session_seen,
)
from screening.records.transaction import writing
from screening.storage.models import PatientSession, StaffSession, User

_TOKEN = "csrf_token"  # noqa: S105  (a name)
_ID_BYTES = 32
_ID_LENGTH = len(secrets.token_urlsafe(_ID_BYTES))
# Noting that somebody is still here costs a write; more often than this it tells nothing new.
_NOTED_EVERY = timedelta(minutes=1)
TABLET_IDLE = timedelta(minutes=10)
"""On the clinic's tablet a script ends the visit after two idle minutes; this holds where it does not run."""


@dataclass(frozen=True)
class Audience:
    """One of the two kinds of people who come in, and how long their sessions hold."""

    cookie: str
    table: SessionTable
    same_site: str
    idle: timedelta
    at_most: timedelta

    def has_ended(self, seen_at: datetime, began_at: datetime, idle: timedelta | None = None) -> bool:
        return now() - seen_at >= (idle or self.idle) or now() - began_at >= self.at_most

    def key(self) -> bytes:
        config = current_config()
        return (config.patient_key if self is PATIENTS else config.staff_key).encode()


# A link may be opened from a message, which is another site: Strict would hide the session on that first step.
# A form that was left open overnight is still there in the morning.
PATIENTS = Audience("patient", PatientSession, "Lax", timedelta(hours=24), timedelta(days=3))
# 15 minutes and one day of work (HIPAA 45 CFR 164.312(a)(2)(iii); OWASP ASVS 7.3.1 and 7.3.2).
STAFF = Audience("staff", StaffSession, "Strict", timedelta(minutes=15), timedelta(hours=12))


def is_patient_path(path: str) -> bool:
    return path.startswith("/s/")


class Session(SessionMixin):
    """Read from the database when it is first looked at, and written only when it changed.

    The token against forged requests is made from the id, so showing a form to a stranger stores nothing.
    """

    def __init__(self, audience: Audience, id_: str) -> None:
        self.audience, self.id = audience, id_
        self.replaces = ""
        self.is_stored = False
        self.modified = self.gave_token = False
        self.seen_at = self.began_at = now()
        self._loaded: dict[str, Any] | None = None
        self._member = NO_MEMBER

    @property
    def data(self) -> dict[str, Any]:
        if self._loaded is None:
            self._loaded = self._load() if self.id else {}
            self.id = self.id or secrets.token_urlsafe(_ID_BYTES)
        return self._loaded

    @property
    def id_hash(self) -> str:
        """By which it is known in the database."""
        return _hash(self.id)

    @property
    def was_looked_at(self) -> bool:
        return self._loaded is not None

    def _load(self) -> dict[str, Any]:
        found = find_session(self.audience.table, self.id_hash)
        if found is None:
            return {}
        idle = TABLET_IDLE if "tablet" in found.data else None
        self.is_stored = True
        if self.audience.has_ended(found.seen_at, found.created_at, idle):
            # What ended is forgotten, id and all: whoever kept the cookie has nothing.
            self.renew()
            self.modified = True
            return {}
        self.seen_at, self.began_at = found.seen_at, found.created_at
        self._is_of(found.member)
        return dict(found.data)

    @property
    def member(self) -> Member:
        """Who is signed in."""
        if self.audience is STAFF:
            self.data  # noqa: B018  (read with it)
        return self._member

    def sign_in(self, user: User) -> None:
        """From here on the session is this person's, under a new id, and it begins now."""
        self[MARK] = user.fs_uniquifier
        self._is_of(member_of(user))
        self.renew()
        self.began_at = now()

    def sign_out(self) -> None:
        self.clear()
        self._is_of(NO_MEMBER)

    def _is_of(self, member: Member) -> None:
        self._member = member
        # For the line in the log, which must not ask the database.
        g.staff_id = member.id or None

    def renew(self) -> None:
        """A new id for the same session: whoever planted or kept the old one has nothing."""
        if self.is_stored:
            self.replaces, self.is_stored = self.id, False
        self.id = secrets.token_urlsafe(_ID_BYTES)

    def secret_for(self, purpose: str) -> str:
        """Made from the id, and so dead with it; stored nowhere."""
        self.data  # noqa: B018  (an id is chosen, or an ended one replaced, when it is first looked at)
        self.gave_token = True
        return hmac.new(self.audience.key(), f"{purpose} {self.id}".encode(), hashlib.sha256).hexdigest()

    def __getitem__(self, name: str) -> Any:
        return self.secret_for("token") if name == _TOKEN else self.data[name]

    def __contains__(self, name: object) -> bool:
        return name == _TOKEN or name in self.data

    def __setitem__(self, name: str, value: Any) -> None:
        if name != _TOKEN:
            self.data[name] = value
            self.modified = True

    def __delitem__(self, name: str) -> None:
        # The token goes with the id; it stands nowhere by itself.
        if name != _TOKEN:
            del self.data[name]
            self.modified = True

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def clear(self) -> None:
        self.data.clear()
        self.modified = True


class TwoAudiences(SessionInterface):
    """Opens and keeps the session of the side on which a page lies."""

    def open_session(self, app: Flask, request: Request) -> Session:
        audience = PATIENTS if is_patient_path(request.path) else STAFF
        sent = request.cookies.get(self.cookie_name(app, audience), "")
        return Session(audience, sent if len(sent) == _ID_LENGTH else "")

    def cookie_name(self, app: Flask, audience: Audience) -> str:
        return f"__Host-{audience.cookie}" if app.config["SESSION_COOKIE_SECURE"] else audience.cookie

    def save_session(self, app: Flask, opened: SessionMixin, response: Response) -> None:
        assert isinstance(opened, Session)
        if not opened.was_looked_at:
            return
        if opened.modified and (opened.data or opened.is_stored or opened.replaces):
            _keep(opened)
        elif opened.is_stored and not _is_background() and now() - opened.seen_at >= _NOTED_EVERY:
            _note_seen(opened)
        name = self.cookie_name(app, opened.audience)
        if (opened.data or opened.gave_token) and request.cookies.get(name) != opened.id:
            secure = bool(app.config["SESSION_COOKIE_SECURE"])
            same_site = opened.audience.same_site
            response.set_cookie(name, opened.id, httponly=True, secure=secure, samesite=same_site)


def current_session() -> Session:
    found: Session = session._get_current_object()  # type: ignore[attr-defined]
    return found


def _is_background() -> bool:
    """Pages that look for news by themselves do not mean that somebody is there."""
    return request.headers.get("X-Background") == "yes"


def _keep(opened: Session) -> None:
    table, data = opened.audience.table, dict(opened.data)
    with writing():
        if opened.replaces:
            forget_session(table, _hash(opened.replaces))
        if not data:
            forget_session(table, opened.id_hash)
        elif opened.is_stored:
            change_session(table, opened.id_hash, data, now())
        else:
            add_session(table, opened.id_hash, data, opened.began_at, now())


def _note_seen(opened: Session) -> None:
    with writing():
        note_session_seen(opened.audience.table, opened.id_hash, now())


def _hash(id_: str) -> str:
    return hashlib.sha256(id_.encode()).hexdigest()
