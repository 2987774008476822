"""The border takes what the protocol knows and refuses the rest in one clear line."""

from typing import Any

import pytest

from screening.domain.protocol.answers import AnswerError, checked_answers, pruned
from tests.support.small_protocol import small

DEVICE = {"kind": "pacemaker", "state": "working", "depend": "no", "card": "yes"}
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"blood": "no"}, "blood", "not a question"),
    ({"imp.kind": "stent"}, "imp.kind", "belongs to one device"),
    ({"imp.any": "maybe"}, "imp.any", "'maybe' is not one of its options (yes, no, not-sure, in-person)"),
    ({"imp.any": ["no"]}, "imp.any", "takes one answer"),
    ({"imp.any": ["no", "yes"]}, "imp.any", "takes one answer"),
    ({"imp.any": True}, "imp.any", "True is not one of its options"),
    ({"imp.any": 0}, "imp.any", "0 is not one"),
    ({"imp.any": {}}, "imp.any", "a map is not one"),
    ({"imp.any": ""}, "imp.any", "'' is not one"),
    ({"imp.any": "no\x00"}, "imp.any", "is not one"),
    ({"bleed.medicine": "heroin"}, "bleed.medicine", "is not one"),
    ({"bleed.medicine": ["warfarin", "warfarin"]}, "bleed.medicine", "given twice"),
    ({"bleed.medicine": ["warfarin", "none"]}, "bleed.medicine", "says none and something else"),
    ({"bleed.medicine": ["none", "not-sure"]}, "bleed.medicine", "says none and something else"),
    ({"bleed.medicine": ["warfarin", None]}, "bleed.medicine", "is not one"),
    ({"bleed.medicine": [["warfarin"]]}, "bleed.medicine", "a list is not one"),
    ({"bleed.medicine.text": 3}, "bleed.medicine.text", "takes text"),
    ({"bleed.medicine.text": "a\x00b"}, "bleed.medicine.text", "cannot be stored"),
    ({"bleed.medicine.text": "a\ud800b"}, "bleed.medicine.text", "cannot be stored"),
    ({"bleed.medicine.text": "x" * 51}, "bleed.medicine.text", "50 is the most"),
    ({"bleed.inr.value": "2.4"}, "bleed.inr.value", "takes a number"),
    ({"bleed.inr.value": True}, "bleed.inr.value", "takes a number"),
    ({"bleed.inr.value": float("nan")}, "bleed.inr.value", "takes a number"),
    ({"bleed.inr.value": float("inf")}, "bleed.inr.value", "takes a number"),
    ({"bleed.inr.value": 10**400}, "bleed.inr.value", "from 0 to 20"),
    ({"bleed.inr.value": -1}, "bleed.inr.value", "from 0 to 20"),
    ({"bleed.inr.date": "yesterday"}, "bleed.inr.date", "takes a date such as"),
    ({"bleed.inr.date": "2026-02-30"}, "bleed.inr.date", "not a day of the calendar"),
    ({"bleed.inr.date": "0001-01-01"}, "bleed.inr.date", "the year"),
    ({"bleed.inr.date": "9999-12-31"}, "bleed.inr.date", "the year"),
    ({"bleed.inr.date": "20261110"}, "bleed.inr.date", "takes a date such as"),
    ({"bleed.inr.date": "2026-W46-2"}, "bleed.inr.date", "takes a date such as"),
    ({"bleed.inr.date": "\u0662026-11-10"}, "bleed.inr.date", "takes a date such as"),
    ({"bleed.inr.date": "2026-11-10\n"}, "bleed.inr.date", "takes a date such as"),
    ({"bleed.inr.date": 20261110}, "bleed.inr.date", "takes a date such as"),
    ({"imp.devices": "pacemaker"}, "imp.devices", "takes a list of devices"),
    ({"imp.devices": ["pacemaker"]}, "imp.devices", "a device as a map"),
    ({"imp.devices": [{"kind": "toaster"}]}, "imp.kind", "'toaster' is not one"),
    ({"imp.devices": [{"imp.kind": "stent"}]}, "imp.kind", "belongs to one device"),
    ({"imp.devices": [{"colour": "red"}]}, "colour", "not a question"),
    ({"imp.devices": [{}] * 21}, "imp.devices", "20 is the most"),
]


@pytest.mark.parametrize(("raw", "question", "says"), REFUSED)
def test_what_the_protocol_does_not_know_is_refused(raw: dict[str, Any], question: str, says: str) -> None:
    with pytest.raises(AnswerError) as caught:
        checked_answers(small(), raw)
    assert caught.value.question == question
    assert says in caught.value.message
    assert str(caught.value).isprintable()


def test_the_message_says_which_device() -> None:
    with pytest.raises(AnswerError) as caught:
        checked_answers(small(), {"imp.devices": [DEVICE, {"kind": "toaster"}]})
    assert caught.value.device == 1
    assert str(caught.value).startswith("imp.kind, device 2: ")


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ({}, {}),
        ({"imp.any": None, "also": []}, {}),
        ({"imp.any": "not-sure"}, {"imp.any": "not-sure"}),
        ({"bleed.medicine": "warfarin"}, {"bleed.medicine": ["warfarin"]}),
        ({"bleed.medicine": ["warfarin", "not-sure"]}, {"bleed.medicine": ["warfarin", "not-sure"]}),
        ({"bleed.medicine.text": "  fish\r\noil "}, {"bleed.medicine.text": "fish\noil"}),
        ({"bleed.medicine.text": "   "}, {}),
        ({"bleed.inr.value": 2}, {"bleed.inr.value": 2}),
        ({"bleed.inr.date": "in-person"}, {"bleed.inr.date": "in-person"}),
        ({"imp.devices": "not-sure"}, {"imp.devices": "not-sure"}),
        ({"imp.devices": []}, {}),
        ({"imp.devices": [{"kind": "stent", "card": None}]}, {"imp.devices": [{"kind": "stent"}]}),
    ],
)
def test_what_is_known_is_kept(raw: dict[str, Any], kept: dict[str, Any]) -> None:
    assert checked_answers(small(), raw) == kept


def test_answers_come_back_in_the_order_of_the_questions() -> None:
    raw = {"also": ["none"], "imp.any": "no", "bleed.medicine": ["none"]}
    assert list(checked_answers(small(), raw)) == ["bleed.medicine", "imp.any", "also"]


def test_answers_that_are_still_asked_stay() -> None:
    answers = {"bleed.medicine": ["warfarin"], "bleed.inr.date": "2026-11-10", "bleed.easy": "yes"}
    assert pruned(small(), answers) == (answers, ())


def test_an_answer_goes_when_its_parent_no_longer_asks() -> None:
    answers = {
        "bleed.medicine": ["none"],
        "bleed.inr.date": "2026-11-10",
        "imp.any": "no",
        "imp.devices": [DEVICE],
    }
    kept, dropped = pruned(small(), answers)
    assert kept == {"bleed.medicine": ["none"], "imp.any": "no"}
    assert dropped == ("bleed.inr.date", "imp.devices")


def test_a_detail_of_a_device_goes_when_the_device_changes() -> None:
    answers: dict[str, Any] = {"imp.any": "yes", "imp.devices": [{**DEVICE, "kind": "stent"}, DEVICE]}
    kept, dropped = pruned(small(), answers)
    assert kept["imp.devices"] == [{"kind": "stent", "state": "working", "card": "yes"}, DEVICE]
    assert dropped == ("imp.depend",)
    assert answers["imp.devices"][0]["depend"] == "no", "the answers that were passed in stay as they were"
