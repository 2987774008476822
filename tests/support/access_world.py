"""One clinic with two patients, and somebody of each kind at a browser; what is in its database as one mark."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select

from screening.account.invitations import add_user
from screening.clock import now
from screening.extensions import db
from screening.records.appointments import cancel_appointment
from screening.records.protocol_versions import current_protocol
from screening.records.transaction import writing
from screening.storage.models import Base, User
from tests.conftest import PASSWORD, add_staff
from tests.support.answering import begin
from tests.support.entering import let_in
from tests.support.events import recorded_acts
from tests.support.factories import DESK, PACEMAKER, anew, answered, appointment, link, signed
from tests.support.pages import PageClient

STAFF = {"desk": "front-desk", "provider": "provider", "lead": "clinical-lead", "admin": "admin"}
WORDS = {"imp.any": "yes", "imp.devices": [PACEMAKER]}
# Being here is noted in these, and a refusal is an event, whatever the page then says.
_AT_THE_DOOR = ("staff_session", "patient_session", "tries", "event")


class PlainClient(PageClient):
    """Sends forms as a browser does, and does not stop to read every page as a careful reader."""

    open = FlaskClient.open


@dataclass
class World:
    app: Flask
    people: dict[str, Any] = field(default_factory=dict)
    """Browsers."""
    visits: dict[str, UUID] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    digest: str = ""
    handle: str = ""
    """Stands for an account in addresses."""

    def token_of(self, client: Any, path: str) -> str:
        """A token against forged requests that is really this person's, where they have a page at all."""
        return str(_token(client.get(path).text))

    def mark(self) -> dict[str, str]:
        """Each table, as a mark of all its rows as they are stored."""
        with self.app.app_context(), db.engine.connect() as connection:
            return {
                table.name: _mark(connection, table.name)
                for table in Base.metadata.sorted_tables
                if table.name not in _AT_THE_DOOR
            }


def acts(world: World) -> list[str]:
    with world.app.app_context():
        return recorded_acts()


def _mark(connection: Connection, table: str) -> str:
    # As it is stored, not as our columns would read it.
    rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()  # noqa: S608  (a name of our own)
    return hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()


def _token(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def world_in(app: Flask) -> World:
    """The appointment of the patient at the browser, one of somebody else, one that is cancelled, and none."""
    app.test_client_class = PlainClient
    world = World(app)
    with app.app_context():
        add_staff()
        for who in ("closed", "demoted"):
            add_user(f"{who}@clinic.example", f"{who.title()} Person", PASSWORD, ["front-desk"])
        for kind in ("own", "another", "void"):
            visit = appointment(name=f"{kind.title()} Patient")
            world.links[kind] = link(visit)
            answered(visit, WORDS)
            signed(visit)
            world.visits[kind] = visit.id
        with writing():
            cancel_appointment(anew(world.visits["void"]), now(), DESK)
        world.digest = current_protocol().digest
        world.handle = str(_user("provider").fs_webauthn_user_handle)
    world.visits["absent"], world.links["absent"] = uuid4(), "no-such-link"
    _let_in(world)
    return world


def _let_in(world: World) -> None:
    world.people["nobody"] = world.app.test_client()
    world.people["patient"] = world.app.test_client()
    begin(world.people["patient"], world.links["own"])
    for who in (*STAFF, "closed", "demoted"):
        world.people[who] = let_in(world.app, f"{who}@clinic.example")
    with world.app.app_context(), writing():
        _user("closed").active = False
        _user("demoted").roles = []


def _user(who: str) -> User:
    return db.session.scalars(select(User).where(User.email == f"{who}@clinic.example")).one()


def addresses(app: Flask, base_url: str = "http://localhost") -> list[tuple[str, str, str]]:
    """Every endpoint with a method and an address, ids filled with ones that nobody has."""
    found = []
    for rule in app.url_map.iter_rules():
        filled: dict[str, Any] = {name: uuid4() for name in rule.arguments}
        filled |= dict.fromkeys(rule.arguments & {"filename"}, "site.css")
        filled |= dict.fromkeys(rule.arguments & {"token"}, "not-a-link")
        filled |= dict.fromkeys(rule.arguments & {"position"}, 1)
        with app.test_request_context(base_url=base_url):
            address = app.url_for(rule.endpoint, **filled)
        found += [
            (rule.endpoint, method, address) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        ]
    return found
