"""The front door: who comes in, who does not, and how guessing is slowed down."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from screening.account import login_flow
from screening.app import create_app
from screening.extensions import db
from screening.records.accounts import sign_ins
from screening.records.accounts.login_throttle import FROM_AN_ADDRESS, GUESSED_AT, OVER_ALL_ACCOUNTS
from screening.records.accounts.password_hashes import hash_password, is_password_of
from screening.records.transaction import writing
from screening.storage.models import Event, Tries
from screening.web.endpoints import ENDPOINTS
from tests.conftest import PASSWORD, Clock, config_for
from tests.support.access_world import addresses
from tests.support.databases import close
from tests.support.events import recorded_events
from tests.support.signing_in import (
    SIGN_IN,
    RealClient,
    acts,
    code_at,
    give_code,
    give_password,
    has_app,
    last_event,
    person,
)

WRONG = "not the password at all"


def from_address(client: Any, address: str) -> Any:
    client.environ_base["REMOTE_ADDR"] = address
    return client


def guess(client: Any, times: int, who: str = "desk") -> list[int]:
    page = client.get(SIGN_IN)
    return [give_password(client, who, WRONG, page).status_code for _ in range(times)]


def test_S1_no_page_answers_after_the_password_alone(real_app: Flask, browser: Any) -> None:
    has_app(real_app)
    assert give_password(browser).location == "/staff/second-step"
    for endpoint, method, address in addresses(real_app, "https://clinic.example"):
        if ENDPOINTS[endpoint].is_open or endpoint == "account.logout":
            continue
        answer = browser.open(address, method=method)
        assert answer.status_code in (302, 403), endpoint
        assert answer.status_code == 403 or answer.location.startswith(SIGN_IN), endpoint
    assert "signed in" not in acts(real_app)


def test_S1_who_has_no_second_step_is_led_to_set_one_up_before_anything_else(browser: Any) -> None:
    assert give_password(browser).location == "/staff/set-up"
    page = browser.get("/staff/set-up")
    assert "Set up a passkey" in page.text
    assert browser.get("/desk/").location == "/staff/sign-in?next=/desk/"
    assert browser.get("/staff/second-step").location == "/staff/set-up"


def test_S1_a_session_without_a_second_step_opens_nothing_in_a_real_clinic(
    real_app: Flask, signed_in_with_app: Any
) -> None:
    client = signed_in_with_app("desk")
    assert client.get("/desk/").status_code == 200
    from screening.storage.models import StaffSession

    with real_app.app_context(), writing() as session:
        row = session.scalars(select(StaffSession)).one()
        row.data = {**row.data, "two_steps": False}
    assert client.get("/desk/").status_code == 302


def test_a_passkey_is_always_offered_and_hidden_without_script(browser: Any) -> None:
    page = browser.get(SIGN_IN).text
    assert re.search(r"<button[^>]* hidden data-passkey=\"get\"[^>]*>Use a passkey</button>", page)
    assert "passkey.js" in page


def test_the_demo_may_skip_the_second_step_and_says_so_on_every_page(app: Flask, signed_in: Any) -> None:
    client = signed_in("desk")
    for path in ("/desk/", "/desk/new", "/staff/account"):
        assert "Demo: second factor not asked" in client.get(path).text


def test_the_demo_asks_for_a_second_step_that_was_set_up(app: Flask, client: Any, clock: Clock) -> None:
    secret = has_app(app)
    assert give_password(client).location == "/staff/second-step"
    assert client.get("/desk/").status_code == 302
    give_code(client, code_at(secret, clock))
    page = client.get("/desk/")
    assert page.status_code == 200
    assert "second factor not asked" not in page.text


def test_where_somebody_wanted_to_go_is_kept_over_both_steps(
    real_app: Flask, browser: Any, clock: Clock
) -> None:
    secret = has_app(real_app)
    page = browser.get("/staff/sign-in?next=/desk/new")
    give_password(browser, page=page)
    assert give_code(browser, code_at(secret, clock)).location == "/desk/new"


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https:evil.example", "/%09/evil.example"]
)
def test_I9_signing_in_never_leads_away(client: Any, path: str) -> None:
    page = client.get(SIGN_IN, query_string={"next": path}, follow_redirects=True)
    assert give_password(client, page=page).location == "/staff/"


def test_S5_known_and_unknown_people_read_the_same(client: Any) -> None:
    answers = []
    for who in ("desk@clinic.example", "nobody@clinic.example"):
        answer = give_password(client, who, WRONG)
        text = answer.text.replace(who, "-")
        text = re.sub(r'(csrf_token" value=|data-options=)"[^"]*"', "", text)
        answers.append((answer.status_code, text, sorted(answer.headers.keys())))
    assert answers[0] == answers[1]
    assert "is not right" in answers[0][1]


def test_S5_one_hash_is_compared_whoever_tries(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []

    def comparing(password: str, kept: str) -> bool:
        compared.append(kept)
        return verify(password, kept)

    verify = is_password_of
    monkeypatch.setattr(login_flow, "is_password_of", comparing)
    for who in ("desk", "nobody"):
        give_password(client, who, WRONG)
    known, unknown = compared
    assert known != unknown
    # The same costs, and so the same work.
    assert known.rpartition("$")[0].rpartition("$")[0] == unknown.rpartition("$")[0].rpartition("$")[0]


@pytest.mark.parametrize("change", ["closed", "never opened"])
def test_a_closed_or_unopened_account_reads_like_a_wrong_password(
    app: Flask, client: Any, change: str
) -> None:
    with app.app_context(), writing():
        user = person()
        if change == "closed":
            user.active = False
        else:
            user.password = None
    answer = give_password(client)
    assert answer.status_code == 400
    assert "is not right" in answer.text


@pytest.mark.parametrize(
    "almost",
    ["An invented password", "an invented password ", "an invented passwor", "an  invented password"],
)
def test_S2_a_password_is_compared_exactly(client: Any, almost: str) -> None:
    assert give_password(client, password=almost).status_code == 400


def test_an_e_mail_address_is_known_in_any_case(client: Any) -> None:
    assert give_password(client, "DESK@Clinic.example").status_code == 302


@pytest.mark.parametrize(
    "email", ["desk\x00@clinic.example", "\x00", "a\x1bb@clinic.example", "x" * 5_000, "😀@ü"]
)
def test_I2_an_address_that_cannot_be_is_nobodys(client: Any, email: str) -> None:
    answer = give_password(client, email)
    assert answer.status_code == 400
    assert "is not right" in answer.text


def test_a_page_that_is_too_old_says_so_and_counts_nothing(app: Flask, client: Any) -> None:
    page = client.get(SIGN_IN)
    client.delete_cookie("staff")
    answer = give_password(client, page=page)
    assert "open for a long time" in answer.text
    assert "desk@clinic.example" in answer.text
    with app.app_context():
        assert db.session.scalars(select(Tries)).all() == []


def test_the_password_is_never_written_into_a_page_or_an_event(app: Flask, client: Any) -> None:
    assert WRONG not in give_password(client, password=WRONG).text
    with app.app_context():
        assert all(WRONG not in str(event.on) for event in recorded_events())


def test_S3_hashes_are_argon2id_and_old_ones_are_renewed(database_url: str, clock: Clock) -> None:
    config = replace(config_for(database_url), hash_passwords_fast=False)
    weak = create_app(config_for(database_url), now=clock)
    strong = create_app(config, now=clock)
    strong.testing = True
    strong.test_client_class = RealClient
    with weak.app_context():
        from tests.conftest import add_staff

        add_staff()
        before = person().password
        assert before is not None
        assert before.startswith("$argon2id$v=19$m=8,t=1")
    client: Any = strong.test_client()
    page = client.get(SIGN_IN, base_url="http://localhost")
    sent = {**page_fields(page), "email": "desk@clinic.example", "password": PASSWORD}
    assert client.post(SIGN_IN, data=sent, base_url="http://localhost").status_code == 302
    with strong.app_context():
        kept = person().password
        assert kept is not None
        cost = re.match(r"\$argon2id\$v=19\$m=(\d+),t=(\d+)", kept)
        assert cost
        assert int(cost[1]) >= 19 * 1024
        assert int(cost[2]) >= 2
    close(weak)
    close(strong)


def page_fields(page: Any) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found
    return {"csrf_token": found[1]}


def test_S4_guessing_is_slowed_and_the_right_password_is_not_even_looked_at(
    app: Flask, client: Any, clock: Clock
) -> None:
    assert guess(client, FROM_AN_ADDRESS + 2) == [400] * FROM_AN_ADDRESS + [429] * 2
    answer = give_password(client)
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "900"
    assert "too many tries" in answer.text
    clock.pass_time(minutes=15)
    assert give_password(client).status_code == 302


def test_S4_waiting_is_the_same_for_people_who_do_not_exist(client: Any) -> None:
    assert guess(client, FROM_AN_ADDRESS + 1, "nobody")[-1] == 429


def test_S4_a_stranger_locks_nobody_out(app: Flask, client: Any) -> None:
    stranger = from_address(app.test_client(), "203.0.113.7")
    assert guess(stranger, 30)[-1] == 429
    assert give_password(from_address(client, "198.51.100.2")).status_code == 302


def test_S4_nor_do_many_strangers_from_many_addresses(app: Flask, client: Any) -> None:
    for number in range(GUESSED_AT // FROM_AN_ADDRESS + 2):
        guess(from_address(app.test_client(), f"203.0.113.{number}"), FROM_AN_ADDRESS)
    late = from_address(app.test_client(), "203.0.113.250")
    assert guess(late, 2) == [400, 429]
    assert give_password(from_address(client, "198.51.100.2")).status_code == 302


def test_S4_who_signed_in_from_a_device_before_still_can_beside_a_stranger_at_the_same_address(
    app: Flask, client: Any
) -> None:
    assert give_password(client).status_code == 302
    client.send(client.get("/desk/"), button="Sign out")
    guess(app.test_client(), 30)
    assert give_password(client).status_code == 302


def test_S4_a_device_that_is_known_is_slowed_too(client: Any) -> None:
    give_password(client)
    client.send(client.get("/desk/"), button="Sign out")
    assert guess(client, 12) == [400] * 10 + [429] * 2


def test_S4_a_device_that_somebody_invents_is_not_known(app: Flask, client: Any) -> None:
    client.set_cookie("staff-device", "x" * 43)
    assert guess(client, FROM_AN_ADDRESS + 1)[-1] == 429


def test_S4_an_address_has_a_limit_over_all_accounts(client: Any) -> None:
    page = client.get(SIGN_IN)
    found = [
        give_password(client, f"person{number}@clinic.example", WRONG, page).status_code
        for number in range(OVER_ALL_ACCOUNTS + 1)
    ]
    assert found == [400] * OVER_ALL_ACCOUNTS + [429]


@pytest.mark.proof
def test_S4_the_counters_are_shared_by_all_workers_and_outlive_a_restart(
    app: Flask, database_url: str, clock: Clock
) -> None:
    """A thousand tries over four workers, half of them before a restart and half after it."""
    answers: list[int] = []
    for _life in range(2):
        workers = [create_app(config_for(database_url), now=clock) for _ in range(4)]
        for worker in workers:
            worker.test_client_class = app.test_client_class
        answers += in_turn([worker.test_client() for worker in workers], 500)
        for worker in workers:
            close(worker)
    assert answers == [400] * FROM_AN_ADDRESS + [429] * (1_000 - FROM_AN_ADDRESS)
    assert give_password(from_address(app.test_client(), "198.51.100.2")).status_code == 302
    with app.app_context():
        names = list(db.session.scalars(select(Tries.name)))
    assert names
    assert all(re.fullmatch(r"[0-9a-f]{64}", name) for name in names)


def in_turn(clients: list[Any], times: int) -> list[int]:
    """Wrong passwords, each from the next of these browsers; nobody reads the pages that come back."""
    typed = {"email": "desk@clinic.example", "password": WRONG}
    sent = [{**typed, **page_fields(client.get(SIGN_IN))} for client in clients]
    turns = [number % len(clients) for number in range(times)]
    return [
        FlaskClient.open(clients[turn], SIGN_IN, method="POST", data=sent[turn]).status_code for turn in turns
    ]


def test_counters_that_have_ended_do_not_stay(app: Flask, client: Any, clock: Clock) -> None:
    guess(client, 3)
    clock.pass_time(hours=2)
    guess(client, 1, "provider")
    with app.app_context():
        ends = list(db.session.scalars(select(Tries.ends_at)))
    assert min(ends) > clock.now
    assert max(ends) <= clock.now + timedelta(hours=1)


def test_U1_signing_in_and_failing_and_signing_out_are_on_record(app: Flask, client: Any) -> None:
    give_password(client, password=WRONG)
    give_password(client, "nobody", WRONG)
    give_password(client)
    client.send(client.get("/desk/"), button="Sign out")
    assert acts(app)[-4:] == ["sign-in refused", "sign-in refused", "signed in", "signed out"]
    with app.app_context():
        user_id = person().id
    assert last_event(app, "signed in").actor_id == user_id
    assert last_event(app, "signed in").on["address"] == "127.0.0.1"
    refused = [event for event in _events(app) if event.act == "sign-in refused"]
    assert [event.on.get("user") for event in refused] == [str(user_id), None]


def _events(app: Flask) -> list[Event]:
    with app.app_context():
        return recorded_events()


def test_knocking_does_not_fill_the_record(app: Flask, client: Any) -> None:
    guess(client, FROM_AN_ADDRESS + 10)
    assert acts(app).count("sign-in refused") == FROM_AN_ADDRESS
    assert acts(app).count("sign-in slowed down") == 1


def test_U1_without_an_event_nobody_comes_in(
    app: Flask, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("no record")

    page = client.get(SIGN_IN)
    monkeypatch.setattr(sign_ins, "record", broken)
    with pytest.raises(RuntimeError):
        give_password(client, page=page)
    monkeypatch.undo()
    assert client.get("/desk/").status_code == 302


def test_E5_signing_out_takes_our_own_token(app: Flask, desk_client: Any) -> None:
    answer = desk_client.post("/staff/sign-out", data={"x": "y"})
    assert answer.status_code == 400
    assert desk_client.get("/desk/").status_code == 200
    desk_client.send(answer, button="Sign out now")
    assert desk_client.get("/desk/").status_code == 302


def test_no_token_in_a_header_or_an_address_lets_anybody_in(app: Flask, client: Any) -> None:
    with app.test_request_context():
        token = person().fs_uniquifier
    assert client.get("/desk/", headers={"Authentication-Token": token}).status_code == 302
    assert client.get("/desk/", query_string={"auth_token": token}).status_code == 302


def test_no_command_sets_the_password_of_somebody_else(app: Flask) -> None:
    assert not {"users", "roles"} & set(app.cli.commands)
    with app.app_context():
        assert hash_password("x").startswith("$argon2id$")
