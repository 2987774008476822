"""Requests by the thousand, from everybody, to every route: none fails, none leads away, nothing is stored differently.

`make fuzz REQUESTS=1000000` sends more; a seed names the same requests again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from screening.desk import booking
from screening.staff import forms
from tests.conftest import Clock
from tests.support.fuzz import running
from tests.support.fuzz.forms import read_forms
from tests.support.fuzz.running import run
from tests.support.fuzz.world import World
from tests.support.pages import form_fields, parsed

PER_SHARD = 2_500
DEFAULT_REQUESTS = 40_000
SEED = os.environ.get("SCREENING_FUZZ_SEED", "1")


@pytest.fixture(scope="session")
def proofs() -> dict[str, Any]:
    """Proving a version takes a second, and each shard would prove the same ones anew."""
    return {}


@pytest.fixture(autouse=True)
def _versions_are_proved_once(app: Flask, proofs: dict[str, Any]) -> None:
    app.extensions["check_results"] = proofs


def shards() -> list[Any]:
    """Half of the requests on each database; the first shard at each `make test`."""
    wanted = int(os.environ.get("SCREENING_FUZZ_REQUESTS", DEFAULT_REQUESTS))
    found = range(max(1, wanted // PER_SHARD // 2))
    return [pytest.param(shard, marks=[pytest.mark.proof] if shard else []) for shard in found]


@pytest.mark.parametrize("shard", shards())
def test_no_request_fails_leads_away_or_is_stored_differently(
    app: Flask, signed_in: Callable[[str], Any], clock: Clock, tmp_path: Path, shard: int
) -> None:
    world = World(app, signed_in)
    result = run(world, clock, f"{SEED}-{shard}", PER_SHARD, tmp_path)
    assert result.found == [], "\n\n".join(result.found[:20])
    # A fuzz that only knocks at closed doors finds nothing.
    assert sum(result.statuses.values()) >= PER_SHARD
    assert min(world.answered.values()) > PER_SHARD // 25, world.answered
    assert result.stored > PER_SHARD // 50, result
    assert result.compared > 0, result


def test_a_page_that_fails_is_found(
    app: Flask, signed_in: Any, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fuzz is worth only what it finds: here is a fault of the kind that it looks for."""
    monkeypatch.setattr(forms, "has_control_character", lambda text: not text.encode("latin-1"))
    result = run(World(app, signed_in), clock, "broken", PER_SHARD, tmp_path, enough=1)
    assert "it failed: 500" in result.found[0]
    assert "UnicodeEncodeError" in result.found[0]
    assert list(tmp_path.glob("fuzz-broken-*.json"))


def test_a_value_that_is_stored_differently_is_found(
    app: Flask, signed_in: Any, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_COMPARE_EVERY", 1)
    stored = booking._visit
    monkeypatch.setattr(booking, "_visit", lambda form: stored(form) | {"contact": "somebody else"})
    result = run(World(app, signed_in), clock, "changed", PER_SHARD, tmp_path, enough=1)
    assert "contact: stored 'somebody else'" in result.found[0]


def test_forms_are_read_as_the_careful_reader_does(app: Flask, signed_in: Any) -> None:
    world = World(app, signed_in)
    visit = world.addresses.ids[1]
    pages = {
        "desk": ("/desk/new", f"/desk/appointments/{visit}", f"/desk/appointments/{visit}/change"),
        "provider": (f"/provider/appointments/{world.addresses.ids[-2]}?again=1",),
        "lead": ("/lead/simulator", "/lead/versions"),
        "patient": ("/s/questions",),
        "nobody": ("/staff/sign-in",),
    }
    for role, addresses in pages.items():
        for address in addresses:
            text = world.clients[role].get(address).get_data(as_text=True)
            fast = [_as_sent(form.pairs) for form in read_forms(address, text)]
            careful = [
                form_fields(each) for each in parsed(text).iter("form") if each.get("method") == "post"
            ]
            assert fast == [
                {name: value for name, value in each.items() if name != "file"} for each in careful
            ]


def _as_sent(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields
