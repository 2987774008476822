"""Numbers, days, times and ids in the forms of staff: one way of writing each, in plain digits."""

from datetime import date, time
from typing import Any
from uuid import UUID

import pytest

from screening.extensions import db
from screening.staff.forms import day_from, id_from, time_from
from screening.storage.models import Appointment, Patient
from tests.support.pages import find, parsed, words

DAYS = [
    "2026-02-30",
    "2026-13-01",
    "0001-01-01",
    "1899-12-31",
    "2200-01-01",
    "9999-12-31",
    "10000-01-01",
    "2026-W48-1",
    "2026-W481",
    "2026-327",
    "20261123",
    "2026-11-23 ",
    "2026_11_23",
    "٢٠٢٦-١١-٢٣",
    "2026-11-2٣",
    "2026-1-23",
    "NaN",
    "",
]


@pytest.mark.parametrize("typed", DAYS)
def test_anything_but_a_day_in_plain_digits_is_none(typed: str) -> None:
    assert day_from(typed) is None


def test_a_day_in_plain_digits_is_read() -> None:
    assert day_from("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    "typed", ["24:00", "09:60", "9:30", "0٩:30", "09.30", "09:3", "T9:30", "+9:30", "-1:30", "1_:30", ""]
)
def test_anything_but_a_time_in_plain_digits_is_none(typed: str) -> None:
    assert time_from(typed) is None


def test_a_time_in_plain_digits_is_read() -> None:
    assert time_from("09:30") == time(9, 30)


ID = "5f0c7b1e-8f0a-4c59-9d3e-0a1b2c3d4e5f"


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "x",
        ID.upper(),
        f"{{{ID}}}",
        f"urn:uuid:{ID}",
        ID.replace("-", ""),
        "1_" * 16,
        "٣" * 32,
        f"{ID}\n",
        f" {ID}",
    ],
)
def test_an_id_is_read_only_as_our_pages_write_it(sent: str) -> None:
    assert id_from(sent) is None
    assert id_from(ID) == UUID(ID)


NEW = {
    "name": "Robin Example",
    "born": "1980-03-27",
    "contact": "020 7946 0000",
    "day": "2026-11-24",
    "time": "10:30",
    "provider": "2",
    "planned": ["MA"],
}
UNKNOWN_LETTER = "cannot be stored"


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"name": "Robin\x00Example"}, UNKNOWN_LETTER),
    ({"name": "Robin\nExample"}, UNKNOWN_LETTER),
    ({"name": "Robin \u202eelpmaxE"}, UNKNOWN_LETTER),
    ({"name": "\u2067Robin"}, UNKNOWN_LETTER),
    ({"name": "a\ufffeb"}, UNKNOWN_LETTER),
    ({"name": "\u200b\u3164"}, "Enter the patient&#39;s full name"),
    ({"name": "x" * 121}, "Write at most 120 characters"),
    ({"contact": "\x1b[31m"}, UNKNOWN_LETTER),
    ({"born": "1980-W13-4"}, "Enter a real day"),
    ({"born": "١٩٨٠-٠٣-٢٧"}, "Enter a real day"),
    ({"day": "2026-02-30"}, "Enter a real day"),
    ({"time": "1٠:30"}, "Enter a time"),
    ({"provider": "1_0"}, "Choose one"),
    ({"provider": "9" * 5_000}, "Choose one"),
    ({"provider": str(2**63)}, "Choose one"),
    ({"provider": ["2", "3"]}, "Give one answer only"),
    ({"provider": ["2", "2"]}, "Give one answer only"),
    ({"name": ["Robin Example", "Kim Other"]}, "Give one answer only"),
    ({"planned": ["MA", "MA"]}, "Choose only what is on this page"),
    ({"planned": ["MA", "XX"]}, "Choose only what is on this page"),
]


def test_input_that_means_nothing_gets_the_same_words_on_every_database(app: Any, desk_client: Any) -> None:
    page = desk_client.get("/desk/new")
    for fields, said in REFUSED:
        answer = desk_client.send(page, {**NEW, **fields})
        assert answer.status_code == 422, fields
        assert said in answer.text, fields
    with app.app_context():
        assert db.session.query(Appointment).count() == 0


NAMES = [
    "Zoë O’Neill",
    "שלום עולם",
    "<b>=1+1 &amp; {{ 7 }}",
    "~ 1~2",
    "e\u0301 👩🏽‍⚕️",
    "'; DROP TABLE patient; --",
]


def test_a_name_is_stored_and_shown_exactly_as_typed(app: Any, desk_client: Any) -> None:
    for name in NAMES:
        answer = desk_client.send(desk_client.get("/desk/new"), {**NEW, "name": name})
        assert answer.status_code == 303, name
        page = desk_client.get(answer.location)
        assert words(find(parsed(page.text), "h1")[0]) == name
    with app.app_context():
        assert {patient.name for patient in db.session.query(Patient)} == set(NAMES)


def test_a_box_to_tick_takes_its_own_value_only(desk_client: Any, app: Any) -> None:
    answer = desk_client.send(desk_client.get("/desk/new"), NEW)
    phone = answer.location.partition("?")[0] + "/phone"
    caller = {"born": "1980-03-27", "who": "patient"}
    for value in ("no", "true", "on", ["y", "y"]):
        refused = desk_client.send(desk_client.get(phone), {**caller, "said_name": value})
        assert refused.status_code == 422
    assert desk_client.send(desk_client.get(phone), {**caller, "said_name": "y"}).status_code == 303
