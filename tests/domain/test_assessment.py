"""How answers become flags: order, causes, what is unresolved, what clashes and what is not known."""

import json
from datetime import date
from typing import Any

import pytest

from screening.domain.assessment import Assessment, Clash, Flag, assess
from screening.domain.protocol.conditions import Because
from screening.domain.protocol.vocabulary import Effect, Severity
from tests.support.small_protocol import small

ON = date(2026, 11, 23)
NOTHING = {"bleed.medicine": ["none"], "imp.any": "no", "also": ["none"]}
PACEMAKER = {"kind": "pacemaker", "state": "working", "depend": "no", "card": "no"}


def assessed(planned: tuple[str, ...] = (), **changes: Any) -> Assessment:
    answers = {**NOTHING, **{name.replace("_", "."): value for name, value in changes.items()}}
    return assess(small(), answers, planned, ON)


def rules(assessment: Assessment) -> list[str]:
    return [flag.rule for flag in assessment.flags]


def only(assessment: Assessment, rule: str) -> Flag:
    (flag,) = [flag for flag in assessment.flags if flag.rule == rule]
    return flag


def test_nothing_to_report_raises_nothing() -> None:
    result = assessed(planned=("EA",))
    assert (result.severity, result.flags, result.unresolved, result.clashes) == (Severity.NONE, (), (), ())
    assert result.modalities == {"MA": Effect.OK, "EA": Effect.OK}


def test_L2_the_worst_comes_first_then_the_order_of_topics() -> None:
    result = assess(small(), {"imp.any": "yes", "imp.devices": [PACEMAKER], "also": ["o5"]}, [], ON)
    assert rules(result) == ["B17", "I1", "O5"]
    result = assess(small(), {"imp.any": "yes", "imp.devices": [PACEMAKER]}, [], ON)
    assert rules(result) == ["B17", "I1", "U4"]


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        ("2026-11-23", "B8"),
        ("2026-10-26", "B8"),
        ("2026-10-25", "B9"),
        ("2026-11-24", "B9"),
        ("not-sure", "B9"),
        ("in-person", "B9"),
        (None, "B9"),
    ],
)
def test_a_test_ages_by_the_day_of_the_appointment(day: str | None, rule: str) -> None:
    assert rules(assessed(bleed_medicine=["warfarin"], bleed_inr_date=day)) == [rule]


@pytest.mark.parametrize(("number", "fires"), [(2.4, False), (3, False), (3.1, True)])
def test_a_number_counts_from_above_its_limit(number: float, fires: bool) -> None:
    result = assessed(bleed_medicine=["warfarin"], bleed_inr_date="2026-11-10", bleed_inr_value=number)
    assert ("B9" in rules(result)) is fires


def test_a_flag_names_the_answers_that_caused_it() -> None:
    result = assessed(bleed_medicine=["aspirin", "warfarin"], bleed_inr_date="2026-11-10")
    expected = (Because("bleed.medicine", "aspirin"), Because("bleed.medicine", "warfarin"))
    assert only(result, "B10").because == expected


def test_words_that_were_typed_are_shown_as_typed() -> None:
    result = assessed(bleed_medicine=["other"], bleed_medicine_text="  fish oil")
    flag = only(result, "B20")
    assert flag.because == (Because("bleed.medicine", "other"), Because("bleed.medicine.text", "fish oil"))
    assert flag.judgement_only


def test_words_count_even_where_they_were_not_asked() -> None:
    assert rules(assessed(bleed_medicine_text="fish oil")) == ["B20"]


def test_a_tick_in_the_list_answers_the_question_behind_it() -> None:
    flag = only(assessed(also=["b14"]), "B14")
    assert flag.because == (Because("bleed.easy", "yes"),)
    assert flag.urgent


def test_L3_a_tick_in_the_list_wins_over_a_no() -> None:
    result = assess(small(), {**NOTHING, "also": ["b14"], "bleed.easy": "no"}, [], ON)
    assert rules(result) == ["B14"]


def test_two_equal_devices_raise_two_flags() -> None:
    result = assessed(
        imp_any="yes", imp_devices=[PACEMAKER, {"kind": "stent", "state": "removed"}, PACEMAKER]
    )
    assert [(flag.rule, flag.device) for flag in result.flags] == [("I1", 0), ("I1", 2), ("I18", 1)]
    assert result.flags[1].because == (Because("imp.devices", "pacemaker", 2),)


@pytest.mark.parametrize("devices", [None, [], "not-sure", "in-person"])
def test_L2_devices_that_are_not_named_are_unresolved(devices: object) -> None:
    result = assessed(imp_any="yes", imp_devices=devices)
    assert rules(result) == ["I21"]
    assert result.unresolved == ("imp.devices",)


def test_L2_a_device_without_a_kind_is_unresolved() -> None:
    result = assessed(imp_any="yes", imp_devices=[{}])
    assert rules(result) == ["I21"]
    assert result.unresolved == ("imp.kind", "imp.state", "imp.card")


def test_a_devices_answer_can_give_the_desk_a_task() -> None:
    result = assessed(imp_any="yes", imp_devices=[{**PACEMAKER, "card": "yes"}, PACEMAKER])
    tasks = [flag.task for flag in result.flags]
    assert tasks == ["tell the provider; ask for the device card", "tell the provider"]


@pytest.mark.parametrize(
    ("answer", "via"),
    [("not-sure", ("U1",)), ("in-person", ("U2",)), (None, ("U2",)), (["warfarin", "not-sure"], ("U1",))],
)
def test_L2_not_knowing_a_main_answer_names_its_principle(answer: object, via: tuple[str, ...]) -> None:
    result = assessed(bleed_medicine=answer, bleed_inr_date="2026-11-10")
    assert only(result, "B17").via == via


def test_L2_not_knowing_a_detail_names_its_principle() -> None:
    assert only(assessed(bleed_medicine=["warfarin"]), "B9").via == ("U3",)
    assert only(assess(small(), {**NOTHING, "bleed.easy": "not-sure"}, [], ON), "B14").via == ("U3",)
    assert only(assessed(imp_any="yes"), "I21").via == ("U3",)


def test_not_knowing_the_tick_list_has_a_rule_of_its_own() -> None:
    assert only(assessed(also=["not-sure"]), "U4").via == ()


@pytest.mark.parametrize(
    ("state", "via"),
    [("working", ()), ("switched-off", ("I19",)), ("not-sure", ("U3", "I19")), (None, ("U3", "I19"))],
)
def test_a_silent_device_counts_as_working(state: str | None, via: tuple[str, ...]) -> None:
    result = assessed(imp_any="yes", imp_devices=[{**PACEMAKER, "state": state}])
    flag = only(result, "I1")
    assert flag.via == via
    assert (Because("imp.state", state, 0) in flag.because) is (state != "working")


def test_a_clash_names_only_the_rules_that_say_avoid() -> None:
    result = assessed(("MA", "EA"), bleed_medicine=["warfarin", "aspirin"], bleed_inr_date="2026-11-10")
    assert rules(result) == ["B10", "B8"]
    assert result.clashes == (Clash("EA", ("B10",)),)
    assert result.modalities == {"MA": Effect.MODIFY, "EA": Effect.AVOID}


UNKNOWN: list[tuple[dict[str, Any], list[str]]] = [
    ({"blood.type": "A"}, []),
    ({"imp.any": "perhaps"}, []),
    ({"bleed.medicine": ["warfarin", "leeches"]}, []),
    ({"imp.any": "yes", "imp.devices": [{"kind": "toaster"}]}, []),
    ({"imp.any": "yes", "imp.devices": ["pacemaker"]}, []),
    ({"imp.any": ["yes", "no"]}, []),
    ({"bleed.inr.date": "soon"}, []),
    ({"bleed.inr.value": float("nan")}, []),
    ({"also": ["none", "o5"]}, []),
    ({}, ["XX"]),
]


@pytest.mark.parametrize(("changes", "planned"), UNKNOWN)
def test_L11_what_the_protocol_does_not_know_is_a_stop(changes: dict[str, Any], planned: list[str]) -> None:
    result = assess(small(), {**NOTHING, **changes}, planned, ON)
    assert result.severity == Severity.STOP
    assert set(result.modalities.values()) == {Effect.AVOID}
    assert only(result, "unknown").because
    json.dumps(result.as_json(small()))


def test_L11_what_is_known_beside_it_still_raises_its_flags() -> None:
    answers = {
        "bleed.medicine": ["warfarin", "leeches"],
        "imp.any": "yes",
        "imp.devices": [{"kind": "toaster"}, PACEMAKER],
    }
    assert {"unknown", "B9", "I1", "I21", "U4"} <= set(rules(assess(small(), answers, [], ON)))


def test_a_flag_survives_being_stored() -> None:
    result = assessed(
        imp_any="yes", imp_devices=[{"kind": "pacemaker"}], bleed_medicine=["other", "warfarin"]
    )
    assert len(result.flags) > 3
    for flag in result.flags:
        assert Flag.from_json(json.loads(json.dumps(flag.as_json()))) == flag


def test_an_assessment_says_which_protocol_it_used() -> None:
    plain = assessed(("EA",), also=["b14"]).as_json(small())
    assert [plain["protocol"], plain["version"], plain["digest"]] == ["small", "1", small().digest]
    assert (plain["severity"], plain["modalities"]) == ("stop", {"MA": "modify", "EA": "avoid"})
    assert plain["clashes"] == [{"modality": "EA", "rules": ["B14"]}]
    assert plain["flags"][0]["because"] == [{"question": "bleed.easy", "answer": "yes"}]
