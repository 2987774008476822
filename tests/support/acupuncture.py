"""Answers to the real protocol, to be changed one at a time."""

from datetime import date, timedelta
from typing import Any

from screening.domain.assessment import Assessment, assess
from screening.domain.protocol.loading import acupuncture

ON = date(2026, 11, 23)
RECENT = (ON - timedelta(days=10)).isoformat()
NOTHING: dict[str, Any] = {
    "preg.status": "no",
    "bleed.condition": "no",
    "bleed.medicine": ["none"],
    "imp.any": "no",
    "also": ["none"],
}
PACEMAKER: dict[str, Any] = {
    "kind": "pacemaker",
    "loc": "chest-left",
    "date": "over-1-year",
    "state": "working",
    "issue": "no",
    "card": "yes",
    "depend": "not-sure",
}
EXAMPLE: dict[str, Any] = {
    "on": "2026-11-23",
    "planned": ["EA"],
    "answers": {
        "preg.status": "no",
        "bleed.condition": "no",
        "bleed.medicine": ["warfarin"],
        "bleed.inr": "in-range",
        "bleed.inr.date": "2026-11-10",
        "bleed.inr.value": 2.4,
        "bleed.why": "irregular-heartbeat",
        "imp.any": "yes",
        "imp.devices": [PACEMAKER],
        "also": ["o8"],
    },
}
"""What `screening assess` is asked, in the agreed form."""
PREGNANT: dict[str, Any] = {
    "preg.status": "yes",
    "preg.weeks": "13-27",
    "preg.concerns": ["none"],
    "preg.carer": "yes",
}
WARFARIN: dict[str, Any] = {
    "bleed.medicine": ["warfarin"],
    "bleed.inr": "in-range",
    "bleed.inr.date": RECENT,
    "bleed.why": "other",
}
APIXABAN: dict[str, Any] = {"bleed.medicine": ["apixaban"], "bleed.why": "other"}
KINDS = {
    "pacemaker": "I1",
    "icd": "I3",
    "worn-defibrillator": "I4",
    "rhythm-recorder": "I5",
    "heart-pump": "I4",
    "nerve-stimulator": "I6",
    "bladder-vagus-stimulator": "I6",
    "medicine-pump": "I7",
    "insulin-pump": "I8",
    "hearing-implant": "I9",
    "joint-replacement": "I10",
    "metalwork": "I12",
    "breast-body-implant": "I14",
    "shunt": "I15",
    "port": "I16",
    "heart-valve": "I13",
    "stent-filter": "I17",
    "contraceptive": "I22",
    "other": "I23",
}


def device(kind: str | None, **changes: str | None) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "kind": kind,
        "loc": "spine",
        "date": "over-1-year",
        "state": "working",
        "issue": "no",
        "card": "yes",
    }
    if kind in ("pacemaker", "icd"):
        plain["depend"] = "no"
    return {**plain, **changes}


def devices(*listed: dict[str, Any]) -> dict[str, Any]:
    return {"imp.any": "yes", "imp.devices": list(listed)}


def assessed(*changes: dict[str, Any], planned: tuple[str, ...] = ()) -> Assessment:
    answers = dict(NOTHING)
    for change in changes:
        answers |= change
    return assess(acupuncture(), answers, planned, ON)


def fired(*changes: dict[str, Any]) -> set[str]:
    return {flag.rule for flag in assessed(*changes).flags}
