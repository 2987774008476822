"""Who acts, on whom and with what result is never taken from the request: extra fields change nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from screening.clock import now
from screening.extensions import db
from screening.records.actors import LEAD, PROVIDER
from screening.records.calls import ask_for_call
from screening.records.protocol_versions import current_protocol
from screening.records.transaction import writing
from screening.storage.models import Appointment, Base, SignOff, User
from screening.web.endpoints import ENDPOINTS
from tests.conftest import PASSWORD
from tests.support.access_world import PlainClient
from tests.support.answering import follow
from tests.support.deciding import decisions
from tests.support.factories import DESK, NOTHING, anew, another, answered, appointment, link
from tests.support.pages import form_fields, parsed

EXTRA = {
    "role": "admin",
    "roles": "clinical-lead",
    "signed_by": "Sam Second",
    "by_name": "Sam Second",
    "by_id": "3",
    "provider_id": "3",
    "user_id": "3",
    "patient_id": "00000000-0000-0000-0000-000000000000",
    "appointment_id": "00000000-0000-0000-0000-000000000000",
    "severity": "0",
    "outcome": "ready",
    "state": "ready",
    "held_at": "2026-11-23T09:00:00Z",
    "active": "1",
    "is_demo": "0",
}
# Ids, keys and what is made from them differ from one run to the next.
_RANDOM = re.compile(r"(^|_)(id|hash|key|reference|digest|uniquifier|previous|token)($|_)")
# Hashed with salt, drawn at random, or stamped by a clock that is not ours.
_BY_THE_LIBRARY = ("password", "mf_recovery_codes", "create_datetime", "update_datetime")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32}")


@pytest.fixture(autouse=True)
def plain(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "test_client_class", PlainClient)


def rows(app: Flask) -> dict[str, list[str]]:
    """What stands in each table, as our columns read it, without what is drawn at random."""
    found = {}
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            if table.name in ("staff_session", "patient_session", "content_key"):
                continue
            names = [column.name for column in table.columns if not is_random(table.name, column.name)]
            found[table.name] = sorted(
                _UUID.sub("an id", repr({name: getattr(row, name) for name in names}))
                for row in db.session.execute(select(table)).all()
            )
    return found


def is_random(table: str, column: str) -> bool:
    if table == "user" and column in _BY_THE_LIBRARY:
        return True
    # Who acted is a counter, and what is looked at here.
    if column.endswith("by_id") or column in ("provider_id", "actor_id", "user_id"):
        return False
    return bool(_RANDOM.search(column)) or (table, column) == ("event", "on")


def fields(page: Any, button: str) -> tuple[str, dict[str, Any]]:
    for form in parsed(page.text).iter("form"):
        if any(button in "".join(each.itertext()) for each in form.iter("button")):
            return form.get("action") or page.request.path, form_fields(form)
    raise AssertionError(f"no form has a button that reads {button!r}")


Sent = tuple[str, dict[str, Any]]
Step = Callable[[Flask, Callable[[str], Any], UUID], tuple[Any, Sent]]
STEPS: dict[str, Step] = {}


def step(endpoint: str) -> Callable[[Step], Step]:
    def keep(found: Step) -> Step:
        STEPS[endpoint] = found
        return found

    return keep


def pressing(who: str, path: str, button: str, /, **typed: Any) -> Step:
    """Filling in a page's form as its reader would."""

    def found(_app: Flask, signed_in: Callable[[str], Any], visit: UUID) -> tuple[Any, Sent]:
        client = signed_in(who)
        action, sent = fields(client.get(path.format(visit)), button)
        return client, (action, sent | typed)

    return found


DESK_PAGE, PROVIDER_PAGE = "/desk/appointments/{}", "/provider/appointments/{}"
VISIT = {
    "day": "2026-11-24",
    "time": "10:30",
    "provider": "2",
    "planned": ["MA"],
    "contact": "x@mail.example",
}
STEPS |= {
    "account.logout": pressing("desk", "/desk/", "Sign out"),
    "desk.add": pressing(
        "desk", "/desk/new", "Add the appointment", name="New Patient", born="1990-01-02", **VISIT
    ),
    "desk.add_another": pressing("desk", DESK_PAGE + "/another", "Add the appointment", **VISIT),
    "desk.change": pressing("desk", DESK_PAGE + "/change", "Save the change", **VISIT),
    "desk.cancel": pressing("desk", DESK_PAGE + "/cancel", "Cancel the appointment"),
    "desk.issue": pressing("desk", DESK_PAGE, "Make a"),
    "desk.tablet": pressing("desk", DESK_PAGE, "Make a code for the tablet"),
    "desk.answers": pressing("desk", DESK_PAGE, "Open the answers"),
    "desk.ask_for_call": pressing("desk", DESK_PAGE, "Put the call on the list", about="Ask for the card"),
    "desk.phone": pressing(
        "desk", DESK_PAGE + "/phone", "Begin the questions", said_name="y", born="1980-03-27", who="patient"
    ),
    "provider.ask_for_call": pressing("provider", PROVIDER_PAGE, "Ask the desk", about="Ask for the card"),
    "provider.start": pressing("provider", PROVIDER_PAGE, "Start it", reason="Severe pain today"),
    "provider.hold": pressing("provider", PROVIDER_PAGE, "Mark it as held", reason="Severe pain today"),
    "provider.verify": pressing(
        "provider", PROVIDER_PAGE + "/answers/0", "Note this beside", answer="no", source="said"
    ),
    "emergency.begin": pressing(
        "desk", "/staff/emergency", "Open for one hour", reason="Somebody fainted and nobody is here."
    ),
    "lead.load": pressing("lead", "/lead/versions", "Show what it changes", text="not a protocol"),
    "lead.simulator": pressing("lead", "/lead/simulator", "Show"),
}


@step("desk.note_call")
def _note_call(app: Flask, signed_in: Callable[[str], Any], visit: UUID) -> tuple[Any, Sent]:
    with app.app_context(), writing():
        ask_for_call(anew(visit), "Ask for the card", now(), DESK)
    return pressing("desk", DESK_PAGE, "Save the note", what_was_said="She brings it")(app, signed_in, visit)


@step("desk.confirm_on_arrival")
def _on_arrival(app: Flask, signed_in: Callable[[str], Any], visit: UUID) -> tuple[Any, Sent]:
    with app.app_context():
        booked = another(db.session.get_one(Appointment, visit))
        answered(booked, at=now().replace(day=22))
        ours = booked.id
    return pressing("desk", DESK_PAGE, "Asked again")(app, signed_in, ours)


def _on_the_phone(path: str, button: str, **typed: Any) -> Step:
    def found(app: Flask, signed_in: Callable[[str], Any], visit: UUID) -> tuple[Any, Sent]:
        client, (action, sent) = STEPS["desk.phone"](app, signed_in, visit)
        assert client.post(action, data=sent).status_code == 303
        action, sent = fields(client.get(f"/desk/appointments/{visit}/phone/{path}"), button)
        return client, (action, sent | typed)

    return found


STEPS |= {
    "desk.phone_questions": _on_the_phone("questions", "Continue", **{"preg.status": "not-sure"}),
    "desk.phone_keep": _on_the_phone("check", "Keep"),
}


@step("desk.phone_check")
def _phone_check(app: Flask, signed_in: Callable[[str], Any], visit: UUID) -> tuple[Any, Sent]:
    client, (action, sent) = STEPS["desk.phone_questions"](app, signed_in, visit)
    assert client.post(action, data=sent).status_code == 303
    return client, fields(client.get(f"/desk/appointments/{visit}/phone/check"), "Send")


@step("emergency.end")
def _end(app: Flask, signed_in: Callable[[str], Any], visit: UUID) -> tuple[Any, Sent]:
    client, (action, sent) = STEPS["emergency.begin"](app, signed_in, visit)
    client.post(action, data=sent)
    return client, fields(client.get("/staff/emergency/day"), "End it now")


def _on_account(button: str, who: str = "desk", **typed: Any) -> Step:
    """What an administrator does with somebody's account."""

    def found(app: Flask, signed_in: Callable[[str], Any], visit: UUID) -> tuple[Any, Sent]:
        with app.app_context():
            person = db.session.scalars(select(User).where(User.email == f"{who}@clinic.example")).one()
            handle = person.fs_webauthn_user_handle
        with app.test_request_context():
            path = app.url_for("people.person", handle=handle)
        return pressing("admin", path, button, **typed)(app, signed_in, visit)

    return found


NEW_PERSON = {"name": "New Person", "email": "new@clinic.example"}
STEPS |= {
    "people.roles": _on_account("Save the roles", roles=["provider"]),
    "people.close": _on_account("Close the account"),
    "people.sign_out": _on_account("End all sessions", who="admin"),
    "people.password_link": _on_account("Link to set a new password"),
    "people.second_step_link": _on_account("Link to set up a new second step"),
    "people.add": pressing(
        "admin", "/staff/accounts/new", "Make the invitation", roles=["front-desk"], **NEW_PERSON
    ),
    "account.recovery_codes": pressing("desk", "/staff/account", "Make new recovery codes"),
    "account.end_all": pressing("desk", "/staff/account", "Sign out everywhere"),
    "account.change_password": pressing(
        "desk",
        "/staff/account/password",
        "Change my password",
        old=PASSWORD,
        password="four invented words together",
        again="four invented words together",
    ),
}


@step("people.reopen")
def _reopen(app: Flask, signed_in: Callable[[str], Any], visit: UUID) -> tuple[Any, Sent]:
    client, (action, sent) = STEPS["people.close"](app, signed_in, visit)
    assert client.post(action, data=sent).status_code == 303
    return _on_account("Open the account again")(app, signed_in, visit)


@step("lead.sign")
def _publish(app: Flask, signed_in: Callable[[str], Any], _visit: UUID) -> tuple[Any, Sent]:
    client = signed_in("lead")
    with app.app_context():
        in_use = current_protocol()
    action, sent = fields(client.get(f"/lead/versions/{in_use.digest}"), "Sign version")
    return client, (
        action,
        sent | {"number": in_use.version, "why": "Read with a colleague", "has_read": "yes"},
    )


def _answering(button: str, *pages: dict[str, Any], typed: dict[str, Any] | None = None) -> Step:
    """A patient who opens a new link and sends these pages, up to the one with this button."""

    def found(app: Flask, _signed_in: Callable[[str], Any], visit: UUID) -> tuple[Any, Sent]:
        with app.app_context():
            token = link(another(db.session.get_one(Appointment, visit)))
        client: Any = app.test_client()
        page = client.get(f"/s/{token}")
        for each in pages:
            page = follow(client, client.send(page, each))
        action, sent = fields(page, button)
        return client, (action, sent | (typed or {}))

    return found


STORES_NOTHING = ("lead.load", "lead.simulator", "intake.start", "intake.birth_date")
BORN = {"born-day": "27", "born-month": "3", "born-year": "1980"}
STEPS |= {
    "intake.start": _answering("Start"),
    "intake.birth_date": _answering("Continue", {}, typed=BORN),
    "intake.questions": _answering("Continue", {}, BORN, typed=NOTHING),
    "intake.more": _answering(
        "Continue", {}, BORN, NOTHING | {"bleed.medicine": ["warfarin"]}, typed={"bleed.why": "other"}
    ),
    "intake.check": _answering("Send my answers", {}, BORN, NOTHING),
    "intake.change": _answering("Change my answers", {}, BORN, NOTHING, {}),
    "intake.keep": _answering("Keep", {}, BORN, NOTHING, {}, {}),
}
ELSEWHERE = {
    "account.login": "tests/account: nobody is known yet",
    "account.passkey": "tests/account: nobody is known yet",
    "account.open_invitation": "tests/account: nobody is known yet",
    "account.welcome": "tests/account: nobody is known yet",
    "account.second_step": "tests/account: takes a code",
    "account.recovery": "tests/account: takes a code",
    "account.confirm": "tests/account: takes a code",
    "account.app": "tests/account: takes a code",
    "account.add_passkey": "tests/account: takes what a passkey signed",
    "account.end_one": "tests/account: takes the mark of one's own session",
    "account.remove_key": "tests/account: takes the name of one's own passkey",
    "account.remove_code_app": "a button about oneself, as account.recovery_codes",
    "account.read_notices": "a button about oneself, as account.recovery_codes",
    "reports": "takes no form",
    "intake.tablet": "tests/intake: a code of its own",
    "intake.give_back": "ends a visit and takes nothing",
    "desk.phone_more": "the same view as desk.phone_questions",
    "lead.version_simulator": "the same view as lead.simulator",
    "provider.sign": "refuses whatever is not on its page: see below",
}


def test_every_endpoint_that_takes_a_form_is_tried() -> None:
    taking = {endpoint for endpoint, access in ENDPOINTS.items() if "POST" in access.methods}
    assert taking == set(STEPS) | set(ELSEWHERE)


@pytest.fixture
def visit(app: Flask) -> UUID:
    with app.app_context():
        booked = appointment()
        answered(booked, {"also": ["o7"]})
        return booked.id


def stored(app: Flask) -> Path:
    """The file of the database, with everything in it."""
    with app.app_context():
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        path = Path(str(db.engine.url.database))
        db.engine.dispose()
    return path


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("endpoint", STEPS)
def test_extra_fields_change_nothing(
    app: Flask, signed_in: Callable[[str], Any], visit: UUID, endpoint: str, tmp_path: Path
) -> None:
    """The same request twice on the same records: without extra fields, and with them."""
    client, (action, sent) = STEPS[endpoint](app, signed_in, visit)
    before = rows(app)
    cookies = {name: cookie.value for name in ("staff", "patient") if (cookie := client.get_cookie(name))}
    shutil.copy(stored(app), tmp_path / "kept")
    without, written = client.post(action, data=sent), rows(app)
    shutil.copy(tmp_path / "kept", stored(app))
    assert rows(app) == before
    for cookie, value in cookies.items():
        client.set_cookie(cookie, value)
    extra = {name: value for name, value in EXTRA.items() if name not in sent}
    answer = client.post(action, data=sent | extra)
    assert answer.status_code == without.status_code
    assert rows(app) == written
    if endpoint in STORES_NOTHING:
        assert written == before
    else:
        assert written != before, "the request without them did nothing, so this shows nothing"


@pytest.mark.parametrize("name", EXTRA)
def test_a_signature_with_a_field_that_is_not_on_the_page_is_refused(
    app: Flask, signed_in: Callable[[str], Any], visit: UUID, name: str
) -> None:
    client = signed_in("provider")
    action, sent = fields(client.get(f"/provider/appointments/{visit}"), "Save and sign")
    sent |= decisions(app, visit, "adapt")
    with app.app_context():
        signed = select(SignOff.provider_name)
        assert client.post(action, data=sent | {name: EXTRA[name]}).status_code == 409
        assert db.session.scalars(signed).all() == []
    assert client.post(action, data=sent).status_code == 303
    with app.app_context():
        assert db.session.scalars(signed).all() == ["Pat Provider"]


def test_only_a_provider_signs_and_only_the_clinical_lead_publishes() -> None:
    assert {name for name, each in ENDPOINTS.items() if each.roles == {PROVIDER}} == {
        "provider.my_day",
        "provider.appointment",
        "provider.sign",
        "provider.ask_for_call",
        "provider.start",
        "provider.hold",
        "provider.verify",
    }
    for endpoint in ("lead.sign", "lead.load"):
        assert ENDPOINTS[endpoint].roles == {LEAD}
