"""What cannot be taken back asks once more who is there, and nothing that was typed is lost on the way."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from screening.extensions import db
from screening.records.accounts.password_hashes import hash_password
from screening.records.transaction import writing
from screening.storage.models import Appointment, Override, SignOff, StaffSession
from screening.web.endpoints import ENDPOINTS
from tests.conftest import PASSWORD, Clock
from tests.support.acupuncture import WARFARIN
from tests.support.databases import one_database
from tests.support.deciding import address, decisions
from tests.support.factories import answered, appointment
from tests.support.pages import find, form_fields, parsed
from tests.support.signing_in import acts

ASKS = sorted(name for name, rules in ENDPOINTS.items() if rules.asks_again is not None)
CONFIRM = "Confirm and go on"
HEADING = "Please confirm that it is you"


@pytest.fixture
def visit(app: Flask) -> UUID:
    with app.app_context():
        made = appointment()
        answered(made, WARFARIN)
        return made.id


def later(app: Flask, clock: Clock, minutes: float = 15) -> None:
    """Somebody works on without a break: the session holds, and the proof grows old."""
    clock.pass_time(minutes=minutes)
    with app.app_context(), writing() as session:
        for row in session.scalars(select(StaffSession)):
            row.seen_at = clock.now


def decided(app: Flask, visit: UUID, words: str = "Talked it through") -> dict[str, Any]:
    fields = decisions(app, visit, "adapt")
    return {name: words if name.startswith("reason-") else value for name, value in fields.items()}


def sign_offs(app: Flask) -> int:
    with app.app_context():
        return int(db.session.scalar(select(func.count()).select_from(SignOff)) or 0)


def confirm(client: Any, page: Any, password: str = PASSWORD) -> Any:
    return client.send(page, {"proof-password": password}, button=CONFIRM)


def test_E6_signing_asks_again_after_fifteen_minutes_and_loses_nothing(
    app: Flask, provider_client: Any, visit: UUID, clock: Clock
) -> None:
    page = provider_client.get(address(visit))
    fields = decided(app, visit)
    later(app, clock)
    asked = provider_client.send(page, fields, button="Save and sign")
    assert asked.status_code == 403
    assert HEADING in asked.text
    assert sign_offs(app) == 0
    signed = confirm(provider_client, asked)
    assert signed.status_code == 303, signed.text
    assert sign_offs(app) == 1
    assert "proved again" in acts(app)


def test_E6_within_fifteen_minutes_nothing_is_asked(
    app: Flask, provider_client: Any, visit: UUID, clock: Clock
) -> None:
    page = provider_client.get(address(visit))
    later(app, clock, 14.9)
    assert provider_client.send(page, decided(app, visit), button="Save and sign").status_code == 303


def test_E6_a_proof_holds_for_fifteen_minutes(
    app: Flask, provider_client: Any, visit: UUID, clock: Clock
) -> None:
    page = provider_client.get(address(visit))
    later(app, clock)
    confirm(provider_client, provider_client.send(page, decided(app, visit), button="Save and sign"))
    later(app, clock, 14)
    again = provider_client.get(address(visit) + "?again=1")
    assert provider_client.send(again, decided(app, visit), button="Save and sign").status_code == 303
    later(app, clock, 1)
    again = provider_client.get(address(visit) + "?again=1")
    assert HEADING in provider_client.send(again, decided(app, visit), button="Save and sign").text


def test_a_wrong_password_asks_again_with_everything_kept(
    app: Flask, provider_client: Any, visit: UUID, clock: Clock
) -> None:
    page = provider_client.get(address(visit))
    words = 'First line\nsecond "line" & <b>ünï</b>'
    later(app, clock)
    asked = provider_client.send(page, decided(app, visit, words), button="Save and sign")
    for _ in range(3):
        before = kept_on(asked)
        asked = confirm(provider_client, asked, "not my password at all")
        assert asked.status_code == 403
        assert "This is not your password" in asked.text
        assert kept_on(asked) == before
        assert any(words in values for values in before.values())
    assert sign_offs(app) == 0
    assert confirm(provider_client, asked).status_code == 303
    assert acts(app).count("proof refused") == 3


def kept_on(page: Any) -> dict[str, list[str]]:
    form = next(form for form in parsed(page.text).iter("form") if find(form, "input", id="proof-password"))
    fields = form_fields(form)
    fields.pop("csrf_token")
    return fields


def test_every_value_of_a_field_is_kept(app: Flask, signed_in: Any, clock: Clock) -> None:
    admin = signed_in("admin")
    page = admin.get("/staff/accounts/new")
    later(app, clock)
    sent = {"name": "Noa", "email": "noa@clinic.example", "roles": ["provider", "clinical-lead"]}
    asked = admin.send(page, sent)
    assert kept_on(asked)["roles"] == ["provider", "clinical-lead"]
    assert "Noa" in confirm(admin, asked).text
    with app.app_context():
        from tests.support.signing_in import person

        assert {role.name for role in person("noa@clinic.example").roles} == {"provider", "clinical-lead"}


def test_guessing_at_the_question_is_slowed(
    app: Flask, provider_client: Any, visit: UUID, clock: Clock
) -> None:
    page = provider_client.get(address(visit))
    later(app, clock)
    asked = provider_client.send(page, decided(app, visit), button="Save and sign")
    for _ in range(10):
        asked = confirm(provider_client, asked, "not my password at all")
    asked = confirm(provider_client, asked)
    assert "too many tries" in asked.text
    assert sign_offs(app) == 0
    later(app, clock, 15)
    assert confirm(provider_client, asked).status_code == 303


def test_the_proof_of_somebody_else_is_none(
    app: Flask, provider_client: Any, visit: UUID, clock: Clock
) -> None:
    with app.app_context(), writing():
        from tests.support.signing_in import person

        person("second@clinic.example").password = hash_password("a quite different one")
    page = provider_client.get(address(visit))
    later(app, clock)
    asked = provider_client.send(page, decided(app, visit), button="Save and sign")
    assert confirm(provider_client, asked, "a quite different one").status_code == 403


def test_E5_a_page_with_a_foreign_token_is_not_asked_but_refused(
    app: Flask, provider_client: Any, visit: UUID, clock: Clock
) -> None:
    page = provider_client.get(address(visit))
    later(app, clock)
    fields = {**decided(app, visit), "csrf_token": "made-up", "proof-password": PASSWORD}
    answer = provider_client.send(page, fields, button="Save and sign")
    assert HEADING not in answer.text
    assert "open for a long time" in answer.text
    assert sign_offs(app) == 0
    assert "proved again" not in acts(app)


def test_a_question_that_was_overtaken_in_another_window_loses_nothing(
    app: Flask, provider_client: Any, visit: UUID, clock: Clock
) -> None:
    page = provider_client.get(address(visit))
    later(app, clock)
    asked = provider_client.send(page, decided(app, visit, "Kept here"), button="Save and sign")
    confirm(provider_client, provider_client.get("/staff/confirm"))
    stale = confirm(provider_client, asked)
    assert stale.status_code == 422
    assert "What you typed is still here" in stale.text
    assert "Kept here" in stale.text
    assert provider_client.send(stale, button="Save and sign").status_code == 303


def test_E1_the_session_has_a_new_id_after_the_proof(
    app: Flask, provider_client: Any, visit: UUID, clock: Clock
) -> None:
    page = provider_client.get(address(visit))
    later(app, clock)
    asked = provider_client.send(page, decided(app, visit), button="Save and sign")
    before = provider_client.get_cookie("staff").value
    confirm(provider_client, asked)
    assert provider_client.get_cookie("staff").value != before
    thief = app.test_client()
    thief.set_cookie("staff", before)
    assert thief.get("/provider/").status_code == 302


def test_E6_a_start_asks_only_where_it_goes_against_the_gate(
    app: Flask, provider_client: Any, visit: UUID, clock: Clock
) -> None:
    later(app, clock)
    page = provider_client.get(address(visit))
    plain = provider_client.send(page, {"reason": ""}, button="Start it, with this reason")
    assert HEADING not in plain.text
    asked = provider_client.send(page, {"reason": "Severe pain"}, button="Start it, with this reason")
    assert HEADING in asked.text
    with app.app_context():
        assert db.session.get_one(Appointment, visit).started_at is None
    assert confirm(provider_client, asked).status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Override.reason)).all() == ["Severe pain"]


@one_database
@pytest.mark.parametrize("endpoint", ASKS)
def test_E6_each_of_them_asks_with_an_old_session(
    app: Flask, signed_in: Any, visit: UUID, clock: Clock, endpoint: str
) -> None:
    who = {"provider": "provider", "lead": "lead", "people": "admin"}.get(endpoint.split(".")[0], "desk")
    client = signed_in(who)
    token = form_fields(next(parsed(client.get("/staff/account").text).iter("form")))["csrf_token"]
    with app.test_request_context():
        from tests.support.signing_in import person

        values = {
            "appointment_id": visit,
            "digest": app.extensions["protocol"].digest,
            "handle": person().fs_webauthn_user_handle,
        }
        rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == endpoint)
        path = app.url_for(endpoint, **{name: values[name] for name in rule.arguments})
    before = acts(app)
    later(app, clock)
    answer = client.post(path, data={"csrf_token": token, "reason": "Severe pain"})
    assert answer.status_code == 403
    assert HEADING in answer.text
    assert acts(app) == before


def test_every_act_on_accounts_asks() -> None:
    changes = {
        name for name, access in ENDPOINTS.items() if "POST" in access.methods and name.startswith("people.")
    }
    assert changes <= set(ASKS)


def test_a_page_that_makes_a_secret_asks_before_it_opens(app: Flask, desk_client: Any, clock: Clock) -> None:
    later(app, clock)
    answer = desk_client.get("/staff/app")
    assert answer.location == "/staff/confirm?next=/staff/app"
    page = desk_client.get(answer.location)
    wrong = confirm(desk_client, page, "not my password at all")
    assert wrong.status_code == 422
    assert confirm(desk_client, wrong).location == "/staff/app"
    assert desk_client.get("/staff/app").status_code == 200


def test_E3_a_form_sent_after_the_session_ended_is_kept(
    app: Flask, desk_client: Any, visit: UUID, clock: Clock
) -> None:
    page = desk_client.get(f"/desk/appointments/{visit}")
    clock.pass_time(minutes=16)
    words = "Please ask about\nthe “new” medicine & dose"
    out = desk_client.send(page, {"about": words}, button="Put the call on the list")
    assert out.status_code == 403
    assert "You were signed out" in out.text
    again = desk_client.send(out, button="Open the form again")
    assert "You were signed out" in again.text
    desk_client.send(
        desk_client.get("/staff/sign-in"), {"email": "desk@clinic.example", "password": PASSWORD}
    )
    back = desk_client.send(again, button="Open the form again")
    assert "What you typed is still here" in back.text
    assert "the “new” medicine &amp; dose" in back.text
    done = desk_client.send(back, button="Put the call on the list")
    assert done.status_code == 303
    with app.app_context():
        from screening.storage.models import Call

        assert db.session.scalars(select(Call.about)).all() == [words]


def test_no_password_is_ever_kept_on_a_page(app: Flask, desk_client: Any, clock: Clock) -> None:
    page = desk_client.get("/staff/account/password")
    clock.pass_time(minutes=16)
    new = "four grey umbrellas dripping"
    out = desk_client.send(page, {"old": PASSWORD, "password": new, "again": new})
    assert "You were signed out" in out.text
    assert new not in out.text
    assert PASSWORD not in out.text


def test_an_act_that_was_done_already_is_not_done_twice(
    app: Flask, provider_client: Any, visit: UUID, clock: Clock
) -> None:
    page = provider_client.get(address(visit))
    later(app, clock)
    asked = provider_client.send(page, decided(app, visit), button="Save and sign")
    confirm(provider_client, asked)
    again = confirm(provider_client, asked)
    assert again.status_code in (409, 422)
    assert sign_offs(app) == 1
