"""What arrives from outside: bounded, read whole or refused, and never a way to another site."""

from __future__ import annotations

import tracemalloc
from itertools import product
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from flask import Flask, redirect, url_for
from flask.testing import FlaskClient
from sqlalchemy import select

from screening.extensions import db
from screening.storage.models import User
from screening.web.endpoints import ENDPOINTS
from screening.web.request_limits import LONGEST_QUERY, MOST_FIELDS, keep_here
from tests.conftest import PASSWORD
from tests.support.access_world import STAFF
from tests.support.factories import answered, appointment
from tests.support.fuzz.checks import stays_here
from tests.support.fuzz.corpus import CREDENTIALS, NEXTS, NUMBERS, QUERY_NAMES
from tests.support.fuzz.encoding import LARGE, MULTIPART, STRANGE, URLENCODED, content_type, multipart
from tests.support.fuzz.forms import read_forms

SQL = (
    "' OR '1'='1",
    "1; DROP TABLE patient; --",
    "'; SELECT pg_sleep(9); --",
    "{{ 7 * 7 }}",
    "%",
    "_",
    "x\x00",
)
FORM = "/staff/sign-in"
SEEDED = Random("arriving")  # noqa: S311  (always the same, and no secret)
# Each loop below stands for a table of cases; an application for each of them would take minutes.


def test_a_body_that_is_too_large_is_refused_and_leaves_the_memory_flat(client: Any) -> None:
    client.get(FORM)
    for large in LARGE:
        kind, body = large([], SEEDED)
        tracemalloc.start()
        answer = client.post(FORM, data=body, content_type=kind)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert answer.status_code in (400, 413), large
        # The client holds the body, and nothing is made of it.
        assert peak < len(body) + 3_000_000, (large, peak)
    assert client.get("/").status_code == 200


def test_a_form_has_at_most_so_many_fields(client: Any) -> None:
    most = "&".join(["x=1"] * MOST_FIELDS)
    assert client.post(FORM, data=most, content_type=URLENCODED).status_code != 413
    assert client.post(FORM, data=f"{most}&x=1", content_type=URLENCODED).status_code == 413


def test_the_page_that_takes_a_file_takes_no_more_fields_than_others(signed_in: Any) -> None:
    lead = signed_in("lead")
    assert lead.post("/lead/versions", data="&" * 500_000, content_type=URLENCODED).status_code == 413
    assert lead.post("/lead/versions", data=b"x" * 1_100_000, content_type=URLENCODED).status_code == 413


def test_an_address_is_as_short_as_our_pages_write_it(client: Any) -> None:
    assert client.get("/article/", query_string="x" * LONGEST_QUERY).status_code == 200
    assert client.get("/article/", query_string="x" * (LONGEST_QUERY + 1)).status_code == 414
    assert client.get("/nowhere", query_string="&" * 100_000).status_code == 414


# These are read, as far as they go, and judged as a form.
READ = {
    "_part_in_bad_utf8",
    "_strange_charset",
    "_separators_only",
    "_other_charset",
    "_cut_off",
    "_strange_boundary",
}


def test_a_form_that_no_browser_sends_is_refused_whole(app: Flask, desk_client: Any) -> None:
    (form,) = [
        each for each in read_forms("/desk/new", desk_client.get("/desk/new").text) if "name" in each.kinds
    ]
    typed = {"born": "1980-03-27", "contact": "x", "day": "2026-11-24", "time": "10:30", "provider": "2"}
    for strange in STRANGE:
        kind, body = strange(list({**dict(form.pairs), **typed}.items()), SEEDED)
        answer = desk_client.post("/desk/new", data=body, content_type=kind)
        expected = (400, 422) if strange.__name__ in READ else (400,)
        assert answer.status_code in expected, strange


def test_letters_that_are_not_utf8_are_refused_rather_than_changed(client: Any) -> None:
    for body in (b"name=\xff", b"name=%ff", b"name=%ED%A0%80", b"n%ffame=x", b"name=%C3&x=%A9"):
        assert client.post(FORM, data=body, content_type=URLENCODED).status_code == 400, body


def test_a_part_without_a_name_belongs_to_no_field(client: Any) -> None:
    part = multipart([("email", "x")]).replace(b'; name="email"', b"")
    assert client.post(FORM, data=part, content_type=content_type(MULTIPART)).status_code == 400


def test_json_is_not_even_read(client: Any) -> None:
    for method, path in product(
        ("GET", "POST", "PUT", "PATCH", "DELETE"), ("/staff/sign-in", "/desk/", "/s/questions", "/nowhere")
    ):
        answer = client.open(path, method=method, data="[" * 60_000, content_type="application/json")
        assert answer.status_code in (200, 302, 400, 403, 404, 405), (method, path)
    assert client.post("/reports/policy", data="[" * 60_000).status_code == 400


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_a_page_carries_along_has_one_value(app: Flask, signed_in: Any) -> None:
    """Every page that sends something refuses it before it is looked at. That the table names each such field is
    seen by whoever reads a page in the tests (`tests/support/pages.py`)."""
    people = {role: signed_in(who) for who, role in STAFF.items()}
    values: dict[str, Any] = {
        "appointment_id": uuid4(),
        "position": 0,
        "digest": "0" * 64,
        "handle": "x",
        "token": "x",
    }
    seen = set()
    for rule in app.url_map.iter_rules():
        rules = ENDPOINTS[rule.endpoint]
        if "POST" in rules.methods and rule.endpoint != "reports":
            who = next((people[role] for role in people if role in rules.roles), app.test_client())
            with app.test_request_context():
                path = url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
            for name in rules.once:
                assert who.post(path, data={name: ["x", "x"]}).status_code == 400, (rule.endpoint, name)
                seen.add(name)
    assert len(seen) > 20


def test_a_place_in_an_address_is_a_short_number_in_plain_digits(app: Flask, provider_client: Any) -> None:
    with app.app_context():
        visit = appointment()
        answered(visit)
        visit_id = visit.id
    answers = f"/provider/appointments/{visit_id}/answers"
    assert provider_client.get(f"{answers}/0").status_code == 200
    for position in (*NUMBERS, "01", "+1", "10000", "1.0"):
        if position != "0":
            assert provider_client.get(f"/s/more/{quote(position)}").status_code == 404, position
            assert provider_client.get(f"{answers}/{quote(position)}").status_code == 404, position


def test_a_digest_that_nobody_has_is_not_found(signed_in: Any) -> None:
    lead = signed_in("lead")
    strange = ("\x00", "0" * 63, "0" * 65, "A" * 64, "٣" * 64, "' OR 1=1 --", "0" * 64)
    for digest, page in product(strange, ("", "/protocol", "/file", "/simulator")):
        assert lead.get(f"/lead/versions/{quote(digest)}{page}").status_code == 404, (digest, page)


@pytest.mark.proof
def test_a_parameter_of_an_address_never_fails_and_adds_no_rows(app: Flask, signed_in: Any) -> None:
    with app.app_context():
        answered(appointment())
    pages = {"desk": ("/desk/", "/desk/day-sheet"), "provider": ("/provider/",), "lead": ("/lead/overrides",)}
    for who, paths in pages.items():
        client = signed_in(who)
        client.__class__ = FlaskClient
        for path, name, value in product(paths, QUERY_NAMES, SQL):
            answer = client.get(path, query_string={name: value})
            assert answer.status_code in (200, 302), (path, name, value)
            assert answer.text.count("Robin Example") <= 2, (path, name, value)


def test_a_filter_that_is_not_on_its_list_is_said_and_shows_what_there_is(
    app: Flask, desk_client: Any
) -> None:
    with app.app_context():
        appointment()
    for asked in (
        {"state": "x"},
        {"state": "ready; DROP TABLE patient"},
        {"day": "2026-02-30"},
        {"day": "2026-W48-1"},
    ):
        page = desk_client.get("/desk/", query_string=asked)
        assert 'class="notice" role="status"' in page.text
        assert "Robin Example" in page.text


def test_signing_in_never_leads_away(app: Flask) -> None:
    for wanted in NEXTS:
        client: Any = app.test_client()
        asked = f"next={quote(wanted.encode('utf-8', 'surrogatepass'))}"
        first = client.get(FORM, query_string=asked)
        assert first.status_code == 200 or (first.status_code, first.location) == (302, FORM), wanted
        form = next(each for each in read_forms(FORM, client.get(FORM).text) if "password" in each.kinds)
        fields = {**dict(form.pairs), "email": "desk@clinic.example", "password": PASSWORD}
        # First in the address, then in the form; once somebody is signed in, the page leads on by itself.
        led = [client.post(FORM, query_string=asked, data=fields)]
        led.append(client.post(FORM, data={**fields, "next": wanted.encode("utf-8", "surrogatepass")}))
        led.append(client.get(FORM, query_string=asked))
        for answer in led:
            assert answer.status_code in (302, 400), (wanted, answer.status_code)
            assert answer.status_code == 400 or stays_here(answer.location), (wanted, answer.location)


def test_signing_in_leads_to_the_page_that_was_asked_for(client: Any) -> None:
    asked = client.get("/desk/day-sheet")
    assert asked.location == "/staff/sign-in?next=/desk/day-sheet"
    page = client.get(asked.location)
    answer = client.send(page, {"email": "desk@clinic.example", "password": PASSWORD})
    assert answer.location == "/desk/day-sheet"


@pytest.mark.parametrize(
    ("asked", "there"), [("/desk?q=x", "/desk/?q=x"), ("//desk", "/desk/"), ("/article//", "/article/")]
)
def test_an_address_with_a_slash_too_few_or_too_many_leads_to_a_path(
    client: Any, asked: str, there: str
) -> None:
    path, _, query = asked.partition("?")
    answer = client.get("/", environ_overrides={"PATH_INFO": path, "QUERY_STRING": query})
    assert answer.status_code == 308
    assert answer.location == there


def test_a_redirect_to_another_site_is_none(app: Flask) -> None:
    with app.test_request_context():
        for away in (
            "https://x.example/",
            "//x.example",
            "/\\x.example",
            "http://localhost//x.example",
            "x",
            "/a b",
        ):
            assert keep_here(redirect(away)).location == "/", away  # type: ignore[arg-type]
        assert keep_here(redirect("http://localhost/desk/?q=x")).location == "/desk/?q=x"  # type: ignore[arg-type]


def test_no_token_stands_in_for_a_session(app: Flask, client: Any) -> None:
    """Nothing but its cookie does: what names an account elsewhere lets nobody in."""
    page = client.get(FORM, headers={"Accept": "application/json"})
    assert page.mimetype == "text/html"
    signed = client.send(page, {"email": "desk@clinic.example", "password": PASSWORD})
    assert signed.mimetype == "text/html"
    with app.test_request_context():
        user = db.session.scalars(select(User).where(User.email == "desk@clinic.example")).one()
        token = user.fs_uniquifier
    stranger = app.test_client()
    assert stranger.get("/desk/", headers={"Authentication-Token": token}).status_code == 302
    assert stranger.get("/desk/", query_string={"auth_token": token}).status_code == 302


def test_what_no_browser_says_of_a_passkey_is_refused_kindly(client: Any, desk_client: Any) -> None:
    for credential in CREDENTIALS:
        page = client.get(FORM)
        token = dict(read_forms(FORM, page.text)[0].pairs)["csrf_token"]
        sent = {"csrf_token": token, "credential": credential}
        assert client.post("/staff/sign-in/passkey", data=sent).status_code == 400, credential[:40]
        page = desk_client.get("/staff/passkeys/new")
        (form,) = [each for each in read_forms(FORM, page.text) if "credential" in each.kinds]
        named = {**dict(form.pairs), "credential": credential, "name": "my phone"}
        assert desk_client.post("/staff/passkeys/new", data=named).status_code in (400, 422), credential[:40]


def test_letters_that_no_account_holds_are_nobody_on_every_database(client: Any, signed_in: Any) -> None:
    for email in ("a\x00@clinic.example", "\x00", "desk@clinic.example\x7f"):
        answer = client.send(client.get(FORM), {"email": email, "password": PASSWORD})
        assert answer.status_code == 400
        assert "is not right" in answer.text
    admin = signed_in("admin")
    assert admin.get("/staff/accounts/%00").status_code == 404
    assert admin.get("/staff/accounts/x%00y").status_code == 404
