"""One assessment as JSON text: read strictly, printed in the agreed form, refused in one line."""

import json
from typing import Any

import pytest

from screening.domain.assessment_json import AssessError, assess_json, protocol_json
from screening.domain.protocol.loading import acupuncture
from tests.support.acupuncture import EXAMPLE


def test_the_agreed_example() -> None:
    result = json.loads(assess_json(json.dumps(EXAMPLE)))
    assert list(result)[:4] == ["protocol", "version", "digest", "severity"]
    assert (result["protocol"], result["severity"]) == ("acupuncture", "stop")
    assert {flag["rule"] for flag in result["flags"]} == {"C2", "I1", "I2", "B8", "O8"}
    (pacemaker,) = [flag for flag in result["flags"] if flag["rule"] == "I1"]
    assert pacemaker["because"] == [{"question": "imp.devices", "device": 0, "answer": "pacemaker"}]
    assert result["unresolved"] == ["imp.depend"]
    assert result["modalities"]["EA"] == "avoid"
    (clash,) = result["clashes"]
    assert clash["modality"] == "EA"
    assert {"I1", "I2"} <= set(clash["rules"])


def test_the_keys_are_the_agreed_ones_in_their_order() -> None:
    result = json.loads(assess_json(json.dumps(EXAMPLE)))
    head = ["protocol", "version", "digest", "severity", "flags", "modalities", "unresolved", "clashes"]
    assert list(result) == head
    keys = ["rule", "topic", "severity", "effects", "where", "reason", "sources", "support"]
    for flag in result["flags"]:
        assert list(flag) == [*keys, "sections", "task", "because"]
        for because in flag["because"]:
            assert list(because) in (["question", "answer"], ["question", "device", "answer"])


def changed(**changes: Any) -> str:
    return json.dumps(EXAMPLE | changes)


REFUSED = [
    ("", "not JSON"),
    ("{", "not JSON"),
    ("[]", "write one map"),
    ("null", "write one map"),
    ("[" * 100_000, "nested too deeply"),
    ('{"on": NaN}', "NaN is not a number"),
    ('{"on": Infinity}', "Infinity is not a number"),
    ('{"answers": {"bleed.inr.value": %s}}' % ("9" * 5000), "a number is too long"),
    ('{"on": "2026-11-23", "on": "2026-11-24"}', "written twice"),
    ('{"answers": {"imp.any": "no", "imp.any": "yes"}}', "written twice"),
    (" " * 1_000_001, "the most"),
    (changed(extra=1), "'extra' is not a key"),
    (changed(on=None), "takes a date"),
    (changed(on="23.11.2026"), "takes a date"),
    (changed(on="0001-01-01"), "the year"),
    (changed(on="2026-02-30"), "not a day of the calendar"),
    (changed(on=20261123), "takes a date"),
    (changed(planned="EA"), "write a list"),
    (changed(planned=["XX"]), "'XX' is not a modality"),
    (changed(planned=[["EA"]]), "is not a modality"),
    (changed(planned=["EA", "EA"]), "there twice"),
    (changed(answers=None), "write a map of answers"),
    (changed(answers=[]), "write a map of answers"),
    (changed(answers={"blood": "no"}), "blood: is not a question"),
    (changed(answers={"preg.status": "perhaps"}), "'perhaps' is not one of its options"),
    (changed(answers={"preg.status": ["no", "yes"]}), "takes one answer"),
    (changed(answers={"preg.status": True}), "is not one of its options"),
    (changed(answers={"bleed.inr.value": True}), "takes a number"),
    (changed(answers={"bleed.inr.value": 1e300}), "takes a number from"),
    (changed(answers={"bleed.medicine.text": "a\x00b"}), "cannot be stored"),
    (changed(answers={"bleed.medicine.text": "\ud800"}), "cannot be stored"),
    (changed(answers={"imp.devices": [{"kind": "toaster"}]}), "imp.kind, device 1: 'toaster'"),
    (changed(answers={"line\nbreak": "no"}), "is not a question"),
]


@pytest.mark.parametrize(("text", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_what_cannot_be_assessed_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(AssessError) as caught:
        assess_json(text)
    assert says in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


def test_blank_is_accepted_and_unresolved() -> None:
    result = json.loads(assess_json('{"on": "2026-11-23", "answers": {"preg.status": null}}'))
    assert result["severity"] == "stop"
    assert "preg.status" in result["unresolved"]


def test_the_protocol_is_printed() -> None:
    plain = json.loads(protocol_json())
    assert plain["digest"] == acupuncture().digest
    assert {rule["id"] for rule in plain["rules"]} == set(acupuncture().rules)
