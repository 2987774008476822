"""Every route and method for every kind of person and of object, against the table of who may do what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import Rule

from screening.web.endpoints import ENDPOINTS, Access
from tests.support.access_world import STAFF, World, acts

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
PEOPLE = ("nobody", "patient", *STAFF, "closed", "demoted")
# A person of each kind of refusal walks at each save, the others in the build.
AT_EACH_SAVE = ("nobody", "patient", "desk")
WALKERS = [pytest.param(who, marks=[] if who in AT_EACH_SAVE else pytest.mark.proof) for who in PEOPLE]
KINDS = ("own", "another", "void", "absent")
REASON = "A patient fainted and no provider is here."


@dataclass(frozen=True)
class Request:
    endpoint: str
    method: str
    kind: str
    """Whose object is in the address; empty where there is none."""
    address: str
    access: Access | None
    """Who may; None where nobody may, by this method."""


def walk(world: World) -> Iterator[Request]:
    """Each address of each route with each method, once."""
    router = world.app.url_map.bind("localhost")
    seen = set()
    for rule in sorted(world.app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        for kind in KINDS if rule.arguments else ("",):
            address = address_of(world, rule, kind)
            for method in METHODS:
                if (address, method) in seen:
                    continue
                seen.add((address, method))
                try:
                    endpoint, _ = router.match(address, method)
                except MethodNotAllowed:
                    yield Request(rule.endpoint, method, kind, address, None)
                    continue
                listed = ENDPOINTS[endpoint] if method in ENDPOINTS[endpoint].methods else None
                yield Request(endpoint, method, kind, address, listed)


def address_of(world: World, rule: Rule, kind: str) -> str:
    is_there = kind != "absent"
    known: dict[str, Any] = {
        "appointment_id": world.visits.get(kind),
        "token": world.links.get(kind),
        "digest": world.digest if is_there else "0" * 64,
        "filename": "site.css" if is_there else "none.css",
        "position": 0 if is_there else 999,
        "handle": world.handle if is_there else "nobody",
    }
    with world.app.test_request_context():
        return world.app.url_for(rule.endpoint, **{name: known[name] for name in rule.arguments})


def may(who: str, access: Access) -> bool:
    return access.is_open or STAFF.get(who, "") in access.roles


def is_led_to_sign_in(answer: Any) -> bool:
    return bool(answer.status_code == 302 and answer.location.startswith("/staff/sign-in"))


def is_refused(who: str, answer: Any) -> bool:
    """Who is signed in is told so; everybody else is led to sign in."""
    if who in STAFF:
        return bool(answer.status_code == 403)
    was_signed_out = answer.status_code == 403 and "You were signed out" in answer.text
    return is_led_to_sign_in(answer) or was_signed_out or bool(who == "demoted" and answer.status_code == 403)


def sent(request: Request, token: str) -> dict[str, Any]:
    if request.method in ("GET", "HEAD", "OPTIONS", "TRACE"):
        return {}
    return {"data": {"csrf_token": token, "reason": REASON, "about": REASON, "seen": "", "role": "admin"}}


def test_the_walk_meets_every_route(world: World) -> None:
    walked = {request.endpoint for request in walk(world)}
    assert walked == set(ENDPOINTS)
    assert walked == {rule.endpoint for rule in world.app.url_map.iter_rules()}


@pytest.mark.parametrize("who", WALKERS)
def test_what_the_table_does_not_give_is_refused_and_changes_nothing(world: World, who: str) -> None:
    client, before, count = world.people[who], world.mark(), 0
    done = len(acts(world))
    # Their own token, so that it is not a missing token that keeps them out.
    token = world.token_of(client, {"lead": "/lead/", "provider": "/provider/"}.get(who, "/desk/"))
    assert bool(token) is (who in STAFF)
    for request in walk(world):
        if request.access is not None and may(who, request.access):
            continue
        answer = client.open(request.address, method=request.method, **sent(request, token))
        answer.close()
        count += 1
        if request.access is None:
            assert answer.status_code == 405, (request, answer.status_code)
        else:
            assert is_refused(who, answer), (request, answer.status_code)
        assert "Patient" not in answer.text.replace("Patients", ""), request
    assert count > 200
    assert world.mark() == before
    assert {act for act in acts(world)[done:] if not act.endswith("refused")} == set()


@pytest.mark.parametrize("who", WALKERS)
def test_what_the_table_gives_is_answered(world: World, who: str) -> None:
    client = world.people[who]
    if who in ("desk", "lead", "admin"):
        token = world.token_of(client, "/staff/emergency")
        client.post("/staff/emergency", data={"reason": REASON, "csrf_token": token})
    for request in walk(world):
        if request.access is None or not may(who, request.access):
            continue
        # Without a token nothing happens, so the world stays as it is for the next.
        answer = client.open(request.address, method=request.method, **sent(request, ""))
        answer.close()
        assert answer.status_code < 500, request
        assert answer.status_code != 405, request
        if not request.access.is_open:
            assert answer.status_code != 403, request
            assert not is_led_to_sign_in(answer), request
            if request.kind == "absent":
                assert answer.status_code == 404, (request, answer.status_code)


@pytest.mark.parametrize("who", PEOPLE)
def test_an_address_that_no_route_has_is_not_found(world: World, who: str) -> None:
    before = world.mark()
    for address in ("/desk/none", "/staff/none", "/admin", "/.env", "/lead/protocol/x"):
        for method in METHODS:
            answer = world.people[who].open(address, method=method)
            assert answer.status_code == 404, (address, method)
    assert world.mark() == before


def test_a_route_that_is_missing_from_the_table_is_refused(world: World, monkeypatch: Any) -> None:
    for who in PEOPLE:
        with monkeypatch.context() as without:
            without.delitem(ENDPOINTS, "desk.queue")
            assert world.people[who].get("/desk/").status_code == 404, who


def test_a_method_that_is_missing_from_the_table_is_refused(world: World, monkeypatch: Any) -> None:
    table = ENDPOINTS["desk.add"]
    monkeypatch.setitem(ENDPOINTS, "desk.add", Access(table.roles, frozenset({"GET"})))
    assert world.people["desk"].get("/desk/new").status_code == 200
    assert world.people["desk"].post("/desk/new", data={}).status_code == 405
    assert world.people["desk"].head("/desk/new").status_code == 405
