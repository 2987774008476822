"""An invented clinic with a day full of appointments, one in every state, to look at and to try.

It keeps nothing: its database is a fresh temporary one, and it listens on this machine only.
"""

from __future__ import annotations

import logging
import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from werkzeug.serving import WSGIRequestHandler, make_server

from config import Clinic, Config, DataKey
from screening import logs
from screening.account.invitations import add_user
from screening.app import create_app
from screening.clock import local, now, today, zone
from screening.demo.day import Planned, planned_day
from screening.domain.decisions import Decided, Decision
from screening.domain.protocol.answers import checked_answers
from screening.extensions import db
from screening.records.actors import ADMIN, DESK, LEAD, PATIENT, PROVIDER, Actor, staff_actor
from screening.records.answers import submit
from screening.records.appointments import add_another_appointment, add_appointment, cancel_appointment
from screening.records.calls import ask_for_call
from screening.records.links import issue_link
from screening.records.locked_visit import locked_visit
from screening.records.protocol_versions import current_protocol
from screening.records.review import sign_off
from screening.records.sessions import confirm_on_arrival, hold_session
from screening.records.transaction import writing
from screening.storage import migrations
from screening.storage.models import Appointment, Installation, User

_ZONE = ZoneInfo("Europe/London")
_CLINIC = Clinic("Harbour Spine Clinic", _ZONE, "020 7946 0000", "999")
INVENTED_STAFF = (
    ("desk@harbour.example", "Dana Whitfield", DESK),
    ("provider@harbour.example", "Dr Amara Osei", PROVIDER),
    ("second@harbour.example", "Tom Lindqvist", PROVIDER),
    ("lead@harbour.example", "Dr Ruth Okafor", LEAD),
    ("admin@harbour.example", "Miriam Castell", ADMIN),
)


class RefusedError(Exception):
    """The demo would touch a real clinic's settings."""


class SilentHandler(WSGIRequestHandler):
    """A patient's link stands in the address, so addresses are not logged (L10)."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@dataclass(frozen=True)
class People:
    desk: User
    providers: tuple[User, ...]

    def actor(self, user: User) -> Actor:
        return staff_actor(user, DESK if user is self.desk else PROVIDER)


def run_demo(port: int, say: Callable[[str], None]) -> None:
    """Starts the clinic and serves it until it is stopped."""
    if os.environ.get("SCREENING_DATABASE_URL") or Path(".env").exists():
        raise RefusedError(
            "Settings of a real clinic are here (.env or SCREENING_…). The demo runs without them."
        )
    with tempfile.TemporaryDirectory(prefix="screening-demo-") as directory:
        app = create_app(config_of(port, Path(directory)))
        # A line for each request would push the addresses out of sight.
        logs.start_logging(logging.WARNING)
        server = make_server("127.0.0.1", port, app, threaded=True, request_handler=SilentHandler)
        with app.app_context():
            migrations.upgrade(db.engine)
            password = secrets.token_urlsafe(12)
            returning, new = populate(password)
        _announce(f"http://localhost:{port}", new, returning, password, say)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            say("\nStopped. Nothing was kept.")
        finally:
            with app.app_context():
                db.engine.dispose()


def config_of(port: int, directory: Path) -> Config:
    return Config(
        clinic=_CLINIC,
        address=f"http://localhost:{port}",
        database_url=f"sqlite:///{directory / 'demo.db'}",
        staff_key=secrets.token_urlsafe(48),
        patient_key=secrets.token_urlsafe(48),
        password_salt=secrets.token_urlsafe(48),
        data_keys=(DataKey("demo", secrets.token_bytes(32)),),
        is_demo=True,
    )


def _announce(address: str, new: str, returning: str, password: str, say: Callable[[str], None]) -> None:
    say(
        f"""
{_CLINIC.name} is open. Everybody in it is invented, and nothing is kept.

  Patient     {address}/s/{new}
              date of birth 27 3 1980
  who returns {address}/s/{returning}
              date of birth 2 4 1961
  Front desk  {address}/desk/
              {INVENTED_STAFF[0][0]}
  Provider    {address}/provider/
              {INVENTED_STAFF[1][0]}
  Clinical    {address}/lead/
  lead        {INVENTED_STAFF[3][0]}
  Accounts    {address}/staff/accounts/
              {INVENTED_STAFF[4][0]}

  Password of all four: {password}
  The article for patients: {address}/article/

Press Ctrl+C to stop."""
    )


def populate(password: str) -> list[str]:
    """Fills the day. Returns the tokens of the links to try: of a patient who returns, and of a new one."""
    with writing() as session:
        # A real clinic refuses to run on these records.
        session.merge(Installation(name="demo", value="yes"))
    for email, name, role in INVENTED_STAFF:
        add_user(email, name, password, [role])
    found = {user.email: user for user in db.session.query(User)}
    people = People(
        found[INVENTED_STAFF[0][0]],
        tuple(found[email] for email, _, role in INVENTED_STAFF if role == PROVIDER),
    )
    day = planned_day(today())
    tokens = [_play(planned, people) for planned in day]
    return [token for token, planned in zip(tokens, day, strict=True) if planned.is_to_try]


def _play(planned: Planned, people: People) -> str:
    """Lets one appointment live through what is planned for it, step by step as in a clinic."""
    provider = people.providers[planned.provider]
    desk = people.actor(people.desk)
    early = now() - timedelta(days=planned.days_before, minutes=50)
    appointment = _booked(planned, people, _at(planned.hour, planned.minute), early)
    token = ""
    if planned.is_sent:
        with writing() as session:
            token = issue_link(locked_visit(session, appointment.id), early + timedelta(minutes=5), desk)
    if planned.answers is not None:
        _answer(appointment, planned.answers, early + timedelta(minutes=25))
    _then(planned, appointment, people, provider)
    return token


def _booked(planned: Planned, people: People, starts_at: datetime, at: datetime) -> Appointment:
    provider, desk = people.providers[planned.provider], people.actor(people.desk)
    visit: dict[str, Any] = {
        "contact": planned.contact,
        "provider_id": provider.id,
        "planned": planned.modalities,
        "by": desk,
    }
    born = date.fromisoformat(planned.born)
    earlier = starts_at - timedelta(weeks=3)
    returns = planned.earlier_answers is not None
    with writing():
        first = add_appointment(
            name=planned.name, birth_date=born, starts_at=earlier if returns else starts_at, at=at, **visit
        )
    if planned.earlier_answers is None:
        return first
    _lived(first, planned.earlier_answers, people.actor(provider))
    with writing():
        return add_another_appointment(first.patient, starts_at=starts_at, at=at, **visit)


def _lived(appointment: Appointment, answers: dict[str, Any], by: Actor) -> None:
    """A visit of the past: answered, signed and held on its day."""
    starts_at = appointment.starts_at
    _answer(appointment, answers, starts_at - timedelta(hours=2))
    _sign(appointment, "adapt", by, starts_at - timedelta(hours=1))
    with writing() as session:
        hold_session(locked_visit(session, appointment.id), starts_at + timedelta(hours=1), by)


def _answer(appointment: Appointment, answers: dict[str, Any], at: datetime) -> None:
    protocol = current_protocol()
    with writing():
        checked = checked_answers(protocol, answers)
        submit(appointment, checked, uuid4(), at, by=PATIENT, protocol=protocol, planned=appointment.planned)


def _then(planned: Planned, appointment: Appointment, people: People, provider: User) -> None:
    desk = people.actor(people.desk)
    if planned.decision:
        _sign(appointment, planned.decision, people.actor(provider))
    if planned.call_about:
        with writing() as session:
            ask_for_call(
                locked_visit(session, appointment.id), planned.call_about, now(), people.actor(provider)
            )
    if planned.is_cancelled:
        with writing() as session:
            cancel_appointment(locked_visit(session, appointment.id), now(), desk)
    if planned.is_held:
        with writing() as session:
            hold_session(locked_visit(session, appointment.id), now(), people.actor(provider))


def _sign(appointment: Appointment, decision: str, by: Actor, at: datetime | None = None) -> None:
    until = today() + timedelta(days=7) if decision == "postpone" else None
    with writing() as session:
        visit = locked_visit(session, appointment.id)
        assert visit.submission is not None
        if visit.must_be_asked_again:
            confirm_on_arrival(visit, visit.submission.id, now(), by)
        decided = Decided(
            Decision.from_word(decision), "Talked it through with the patient.", "Explained on the phone."
        )
        decisions: dict[UUID, Decided] = {flag_id: decided for flag_id, _ in visit.flags}
        sign_off(visit, visit.submission.id, decisions, visit.signing_digest, at or now(), by, until)


def _at(hour: int, minute: int) -> datetime:
    return datetime.combine(local(now()).date(), time(hour, minute), zone())
