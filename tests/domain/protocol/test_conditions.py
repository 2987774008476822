"""What counts as asked, as unresolved and as a cause."""

from typing import Any

import pytest

from screening.domain.protocol.conditions import follow_ups, is_asked, is_unresolved
from tests.support.small_protocol import small

ASKED = [
    ("bleed.medicine", {}, True),
    ("bleed.inr.date", {}, False),
    ("bleed.inr.date", {"bleed.medicine": ["aspirin"]}, False),
    ("bleed.inr.date", {"bleed.medicine": ["aspirin", "warfarin"]}, True),
    ("bleed.inr.date", {"bleed.medicine": ["not-sure"]}, False),
    ("imp.devices", {"imp.any": "yes"}, True),
    ("imp.devices", {"imp.any": "not-sure"}, False),
    ("bleed.easy", {}, False),
    ("imp.kind", {"imp.any": "yes"}, False),
]
UNRESOLVED: list[tuple[str, dict[str, Any], bool]] = [
    ("imp.any", {}, True),
    ("imp.any", {"imp.any": "not-sure"}, True),
    ("imp.any", {"imp.any": "in-person"}, True),
    ("imp.any", {"imp.any": "no"}, False),
    ("bleed.medicine", {"bleed.medicine": ["warfarin", "in-person"]}, True),
    ("bleed.medicine", {"bleed.medicine": ["warfarin"]}, False),
    ("bleed.inr.date", {}, False),
    ("bleed.inr.date", {"bleed.medicine": ["warfarin"]}, True),
    ("bleed.inr.date", {"bleed.inr.date": "not-sure"}, True),
    ("bleed.inr.value", {"bleed.medicine": ["warfarin"]}, False),
    ("bleed.medicine.text", {"bleed.medicine": ["other"]}, True),
    ("bleed.medicine.text", {"bleed.medicine.text": "not-sure"}, False),
    ("imp.devices", {"imp.any": "yes"}, True),
    ("imp.devices", {"imp.any": "yes", "imp.devices": []}, True),
    ("imp.devices", {"imp.any": "no"}, False),
    ("bleed.easy", {}, False),
    ("bleed.easy", {"bleed.easy": "not-sure"}, True),
    ("bleed.easy", {"bleed.easy": "not-sure", "also": ["b14"]}, False),
]


@pytest.mark.parametrize(("name", "answers", "expected"), ASKED)
def test_a_question_is_asked_when_its_condition_holds(
    name: str, answers: dict[str, Any], expected: bool
) -> None:
    protocol = small()
    assert is_asked(protocol, protocol.question(name), answers) is expected


@pytest.mark.parametrize(("name", "answers", "expected"), UNRESOLVED)
def test_L2_not_knowing_and_blank_are_unresolved(name: str, answers: dict[str, Any], expected: bool) -> None:
    protocol = small()
    assert is_unresolved(protocol, protocol.question(name), answers) is expected


@pytest.mark.parametrize(
    ("device", "expected"), [({"kind": "pacemaker"}, True), ({"kind": "stent"}, False), ({}, False)]
)
def test_a_question_about_a_device_looks_at_that_device(device: dict[str, str], expected: bool) -> None:
    protocol = small()
    depend = protocol.question("imp.depend")
    answers = {"imp.any": "yes", "imp.devices": [{"kind": "stent"}, device]}
    for place in (device, 1):
        assert is_asked(protocol, depend, answers, place) is expected
        assert is_unresolved(protocol, depend, answers, place) is expected


def test_follow_ups_are_those_asked_now_without_the_devices_own() -> None:
    protocol = small()
    asked = follow_ups(protocol, {"bleed.medicine": ["other", "warfarin"], "imp.any": "yes"})
    names = ["bleed.medicine.text", "bleed.inr.date", "bleed.inr.value", "imp.devices"]
    assert [question.id for question in asked] == names


def test_an_answer_is_worded_as_the_patient_saw_it() -> None:
    protocol = small()
    assert protocol.label("imp.devices", "pacemaker") == "Pacemaker"
    assert protocol.label("imp.devices", "not-sure") == "Not sure"
    assert protocol.label("imp.any", None) == "Not answered"
    assert protocol.label("bleed.inr.value", 2.4) == "2.4"
