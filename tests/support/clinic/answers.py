"""What invented patients answer, from nothing at all to everything at once. Free text carries a mark to search for."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.support.acupuncture import PREGNANT, device, devices
from tests.support.factories import NOTHING

MARK = "canary-"


def pool(today: date) -> list[dict[str, Any]]:
    recent = (today - timedelta(days=5)).isoformat()
    warfarin = {
        "bleed.medicine": ["warfarin"],
        "bleed.inr": "in-range",
        "bleed.inr.date": recent,
        "bleed.inr.value": 2.4,
        "bleed.why": "irregular-heartbeat",
    }
    platelets = {
        "bleed.condition": "low-platelets",
        "bleed.platelets": "50-to-99",
        "bleed.platelets.date": recent,
    }
    changes: list[dict[str, Any]] = [
        {},
        {"also": ["o5"]},
        {"also": ["not-sure"]},
        {"also": ["o11", "o8"]},
        {"also": ["bleed-recent", "bleed-organs"], "bleed.recent": ["stroke"], "bleed.organs": ["kidney"]},
        {"preg.status": "in-person"},
        {"preg.status": "trying", "preg.trying": "not-sure"},
        PREGNANT,
        PREGNANT | {"preg.weeks": "0-12", "preg.concerns": ["twins"], "preg.carer": "no"},
        warfarin,
        warfarin | {"bleed.medicine": ["warfarin", "aspirin"], "bleed.inr": "not-sure"},
        {"bleed.medicine": ["other"], "bleed.medicine.text": f"{MARK}drops", "bleed.why": "other"},
        {"bleed.medicine": ["not-sure"]},
        platelets,
        {"bleed.condition": "haemophilia", "bleed.severity": "not-sure"},
        devices(device("pacemaker", depend="not-sure")),
        devices(device("metalwork", loc="knee-left"), device("metalwork", loc="ankle-right")),
        devices(device("other", text=f"{MARK}clip")),
        devices(device("stent-filter", state="removed")) | warfarin,
        devices(device("pacemaker", depend="yes")) | warfarin | PREGNANT | {"preg.weeks": "0-12"},
        {"imp.any": "not-sure"},
    ]
    return [NOTHING | change | {"ask.provider": f"{MARK}{number}"} for number, change in enumerate(changes)]
