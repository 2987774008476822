"""Which answers raise which flags, rule by rule, by the real protocol. Each line lists every rule that fires."""

from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from tests.support.acupuncture import APIXABAN, KINDS, ON, PREGNANT, RECENT, WARFARIN, device, devices, fired

Row = tuple[dict[str, Any], str]
UNKNOWN = ("not-sure", "in-person", None)
CONCERNS = ["bleeding", "pains", "waters", "high-risk", "twins", "low-placenta", "stitch"]
CONCERNS += ["early-baby", "blood-pressure"]
BLEEDS = ["medical-bleed", "black-poo", "blood-in-pee", "brain-bleed", "head-injury", "big-bruise"]
ANTICOAGULANTS = ["warfarin", "apixaban", "rivaroxaban", "edoxaban", "dabigatran", "injections"]
LONG_AGO = (ON - timedelta(days=40)).isoformat()


def days_before(days: int) -> str:
    return (ON - timedelta(days=days)).isoformat()


def platelets(count: str | None, day: str | None = RECENT) -> dict[str, Any]:
    return {"bleed.condition": "low-platelets", "bleed.platelets": count, "bleed.platelets.date": day}


def medicines(*codes: str, why: str | None = "other", **changes: Any) -> dict[str, Any]:
    return {**WARFARIN, "bleed.medicine": list(codes), "bleed.why": why, **changes}


PREGNANCY: list[Row] = [
    ({}, ""),
    ({"preg.status": "cannot-apply"}, ""),
    ({"preg.status": "might-be"}, "P5"),
    *(({"preg.status": unknown}, "P5") for unknown in UNKNOWN),
    (PREGNANT, "P3"),
    ({**PREGNANT, "preg.weeks": "28-36"}, "P3"),
    ({**PREGNANT, "preg.weeks": "37-or-more"}, "P4"),
    ({**PREGNANT, "preg.weeks": "0-12"}, "P2"),
    *(({**PREGNANT, "preg.weeks": unknown}, "P2") for unknown in UNKNOWN),
    *(({**PREGNANT, "preg.concerns": [concern]}, "P1") for concern in CONCERNS),
    ({**PREGNANT, "preg.concerns": ["twins"], "preg.weeks": "37-or-more"}, "P1"),
    ({**PREGNANT, "preg.concerns": CONCERNS, "preg.weeks": "0-12"}, "P1 P2"),
    *(({**PREGNANT, "preg.concerns": unknown}, "P1") for unknown in UNKNOWN),
    ({**PREGNANT, "preg.carer": "no"}, "P3 P8"),
    *(({**PREGNANT, "preg.carer": unknown}, "P3 P8") for unknown in UNKNOWN),
    ({"preg.status": "trying", "preg.trying": "yes"}, "P6"),
    ({"preg.status": "trying", "preg.trying": "no"}, "P7"),
    *(({"preg.status": "trying", "preg.trying": unknown}, "P6") for unknown in UNKNOWN),
]
CONDITION: list[Row] = [
    *(
        ({"bleed.condition": condition, "bleed.severity": severity}, "B2" if severity == "mild" else "B1")
        for condition in ("haemophilia", "von-willebrand")
        for severity in ("mild", "moderate", "severe", *UNKNOWN)
    ),
    ({"bleed.condition": "other"}, "B7"),
    ({"bleed.condition": "other", "bleed.condition.text": "factor five"}, "B7"),
    ({"bleed.condition.text": "factor five"}, "B7"),
    *(({"bleed.condition": unknown}, "B21") for unknown in UNKNOWN),
    (platelets("under-50"), "B3"),
    (platelets("under-50", LONG_AGO), "B3 B4"),
    (platelets("50-to-99"), "B5"),
    (platelets("100-or-more"), "B6"),
    (platelets("50-to-99", days_before(30)), "B5"),
    (platelets("100-or-more", days_before(30)), "B6"),
    (platelets("50-to-99", days_before(31)), "B4"),
    (platelets("100-or-more", days_before(31)), "B4"),
    (platelets("100-or-more", days_before(-1)), "B4"),
    *((platelets(unknown), "B4") for unknown in UNKNOWN),
    *((platelets("100-or-more", unknown), "B4") for unknown in UNKNOWN),
]
MEDICINE: list[Row] = [
    (WARFARIN, "B8"),
    ({**WARFARIN, "bleed.inr": "too-low"}, "B8"),
    ({**WARFARIN, "bleed.inr": "too-high"}, "B9"),
    *(({**WARFARIN, "bleed.inr": unknown}, "B9") for unknown in UNKNOWN),
    ({**WARFARIN, "bleed.inr.value": 3}, "B8"),
    ({**WARFARIN, "bleed.inr.value": 3.1}, "B8 B9"),
    ({**WARFARIN, "bleed.inr.date": days_before(28)}, "B8"),
    ({**WARFARIN, "bleed.inr.date": days_before(29)}, "B8 B9"),
    ({**WARFARIN, "bleed.inr.date": days_before(-1)}, "B8 B9"),
    *(({**WARFARIN, "bleed.inr.date": unknown}, "B8 B9") for unknown in UNKNOWN),
    *(
        (medicines(code), "B8")
        for code in ("apixaban", "rivaroxaban", "edoxaban", "dabigatran", "injections")
    ),
    (medicines("clopidogrel"), "B11"),
    (medicines("aspirin"), "B12"),
    (medicines("aspirin", why="heart-valve"), "B12"),
    (medicines("other"), "B20"),
    ({"bleed.medicine.text": "a thinner"}, "B20"),
    *(({"bleed.medicine": unknown}, "B17") for unknown in UNKNOWN),
    (medicines("apixaban", "not-sure"), "B8 B17"),
    (medicines("warfarin", "aspirin"), "B8 B10 B12"),
    (medicines("warfarin", "clopidogrel"), "B8 B10 B11"),
    (medicines("warfarin", "apixaban"), "B8 B10"),
    (medicines("apixaban", "injections"), "B8 B10"),
    (medicines("aspirin", "clopidogrel"), "B11 B12"),
    ({**WARFARIN, "bleed.medicine": ["warfarin", "clopidogrel"], "bleed.inr": "too-high"}, "B9 B10 B11"),
    *((medicines(*both), "B8 B10") for both in combinations(ANTICOAGULANTS, 2)),
    *((medicines(code, "aspirin"), "B8 B10 B12") for code in ANTICOAGULANTS),
    *((medicines(code, why="heart-valve"), "B8 B18") for code in ANTICOAGULANTS),
    *(
        (medicines(code, why="heart-valve"), rule)
        for code, rule in (("clopidogrel", "B11"), ("other", "B20"))
    ),
    *((medicines("warfarin", why=why), "B8 B18") for why in ("heart-valve", *UNKNOWN)),
    *(
        (medicines("apixaban", why=why), "B8")
        for why in ("irregular-heartbeat", "clot", "stent-heart-attack-stroke")
    ),
]
TICKS: list[Row] = [
    *(({"also": [f"o{number}"]}, f"O{number}") for number in range(1, 15)),
    ({"also": [f"o{number}" for number in range(1, 15)]}, " ".join(f"O{number}" for number in range(1, 15))),
    *(({"also": unknown}, "U4") for unknown in UNKNOWN),
    ({"also": ["o5", "not-sure"]}, "O5 U4"),
    ({"also": ["b14"]}, "B14"),
    *(({"bleed.easy": answer}, "B14") for answer in ("yes", "not-sure", "in-person")),
    *(({"also": ["bleed-recent"], "bleed.recent": [bleed]}, "B13") for bleed in BLEEDS),
    ({"also": ["bleed-recent"], "bleed.recent": ["stroke"]}, "B19"),
    ({"also": ["bleed-recent"], "bleed.recent": ["stroke", "black-poo"]}, "B13 B19"),
    *(({"also": ["bleed-recent"], "bleed.recent": unknown}, "B13") for unknown in UNKNOWN),
    ({"also": ["bleed-organs"], "bleed.organs": ["liver"]}, "B15"),
    ({"also": ["bleed-organs"], "bleed.organs": ["kidney"]}, ""),
    *(({"also": ["bleed-organs"], "bleed.organs": unknown}, "B15") for unknown in UNKNOWN),
    ({**APIXABAN, "bleed.organs": ["kidney"]}, "B8 B16"),
    ({**APIXABAN, "also": ["bleed-organs"], "bleed.organs": "not-sure"}, "B8 B15 B16"),
    *(({**medicines(code), "bleed.organs": ["kidney"]}, "B8 B16") for code in ANTICOAGULANTS),
    ({**medicines("aspirin"), "bleed.organs": ["kidney"]}, "B12"),
    ({**medicines("clopidogrel"), "bleed.organs": ["kidney"]}, "B11 B16"),
    ({**medicines("other"), "bleed.organs": ["liver", "kidney"]}, "B15 B16 B20"),
]
NO_RECENT_SURGERY = ("worn-defibrillator", "insulin-pump", "contraceptive")
INSIDE = ("working", "switched-off", "partly-removed", *UNKNOWN)
DEVICES: list[Row] = [
    *((devices(device(kind, state=state)), rule) for kind, rule in KINDS.items() for state in INSIDE),
    *((devices(device(kind, state="removed")), "I18") for kind in KINDS),
    *(
        (devices(device(kind, issue=issue)), f"{rule} I20")
        for kind, rule in KINDS.items()
        for issue in ("yes", *UNKNOWN)
    ),
    *(
        (devices(device(kind, date=day)), rule if kind in NO_RECENT_SURGERY else f"{rule} I11")
        for kind, rule in KINDS.items()
        for day in ("under-6-weeks", "6-weeks-to-3-months", *UNKNOWN)
    ),
    *((devices(device(kind, date="3-to-12-months")), rule) for kind, rule in KINDS.items()),
    *((devices(device(kind, loc=place)), f"{rule} I21") for kind, rule in KINDS.items() for place in UNKNOWN),
    *((devices(device("pacemaker", depend=depend)), "I1 I2") for depend in ("yes", *UNKNOWN)),
    *((devices(device("icd", depend=depend)), "I3 I2") for depend in ("yes", *UNKNOWN)),
    (devices(device("pacemaker", depend="yes", state="removed")), "I18"),
    (devices(device("joint-replacement", state="removed", date="under-6-weeks", issue="yes")), "I11 I18 I20"),
    *((devices(device(unknown)), "I21") for unknown in UNKNOWN),
    (devices(device("not-sure", date="not-sure")), "I11 I21"),
    *(({"imp.any": unknown}, "I21") for unknown in UNKNOWN),
    *(({"imp.any": "yes", "imp.devices": unknown}, "I21") for unknown in UNKNOWN),
    ({"imp.any": "yes", "imp.devices": []}, "I21"),
    (devices(device("stent-filter", text="a clip")), "I17 I23"),
    (devices(device("insulin-pump", text="a clip", date="under-6-weeks")), "I8 I11 I23"),
    (devices(device("metalwork", depend="yes")), "I12"),
    (devices(device("pacemaker"), device("metalwork"), device("pacemaker")), "I1 I12"),
]
NO_IMPLANT = ("rhythm-recorder", "insulin-pump", "stent-filter", "contraceptive")
TOGETHER: list[Row] = [
    *(
        (devices(device(kind)) | APIXABAN, f"B8 {rule}" + ("" if kind in NO_IMPLANT else " C2"))
        for kind, rule in KINDS.items()
        if kind != "heart-valve"
    ),
    (devices(device("heart-valve")) | APIXABAN, "B8 B18 C2 I13"),
    (devices(device("heart-valve", state="removed")) | APIXABAN, "B8 I18"),
    (devices(device("metalwork", state="removed")) | APIXABAN, "B8 I18"),
    (devices(device("not-sure")) | APIXABAN, "B8 C2 I21"),
    ({"imp.any": "yes"} | APIXABAN, "B8 C2 I21"),
    (devices(device("stent-filter", text="a clip")) | APIXABAN, "B8 C2 I17 I23"),
    (devices(device("metalwork")) | medicines("aspirin"), "B12 I12"),
    (devices(device("metalwork")) | medicines("clopidogrel"), "B11 C2 I12"),
    (devices(device("metalwork")) | medicines("other"), "B20 C2 I12"),
    (devices(device("metalwork")) | {"bleed.medicine.text": "a thinner"}, "B20 C2 I12"),
    (PREGNANT | APIXABAN, "B8 C1 P3"),
    (PREGNANT | medicines("clopidogrel"), "B11 C1 P3"),
    (PREGNANT | medicines("other"), "B20 C1 P3"),
    (PREGNANT | medicines("aspirin"), "B12 P3"),
    (PREGNANT | {"preg.weeks": "0-12"} | APIXABAN, "B8 C1 P2"),
    (PREGNANT | {"preg.weeks": "37-or-more"} | APIXABAN, "B8 C1 P4"),
    (PREGNANT | {"preg.concerns": ["twins"]} | APIXABAN, "B8 C1 P1"),
    *(({"preg.status": status} | APIXABAN, "B8 C1 P5") for status in ("might-be", *UNKNOWN)),
    ({"preg.status": "trying", "preg.trying": "yes"} | APIXABAN, "B8 P6"),
]


@pytest.mark.parametrize(("answers", "rules"), PREGNANCY)
def test_pregnancy(answers: dict[str, Any], rules: str) -> None:
    assert fired(answers) == set(rules.split())


@pytest.mark.parametrize(("answers", "rules"), CONDITION)
def test_a_bleeding_problem(answers: dict[str, Any], rules: str) -> None:
    assert fired(answers) == set(rules.split())


@pytest.mark.parametrize(("answers", "rules"), MEDICINE)
def test_medicine_that_thins_the_blood(answers: dict[str, Any], rules: str) -> None:
    assert fired(answers) == set(rules.split())


@pytest.mark.parametrize(("answers", "rules"), TICKS)
def test_the_tick_list(answers: dict[str, Any], rules: str) -> None:
    assert fired(answers) == set(rules.split())


@pytest.mark.parametrize(("answers", "rules"), DEVICES)
def test_devices(answers: dict[str, Any], rules: str) -> None:
    assert fired(answers) == set(rules.split())


@pytest.mark.parametrize(("answers", "rules"), TOGETHER)
def test_two_risks_together(answers: dict[str, Any], rules: str) -> None:
    assert fired(answers) == set(rules.split())
