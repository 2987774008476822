"""A clinic to send requests to: people who are signed in, and appointments in every state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from screening.clock import now
from screening.extensions import db
from screening.records.appointments import cancel_appointment
from screening.records.calls import ask_for_call
from screening.records.protocol_versions import current_protocol
from screening.records.sessions import hold_session, start_session
from screening.records.transaction import writing
from screening.storage.models import Appointment, User
from tests.support import factories
from tests.support.fuzz.addresses import Addresses
from tests.support.fuzz.forms import Form, read_forms
from tests.support.fuzz.generator import ROLES, Sent

RISKS = {
    "bleed.medicine": ["warfarin"],
    "bleed.inr": "in-range",
    "bleed.inr.date": "2026-11-20",
    "bleed.inr.value": 2.4,
    "bleed.why": "irregular-heartbeat",
    "imp.any": "yes",
    "imp.devices": [factories.PACEMAKER],
    "ask.provider": "May I lie on my side?",
}
_BORN = [("born-day", "27"), ("born-month", "3"), ("born-year", "1980")]


class World:
    def __init__(self, app: Flask, signed_in: Callable[[str], Any]) -> None:
        self.app, self._signed_in = app, signed_in
        self.addresses = Addresses(app)
        self.clients: dict[str, FlaskClient] = {role: self._plain(app.test_client()) for role in ROLES}
        self.sent = 0
        self.answered = dict.fromkeys(ROLES, 0)
        """How many requests each role sent that were taken as theirs."""
        with app.app_context():
            self.addresses.digests.append(current_protocol().digest)
            second = db.session.scalars(select(User).where(User.email == "second@clinic.example")).one()
            self.addresses.handles.append(second.fs_webauthn_user_handle or "")
        for role in ("desk", "provider", "lead", "admin"):
            self.sign_in(role)
        self.refill()

    def _plain(self, client: Any) -> FlaskClient:
        # The careful client of the other tests reads each page whole; here that would take days.
        client.__class__ = FlaskClient
        return cast(FlaskClient, client)

    def sign_in(self, role: str) -> None:
        self.app.testing = True
        try:
            self.clients[role] = self._plain(self._signed_in(role))
        finally:
            self.app.testing = False

    def refill(self) -> None:
        """More of everything, since requests use it up; and the patient begins anew."""
        with self.app.app_context():
            open_visit, answered = factories.appointment(), factories.appointment(name="Ada Answered")
            # On other days, so that the list of today stays short.
            days = (now() + timedelta(days=day) for day in range(2, 7))
            names = ("Kim Other", "Sid Signed", "Cay Cancelled", "Hal Held")
            others, signed, cancelled, held = (
                factories.appointment(day, name=name) for day, name in zip(days, names, strict=False)
            )
            returning = self._returning()
            factories.answered(answered, RISKS)
            factories.answered(signed)
            factories.signed(signed)
            token = factories.link(open_visit)
            tokens = [factories.link(returning), factories.link(others), factories.link(cancelled)]
            self._end(cancelled.id, held.id, answered.id)
            visits = (cancelled, held, others, returning, signed, answered, open_visit)
            self.addresses.ids += [str(visit.id) for visit in visits]
            self.patients_visit = open_visit.id
        self.addresses.tokens += [*tokens, token]
        self._begin(token)

    def _returning(self) -> Appointment:
        earlier = factories.appointment(now() + timedelta(days=6), name="Rue Returning")
        factories.answered(earlier, RISKS)
        factories.signed(earlier)
        return factories.another(earlier, now() + timedelta(days=7))

    def _end(self, cancelled: Any, held: Any, answered: Any) -> None:
        by = factories.provider_actor()
        with writing():
            cancel_appointment(factories.anew(cancelled), now(), factories.DESK)
            start_session(factories.anew(held), now(), by, "no answers, asked in person")
            hold_session(factories.anew(held), now(), by, "no answers, asked in person")
            ask_for_call(factories.anew(answered), "Which clip is it?", now(), factories.DESK)

    def _begin(self, token: str) -> None:
        """The patient opens the link, presses Start and confirms the date of birth."""
        client = self._plain(self.app.test_client())
        start = f"/s/{token}"
        (form,) = read_forms(start, client.get(start).text)
        client.post(start, data=dict(form.pairs))
        (form,) = read_forms("/s/birth-date", client.get("/s/birth-date").text)
        others = [pair for pair in form.pairs if not pair[0].startswith("born")]
        data = dict([*others, *_BORN])
        assert client.post("/s/birth-date", data=data).status_code == 303
        self.clients["patient"] = client

    def send(self, sent: Sent) -> Any:
        path = sent.path.decode("latin-1")
        headers = [(name, value) for name, value in sent.headers if name != "Host"]
        # From many places, so that nobody is taken for one who guesses.
        self.sent += 1
        overrides = {
            "PATH_INFO": path,
            "QUERY_STRING": sent.query,
            "REMOTE_ADDR": f"192.0.2.{self.sent % 250}",
        }
        for name, value in sent.headers:
            overrides |= {"HTTP_HOST": value} if name == "Host" else {}
        return self.clients[sent.role].open(
            "/",
            method=sent.method,
            data=sent.body,
            content_type=sent.content_type,
            headers=headers,
            environ_overrides=overrides,
        )

    def read(self, sent: Sent, answer: Any, text: str) -> list[Form]:
        """The forms that came back; who was signed out signs in again."""
        location = answer.headers.get("Location", "")
        if location.startswith("/staff/sign-in") and sent.role in ("desk", "provider", "lead", "admin"):
            self.sign_in(sent.role)
        elif sent.role not in ("nobody", "patient") or answer.status_code != 403:
            self.answered[sent.role] += 1
        if answer.mimetype != "text/html" or sent.method == "HEAD":
            return []
        asked = f"?{sent.query}" if sent.query else ""
        address = sent.path.decode("utf-8", "replace")
        return read_forms(address + asked, text)
