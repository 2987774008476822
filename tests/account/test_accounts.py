"""Looking after accounts: invitations, roles, closing, links back in. Nobody sets another's password."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from screening.account.invitations import add_user
from screening.extensions import db
from screening.records.accounts.accounts import AccountError, add_account, disable
from screening.records.accounts.invitations import ACCOUNT, invite
from screening.records.actors import SYSTEM, Actor
from screening.records.errors import Conflict
from screening.records.transaction import writing
from screening.storage.models import AccountNotice, Invitation, StaffSession, User
from tests.conftest import NOW, PASSWORD, Clock
from tests.support.events import recorded_events
from tests.support.signing_in import (
    RealClient,
    acts,
    code_at,
    give_code,
    give_password,
    has_app,
    last_event,
    person,
    recovery_codes_on,
    secret_of,
    secret_on,
)

NEW_PASSWORD = "four grey umbrellas dripping"
NEW = {"name": "Noa New", "email": "Noa@clinic.example", "roles": ["provider"]}
_LINK = re.compile(r'value="https?://[^/"]+(/staff/welcome/[\w-]{43})"')


def link_on(page: Any) -> str:
    found = _LINK.search(page.text)
    assert found, page.text
    return found[1]


def handle_of(app: Flask, who: str) -> str:
    with app.app_context():
        return str(person(f"{who}@clinic.example").fs_webauthn_user_handle)


def page_of(app: Flask, admin: Any, who: str) -> Any:
    return admin.get(f"/staff/accounts/{handle_of(app, who)}")


def invited(admin: Any, **changes: Any) -> Any:
    return admin.send(admin.get("/staff/accounts/new"), {**NEW, **changes}, button="Make the invitation")


def open_link(client: Any, link: str) -> Any:
    answer = client.send(client.get(link), button="Go on")
    return client.get(answer.location) if answer.status_code == 303 else answer


def choose_password(client: Any, page: Any, password: str = NEW_PASSWORD) -> Any:
    return client.send(page, {"password": password, "again": password}, button="Use this password")


@pytest.fixture
def admin(signed_in_with_app: Any) -> Any:
    return signed_in_with_app("admin")


def test_somebody_is_invited_and_comes_in(real_app: Flask, admin: Any, browser: Any, clock: Clock) -> None:
    link = link_on(invited(admin))
    assert "Invited, not opened yet" in admin.get("/staff/accounts/").text
    start = browser.get(link)
    assert "Noa" not in start.text
    page = open_link(browser, link)
    assert page.request.path == "/staff/welcome"
    assert choose_password(browser, page).location == "/staff/set-up"
    assert browser.get("/provider/").status_code == 302
    app = browser.get("/staff/app")
    done = browser.send(app, {"code": code_at(secret_on(app), clock)}, button="Use this app")
    assert len(recovery_codes_on(done)) == 10
    assert browser.get("/provider/").status_code == 200
    other = real_app.test_client()
    assert give_password(other, "noa", NEW_PASSWORD).location == "/staff/second-step"
    wanted = ["user added", "invitation made", "invitation used", "password changed", "app set up"]
    assert [act for act in acts(real_app) if act in wanted][-5:] == wanted
    made = last_event(real_app, "invitation made")
    assert made.actor_kind == "admin"


def test_P2_opening_the_link_spends_and_shows_nothing(real_app: Flask, admin: Any, browser: Any) -> None:
    link = link_on(invited(admin))
    for _ in range(20):
        browser.get(link)
        browser.head(link)
    page = open_link(browser, link)
    assert "account of Noa New" in page.text
    with real_app.app_context():
        assert db.session.scalars(select(Invitation.used_at)).all() == [None]
    assert choose_password(real_app.test_client(), page).status_code == 404


def test_S7_only_the_hash_of_a_link_is_kept(real_app: Flask, admin: Any) -> None:
    token = link_on(invited(admin)).rpartition("/")[2]
    with real_app.app_context():
        row = db.session.scalars(select(Invitation)).one()
        events = str([event.on for event in recorded_events()])
    assert re.fullmatch(r"[0-9a-f]{64}", row.token_hash)
    assert token not in str(vars(row)) + events


def test_S7_a_link_works_once(real_app: Flask, admin: Any, browser: Any) -> None:
    link = link_on(invited(admin))
    other = real_app.test_client()
    first, second = open_link(browser, link), open_link(other, link)
    assert choose_password(browser, first).status_code == 302
    assert choose_password(other, second, "another long invented one").status_code == 404
    assert open_link_is_over(real_app, link)
    assert give_password(other, "noa", NEW_PASSWORD).location == "/staff/set-up"


def open_link_is_over(app: Flask, link: str) -> bool:
    client: Any = app.test_client()
    answer = client.get(link)
    return bool(answer.status_code == 404 and "does not work any more" in answer.text)


def test_S7_a_link_ends_after_48_hours_and_so_does_a_page_that_it_opened(
    real_app: Flask, admin: Any, browser: Any, clock: Clock
) -> None:
    link = link_on(invited(admin))
    clock.pass_time(hours=47, minutes=59)
    page = open_link(browser, link)
    clock.pass_time(minutes=1)
    assert choose_password(browser, page).status_code == 404
    assert open_link_is_over(real_app, link)


def test_S7_a_newer_link_ends_the_one_before(real_app: Flask, admin: Any) -> None:
    link = link_on(invited(admin))
    again = admin.send(page_of(real_app, admin, "noa"), button="New invitation")
    assert open_link_is_over(real_app, link)
    assert not open_link_is_over(real_app, link_on(again))


def test_P6_unknown_used_and_old_links_read_the_same(
    real_app: Flask, admin: Any, browser: Any, clock: Clock
) -> None:
    used = link_on(invited(admin))
    choose_password(browser, open_link(browser, used))
    pages = {real_app.test_client().get(path).text for path in (used, f"/staff/welcome/{'x' * 43}")}
    clock.pass_time(hours=50)
    pages |= {real_app.test_client().get(path).text for path in (used, "/staff/welcome/y")}
    assert len(pages) == 1


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "at least 15 characters"),
        ("passwordpassword", "passwordpassword", "easy to guess"),
        ("noa new likes olives", "noa new likes olives", "Leave out your name"),
        (NEW_PASSWORD, NEW_PASSWORD + " ", "not the same"),
        ("", "", "at least 15 characters"),
        ("x y" * 50, "x y" * 50, "at most 128"),
    ],
)
def test_S2_a_password_that_cannot_be_used_says_why_and_spends_nothing(
    admin: Any, browser: Any, password: str, again: str, words: str
) -> None:
    page = open_link(browser, link_on(invited(admin)))
    answer = browser.send(page, {"password": password, "again": again}, button="Use this password")
    assert answer.status_code == 422
    assert words in answer.text
    assert choose_password(browser, answer).status_code == 302


@pytest.mark.parametrize(
    "password", ["  spaces around it stay  ", "ünïcödé 密码 🐙 stays too", "tab\tand\x01bell stay"]
)
def test_S2_a_password_is_kept_exactly_as_typed(
    real_app: Flask, admin: Any, browser: Any, password: str
) -> None:
    choose_password(browser, open_link(browser, link_on(invited(admin))), password)
    other = real_app.test_client()
    assert give_password(other, "noa", password.strip() + "x").status_code == 400
    assert give_password(other, "noa", password).status_code == 302


def test_S7_a_new_password_does_not_skip_the_second_step(
    real_app: Flask, admin: Any, browser: Any, clock: Clock
) -> None:
    secret = has_app(real_app)
    link = link_on(admin.send(page_of(real_app, admin, "desk"), button="Link to set a new password"))
    page = open_link(browser, link)
    assert choose_password(browser, page).location == "/staff/second-step"
    assert browser.get("/desk/").status_code == 302
    assert give_code(browser, code_at(secret, clock)).status_code == 302
    assert give_password(real_app.test_client(), "desk", PASSWORD).status_code == 400


def test_S7_a_new_second_step_takes_the_password(
    real_app: Flask, admin: Any, browser: Any, clock: Clock
) -> None:
    old = has_app(real_app)
    link = link_on(admin.send(page_of(real_app, admin, "desk"), button="Link to set up a new second step"))
    page = open_link(browser, link)
    assert "desk@clinic.example" not in page.text
    wrong = browser.send(page, {"password": "not the password at all"}, button="Go on")
    assert wrong.status_code == 422
    with real_app.app_context():
        assert person().tf_totp_secret
    assert browser.send(wrong, {"password": PASSWORD}, button="Go on").location == "/staff/set-up"
    app = browser.get("/staff/app")
    browser.send(app, {"code": code_at(secret_on(app), clock)}, button="Use this app")
    assert browser.get("/desk/").status_code == 200
    clock.pass_time(seconds=30)
    other = real_app.test_client()
    give_password(other)
    assert give_code(other, code_at(old, clock)).status_code == 400


def test_guessing_behind_a_link_is_slowed_too(real_app: Flask, admin: Any, browser: Any) -> None:
    has_app(real_app)
    link = link_on(admin.send(page_of(real_app, admin, "desk"), button="Link to set up a new second step"))
    page = open_link(browser, link)
    found = [browser.send(page, {"password": "not it at all"}, button="Go on").status_code for _ in range(6)]
    assert found == [422] * 5 + [429]


def test_E2_new_roles_work_at_once_and_old_sessions_end(
    real_app: Flask, admin: Any, signed_in_with_app: Any
) -> None:
    desk = signed_in_with_app("desk")
    assert desk.get("/desk/").status_code == 200
    page = page_of(real_app, admin, "desk")
    admin.send(page, {"roles": ["provider"]}, button="Save the roles")
    assert desk.get("/desk/").status_code == 302
    give_password(desk)
    event = last_event(real_app, "roles changed")
    assert (event.actor_kind, event.on["roles"]) == ("admin", "provider")
    with real_app.app_context():
        assert [role.name for role in person().roles] == ["provider"]


@pytest.mark.parametrize("roles", [[], ["owner"], ["admin", "owner"], ["provider", "provider"]])
def test_A4_no_other_role_can_be_given(real_app: Flask, admin: Any, roles: list[str]) -> None:
    page = page_of(real_app, admin, "desk")
    answer = admin.send(page, {"roles": roles or None}, button="Save the roles")
    assert answer.status_code == 422
    with real_app.app_context():
        assert [role.name for role in person().roles] == ["front-desk"]


def test_E2_closing_an_account_works_at_once(real_app: Flask, admin: Any, signed_in_with_app: Any) -> None:
    desk = signed_in_with_app("desk")
    admin.send(page_of(real_app, admin, "desk"), button="Close the account")
    assert desk.get("/desk/").status_code == 302
    assert give_password(real_app.test_client()).status_code == 400
    admin.send(page_of(real_app, admin, "desk"), button="Open the account again")
    assert give_password(real_app.test_client()).status_code == 302


def test_an_invitation_of_a_closed_account_is_over(real_app: Flask, admin: Any) -> None:
    link = link_on(invited(admin))
    admin.send(page_of(real_app, admin, "noa"), button="Close the account")
    assert open_link_is_over(real_app, link)


def test_the_last_admin_stays(real_app: Flask, admin: Any) -> None:
    page = page_of(real_app, admin, "admin")
    for button, fields in (("Close the account", {}), ("Save the roles", {"roles": ["provider"]})):
        answer = admin.send(page, fields, button=button)
        assert answer.status_code == 409
        assert "last person" in answer.text
    invited(admin, roles=["admin"])
    # Who was invited and never came is nobody to leave the accounts to.
    assert admin.send(page, button="Close the account").status_code == 409
    with real_app.app_context(), writing():
        person("noa@clinic.example").password = "set"
    assert admin.send(page, button="Close the account").status_code == 303


def test_E2_ending_the_sessions_of_somebody_works_at_once(
    real_app: Flask, admin: Any, signed_in_with_app: Any
) -> None:
    desk = signed_in_with_app("desk")
    admin.send(page_of(real_app, admin, "desk"), button="End all sessions")
    assert desk.get("/desk/").status_code == 302
    with real_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(StaffSession)) == 1
    assert last_event(real_app, "sessions ended").actor_kind == "admin"


def test_somebody_signs_themselves_out_everywhere(
    real_app: Flask, signed_in_with_app: Any, clock: Clock
) -> None:
    first = signed_in_with_app("desk")
    with real_app.app_context():
        secret = secret_of(person())
    clock.pass_time(seconds=30)
    second: Any = real_app.test_client()
    give_password(second)
    give_code(second, code_at(secret, clock))
    assert second.get("/desk/").status_code == 200
    second.send(second.get("/staff/account"), button="Sign out everywhere")
    assert (first.get("/desk/").status_code, second.get("/desk/").status_code) == (302, 302)


def test_E2_a_new_password_ends_every_other_session(
    real_app: Flask, signed_in_with_app: Any, clock: Clock
) -> None:
    client = signed_in_with_app("desk")
    thief = real_app.test_client()
    cookie = client.get_cookie("__Host-staff", domain="clinic.example")
    thief.set_cookie("__Host-staff", cookie.value, domain="clinic.example", secure=True)
    assert thief.get("/desk/").status_code == 200
    page = client.get("/staff/account/password")
    fields = {"old": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    wrong = client.send(page, {**fields, "old": "not the old one"}, button="Change my password")
    assert wrong.status_code == 422
    assert "not your password until now" in wrong.text
    assert NEW_PASSWORD not in wrong.text
    assert client.send(wrong, fields, button="Change my password").status_code == 303
    assert thief.get("/desk/").status_code == 302
    assert client.get("/desk/").status_code == 200
    assert give_password(real_app.test_client(), "desk", NEW_PASSWORD).status_code == 302
    assert give_password(real_app.test_client(), "desk", PASSWORD).status_code == 400


def test_guessing_the_old_password_is_slowed(signed_in: Any) -> None:
    client = signed_in("desk")
    page = client.get("/staff/account/password")
    fields = {"old": "wrong and wrong", "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    for _ in range(10):
        assert "too many tries" not in client.send(page, fields, button="Change my password").text
    assert "too many tries" in client.send(page, fields, button="Change my password").text


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ("Link to set a new password", "made a link with which you can set a new password"),
        ("Link to set up a new second step", "made a link with which you can set up a new second step"),
        ("End all sessions", "signed you out everywhere"),
        ("Close the account", "closed your account"),
        ("Save the roles", "changed your roles. They are now: front-desk"),
    ],
)
def test_S7_people_are_told_of_every_change(
    real_app: Flask, admin: Any, clock: Clock, button: str, words: str
) -> None:
    admin.send(page_of(real_app, admin, "desk"), button=button)
    with real_app.app_context():
        told = list(db.session.scalars(select(AccountNotice.words)))
    assert any(f"Alex Admin {words}" in each for each in told)


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "desk@clinic.example"},
        {"email": " DESK@clinic.example "},
        {"email": "nobody"},
        {"email": "a b@clinic.example"},
        {"email": "@clinic.example"},
        {"email": "x" * 300 + "@clinic.example"},
        {"email": "new\x00@clinic.example"},
        {"name": ""},
        {"name": "x" * 121},
        {"name": "bell\x07"},
        {"roles": None},
    ],
)
def test_S8_one_person_one_account_and_bad_input_keeps_what_was_typed(
    real_app: Flask, admin: Any, changes: dict[str, Any]
) -> None:
    answer = invited(admin, **changes)
    assert answer.status_code in (409, 422)
    assert "There is a problem" in answer.text
    if "name" not in changes:
        assert 'value="Noa New"' in answer.text
    with real_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 5


def test_an_account_of_nobody_is_not_found(admin: Any) -> None:
    assert admin.get("/staff/accounts/1").status_code == 404
    assert admin.get("/staff/accounts/%00").status_code == 404


def test_an_admin_acts_as_admin_on_the_desks_pages(app: Flask, signed_in: Any) -> None:
    from tests.support.factories import appointment

    with app.app_context():
        visit = appointment()
        address = f"/desk/appointments/{visit.id}"
    client = signed_in("admin")
    client.send(client.get(address), button="Make a link")
    assert last_event(app, "link issued").actor_kind == "admin"


def test_no_page_of_accounts_sets_a_password(admin: Any, real_app: Flask) -> None:
    for page in (admin.get("/staff/accounts/new"), page_of(real_app, admin, "desk")):
        assert 'type="password"' not in page.text


def test_accounts_have_random_names_in_addresses(real_app: Flask) -> None:
    assert re.fullmatch(r"[0-9a-f]{32}", handle_of(real_app, "desk"))


@pytest.mark.parametrize(
    ("email", "name", "roles"),
    [("x@clinic.example", " ", ["provider"]), ("x", "X", ["provider"]), ("x@clinic.example", "X", ["owner"])],
)
def test_an_account_needs_a_name_an_address_and_real_roles(
    app: Flask, email: str, name: str, roles: list[str]
) -> None:
    with app.app_context(), pytest.raises(AccountError), writing():
        add_account(email, name, roles, NOW, SYSTEM)


@pytest.mark.parametrize("password", ["too short", "passwordpassword", "x" * 200])
def test_even_invented_people_have_real_passwords(app: Flask, password: str) -> None:
    with app.app_context(), pytest.raises(AccountError):
        add_user("x@clinic.example", "X", password, ["provider"])


def test_nobody_invites_into_a_closed_account(app: Flask) -> None:
    with app.app_context(), writing():
        disable(person(), NOW, Actor("admin", 4, "Alex Admin"))
    with app.app_context(), pytest.raises(Conflict), writing():
        invite(person(), ACCOUNT, NOW, SYSTEM)


def test_the_real_clinic_of_these_tests_is_one(real_app: Flask) -> None:
    assert not real_app.extensions["config"].is_demo
    assert real_app.test_client_class is RealClient
