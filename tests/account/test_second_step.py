"""The second step: codes that work once, recovery codes that are kept as hashes, and setting both up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from config import DataKey
from screening.app import create_app
from screening.extensions import db
from screening.maintenance.key_check import Opened, open_all
from screening.records.accounts.app_secrets import new_app_secret, open_app_secret, rewrap_app_secrets
from screening.records.accounts.second_factors import (
    new_recovery_codes,
    remove_app,
    use_code,
    use_recovery_code,
)
from screening.records.accounts.totp import app_address
from screening.records.actors import SYSTEM
from screening.records.errors import Conflict
from screening.records.transaction import writing
from screening.storage.encryption import Tampered, master_of
from screening.storage.models import User
from tests.conftest import CLINIC, DATA_KEY, NOW, Clock, config_for
from tests.support.databases import close
from tests.support.events import recorded_events
from tests.support.signing_in import (
    acts,
    code_at,
    give_code,
    give_password,
    has_app,
    person,
    recovery_codes_on,
    secret_of,
    secret_on,
)


def codes_of(app: Flask, who: str = "desk") -> list[str]:
    with app.app_context(), writing():
        return new_recovery_codes(person(f"{who}@clinic.example"), NOW, SYSTEM)


def give_recovery_code(client: Any, code: str) -> Any:
    page = client.get("/staff/second-step")
    return client.send(page, {"recovery_code": code}, button="Use this recovery code")


def test_somebody_sets_up_an_app_after_the_password_and_is_let_in(
    real_app: Flask, browser: Any, clock: Clock
) -> None:
    give_password(browser)
    page = browser.get("/staff/app")
    picture = browser.get("/staff/app/code.svg")
    assert picture.mimetype == "image/svg+xml"
    assert b"<svg" in picture.data
    wrong = browser.send(page, {"code": "000000"}, button="Use this app")
    assert wrong.status_code == 400
    assert browser.get("/desk/").status_code == 302
    assert secret_on(wrong) == secret_on(page)
    done = browser.send(wrong, {"code": code_at(secret_on(page), clock)}, button="Use this app")
    assert len(recovery_codes_on(done)) == 10
    assert browser.get("/desk/").status_code == 200
    assert acts(real_app)[-3:] == ["app set up", "recovery codes made", "signed in"]


def test_the_code_that_set_up_an_app_does_not_work_again(real_app: Flask, browser: Any, clock: Clock) -> None:
    give_password(browser)
    page = browser.get("/staff/app")
    code = code_at(secret_on(page), clock)
    browser.send(page, {"code": code}, button="Use this app")
    other = real_app.test_client()
    give_password(other)
    assert give_code(other, code).status_code == 400
    clock.pass_time(seconds=30)
    assert give_code(other, code_at(secret_on(page), clock)).status_code == 302


def test_S6_a_code_works_once_even_within_its_half_minute(real_app: Flask, clock: Clock) -> None:
    secret = has_app(real_app)
    first, second = real_app.test_client(), real_app.test_client()
    give_password(first)
    give_password(second)
    code = code_at(secret, clock)
    assert give_code(first, code).status_code == 302
    again = give_code(second, code)
    assert again.status_code == 400
    assert "used already" in again.text
    assert second.get("/desk/").status_code == 302


def test_S6_a_code_works_once_after_a_failed_try_too(real_app: Flask, clock: Clock) -> None:
    secret = has_app(real_app)
    first, second = real_app.test_client(), real_app.test_client()
    give_password(first)
    give_password(second)
    code = code_at(secret, clock)
    assert give_code(first, "000000").status_code == 400
    assert give_code(first, code).status_code == 302
    assert give_code(second, "000001").status_code == 400
    assert give_code(second, code).status_code == 400


def test_S6_an_earlier_code_does_not_work_after_a_later_one(real_app: Flask, clock: Clock) -> None:
    secret = has_app(real_app)
    early = code_at(secret, clock)
    clock.pass_time(seconds=30)
    first, second = real_app.test_client(), real_app.test_client()
    give_password(first)
    give_password(second)
    assert give_code(first, code_at(secret, clock)).status_code == 302
    assert give_code(second, early).status_code == 400


def test_S6_of_two_at_once_with_one_code_one_comes_in(real_app: Flask, clock: Clock) -> None:
    secret = has_app(real_app)
    code = code_at(secret, clock)

    def come_in(_number: int) -> int:
        with real_app.app_context(), writing():
            return int(use_code(person(), code, clock.now))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(come_in, range(4))) == 1


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_phone_that_is_half_a_minute_off_is_still_right(
    real_app: Flask, browser: Any, clock: Clock, seconds: int
) -> None:
    secret = has_app(real_app)
    give_password(browser)
    phone = Clock()
    phone.pass_time(seconds=seconds)
    assert give_code(browser, code_at(secret, phone)).status_code == 302


def test_an_old_code_is_wrong(real_app: Flask, browser: Any, clock: Clock) -> None:
    secret = has_app(real_app)
    code = code_at(secret, clock)
    clock.pass_time(minutes=2)
    give_password(browser)
    assert give_code(browser, code).status_code == 400


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "١٢٣٤٥٦", "abcdef", "-12345", "1e5", "０" * 6, "1" * 5_000]
)
def test_anything_else_is_a_wrong_code_and_no_error(real_app: Flask, browser: Any, typed: str) -> None:
    has_app(real_app)
    give_password(browser)
    assert give_code(browser, typed).status_code == 400


def test_a_code_may_be_typed_as_apps_show_it(real_app: Flask, browser: Any, clock: Clock) -> None:
    code = code_at(has_app(real_app), clock)
    give_password(browser)
    assert give_code(browser, f"{code[:3]} {code[3:]}").status_code == 302


def test_S4_guessing_codes_is_slowed_and_the_right_one_not_looked_at(
    real_app: Flask, browser: Any, clock: Clock
) -> None:
    secret = has_app(real_app)
    give_password(browser)
    found = [give_code(browser, f"00000{number}").status_code for number in range(6)]
    assert found == [400] * 5 + [429]
    assert give_code(browser, code_at(secret, clock)).status_code == 429
    # The password again does not bring new tries.
    give_password(browser)
    assert give_code(browser, code_at(secret, clock)).status_code == 429
    elsewhere = real_app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "198.51.100.2"
    give_password(elsewhere)
    assert give_code(elsewhere, code_at(secret, clock)).status_code == 302


def test_the_second_step_waits_fifteen_minutes(real_app: Flask, browser: Any, clock: Clock) -> None:
    secret = has_app(real_app)
    give_password(browser)
    page = browser.get("/staff/second-step")
    clock.pass_time(minutes=14)
    assert browser.get("/staff/second-step").status_code == 200
    clock.pass_time(minutes=1)
    late = browser.send(page, {"code": code_at(secret, clock)}, button="Go on")
    assert late.location == "/staff/sign-in"
    assert "Please sign in again" in browser.get("/staff/sign-in").text


def test_nobody_between_the_steps_can_set_up_another_second_step(real_app: Flask, browser: Any) -> None:
    has_app(real_app)
    give_password(browser)
    for path in ("/staff/set-up", "/staff/app", "/staff/passkeys/new"):
        assert browser.get(path).location == "/staff/sign-in"
    assert browser.get("/staff/app/code.svg").status_code == 404
    token = browser.get("/staff/second-step")
    browser.get("/staff/second-step")
    assert browser.send(token, {"code": "000000"}).status_code in (400, 302)


def test_E1_the_id_of_before_the_password_knows_nothing_of_the_step(real_app: Flask, browser: Any) -> None:
    page = browser.get("/staff/sign-in")
    planted = real_app.test_client()
    cookie = browser.get_cookie("__Host-staff", domain="clinic.example")
    assert cookie is not None
    planted.set_cookie("__Host-staff", cookie.value, domain="clinic.example", secure=True)
    assert give_password(browser, page=page).location == "/staff/set-up"
    assert browser.get("/staff/set-up").status_code == 200
    assert planted.get("/staff/set-up").status_code == 302


def test_a_recovery_code_takes_the_place_of_the_app_once(real_app: Flask, browser: Any) -> None:
    has_app(real_app)
    codes = codes_of(real_app)
    give_password(browser)
    assert give_recovery_code(browser, codes[3].upper().replace("-", " ")).status_code == 302
    assert "9 are left" in browser.get("/staff/account").text
    other = real_app.test_client()
    give_password(other)
    assert give_recovery_code(other, codes[3]).status_code == 400
    assert give_recovery_code(other, codes[4]).status_code == 302
    assert acts(real_app).count("recovery code used") == 2


def test_S6_of_two_at_once_with_one_recovery_code_one_comes_in(real_app: Flask) -> None:
    code = codes_of(real_app)[0]

    def come_in(_number: int) -> int:
        with real_app.app_context(), writing():
            return int(use_recovery_code(person(), code, NOW, SYSTEM))

    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(come_in, range(3))) == 1


@pytest.mark.parametrize("typed", ["", "-", "0000-0000-0000", "x" * 5_000, ","])
def test_what_is_no_recovery_code_is_wrong(real_app: Flask, browser: Any, typed: str) -> None:
    has_app(real_app)
    codes_of(real_app)
    give_password(browser)
    assert give_recovery_code(browser, typed).status_code == 400


def test_S6_recovery_codes_are_kept_as_hashes_only(real_app: Flask) -> None:
    codes = codes_of(real_app)
    with real_app.app_context():
        kept = person().mf_recovery_codes
        everything = str([vars(event) for event in recorded_events()])
    assert kept is not None
    assert all(each.startswith("$argon2id$") for each in kept)
    assert len(set(kept)) == len(codes) == 10
    for code in codes:
        assert code not in str(kept)
        assert code.replace("-", "") not in str(kept) + everything


def test_new_recovery_codes_end_the_old_ones(real_app: Flask, signed_in_with_app: Any) -> None:
    old = codes_of(real_app)
    client = signed_in_with_app("desk")
    page = client.send(client.get("/staff/account"), button="Make new recovery codes")
    new = recovery_codes_on(page)
    assert len(new) == 10
    assert new[0] not in client.get("/staff/account").text
    other = real_app.test_client()
    give_password(other)
    assert give_recovery_code(other, old[0]).status_code == 400
    assert give_recovery_code(other, new[0]).status_code == 302


def test_the_last_second_step_is_never_removed(real_app: Flask, signed_in_with_app: Any) -> None:
    client = signed_in_with_app("desk")
    page = client.send(client.get("/staff/account"), button="Remove the app")
    assert page.status_code == 409
    assert "last second step" in page.text
    with real_app.app_context(), pytest.raises(Conflict), writing():
        remove_app(person(), NOW, SYSTEM)


def test_replacing_the_app_ends_the_old_one_and_every_other_session(
    real_app: Flask, signed_in_with_app: Any, clock: Clock
) -> None:
    client = signed_in_with_app("desk")
    with real_app.app_context():
        old = secret_of(person())
    elsewhere = real_app.test_client()
    clock.pass_time(seconds=30)
    give_password(elsewhere)
    give_code(elsewhere, code_at(old, clock))
    assert elsewhere.get("/desk/").status_code == 200
    clock.pass_time(seconds=30)
    page = client.get("/staff/app")
    assert "replaces the app" in page.text
    assert secret_on(page).replace("-", "") != old
    client.send(page, {"code": code_at(secret_on(page), clock)}, button="Use this app")
    assert elsewhere.get("/desk/").status_code == 302
    assert client.get("/desk/").status_code == 200
    clock.pass_time(seconds=30)
    give_password(elsewhere)
    assert give_code(elsewhere, code_at(old, clock)).status_code == 400
    assert give_code(elsewhere, code_at(secret_on(page), clock)).status_code == 302


def test_a_secret_is_encrypted_and_moves_to_the_newest_key(database_url: str, clock: Clock) -> None:
    newer = DataKey("a-new-one", bytes(range(1, 33)))
    before = create_app(config_for(database_url), now=clock)
    with before.app_context():
        from tests.conftest import add_staff

        add_staff()
    secret = has_app(before)
    with before.app_context():
        stored = str(person().tf_totp_secret)
        assert secret not in stored
        assert master_of(stored) == DATA_KEY.id
        assert len(stored) <= 255
    # The new key's name sorts before the old one's: the order in the settings counts, not the name.
    assert newer.id < DATA_KEY.id
    after = create_app(replace(config_for(database_url), data_keys=(newer, DATA_KEY)), now=clock)
    with after.app_context():
        with writing():
            assert use_code(person(), code_at(secret, clock), clock.now)
        with writing():
            assert rewrap_app_secrets(clock.now, SYSTEM) == 1
        with writing():
            assert rewrap_app_secrets(clock.now, SYSTEM) == 0
        assert master_of(str(person().tf_totp_secret)) == newer.id
    alone = create_app(replace(config_for(database_url), data_keys=(newer,)), now=clock)
    clock.pass_time(seconds=30)
    with alone.app_context(), writing():
        assert use_code(person(), code_at(secret, clock), clock.now)
    for app in (before, after, alone):
        close(app)


def test_D1_a_secret_that_was_moved_to_another_account_opens_for_nobody(app: Flask, clock: Clock) -> None:
    """Who can write to the database cannot give somebody else's account an app that they hold."""
    mine = has_app(app)
    with app.app_context():
        moved = str(person().tf_totp_secret)
        with writing():
            person("lead@clinic.example").tf_totp_secret = moved
        lead = person("lead@clinic.example")
        with writing(), pytest.raises(Tampered):
            use_code(lead, code_at(mine, clock), clock.now)
        assert [(found.table, found.row) for found in open_all(db.session, Opened())] == [
            ("user", str(lead.id))
        ]


def test_two_applications_in_one_process_keep_their_own_keys(database_url: str, clock: Clock) -> None:
    other = DataKey("other", bytes(range(2, 34)))
    first = create_app(config_for(database_url), now=clock)
    second = create_app(replace(config_for(database_url), data_keys=(other,)), now=clock)
    for app, key in ((first, DATA_KEY), (second, other)):
        with app.app_context():
            assert master_of(new_app_secret(User(id=1))) == key.id


def test_the_secret_reads_the_clinic_and_the_account_and_nothing_more(real_app: Flask) -> None:
    has_app(real_app)
    with real_app.app_context():
        secret = open_app_secret(person(), str(person().tf_totp_secret))
        uri = app_address(secret, "desk@clinic.example", CLINIC.name)
    assert uri.startswith("otpauth://totp/Harbour%20Spine%20Clinic:desk%40clinic.example?secret=")


def test_everything_about_second_steps_is_told_to_its_owner(real_app: Flask, signed_in_with_app: Any) -> None:
    client = signed_in_with_app("desk")
    assert "Something changed about your account" in client.get("/desk/").text
    page = client.get("/staff/account")
    assert "An authenticator app was set up" in page.text
    assert "New:" in page.text
    client.send(page, button="I have read this")
    assert "New:" not in client.get("/staff/account").text
    assert "Something changed" not in client.get("/desk/").text


def test_no_secret_stands_in_an_event(real_app: Flask, browser: Any, clock: Clock) -> None:
    give_password(browser)
    page = browser.get("/staff/app")
    done = browser.send(page, {"code": code_at(secret_on(page), clock)}, button="Use this app")
    with real_app.app_context():
        everything = str([event.on for event in recorded_events()])
        users = db.session.scalars(select(User)).all()
        assert secret_on(page).replace("-", "") not in everything + str(users[0].tf_totp_secret)
    assert not any(code in everything for code in recovery_codes_on(done))
