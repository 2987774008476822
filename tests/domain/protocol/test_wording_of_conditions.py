"""Conditions and freshness, said in words."""

from screening.domain.protocol.condition_forms import Test as Comparison
from screening.domain.protocol.loading import acupuncture
from screening.domain.protocol.subjects import subject
from screening.domain.protocol.wording import (
    Clauses,
    asked_in_words,
    freshness_in_words,
    in_words,
    outline,
    questions_read,
)

PROTOCOL = acupuncture()


def rule_in_words(rule: str) -> str:
    return in_words(PROTOCOL, PROTOCOL.rules[rule].when)


def test_a_condition_reads_as_a_sentence() -> None:
    assert rule_in_words("P5") == ("pregnancy is “I might be (for example my period is late)” or not known")
    assert rule_in_words("B12") == "the blood-thinning medicines include “Daily aspirin”"


def test_brackets_keep_alternatives_together() -> None:
    assert rule_in_words("B9") == (
        "the blood-thinning medicines include “Warfarin”, and (the last INR in its range is “No, too high” "
        "or not known, or the INR number is above 3, or the day of the last INR test is not known, "
        "or the day of the last INR test lies more than 28 days before the appointment (or after it))"
    )


def test_a_shared_condition_keeps_its_name_in_the_outline_and_is_spelt_out_in_the_sentence() -> None:
    found = outline(PROTOCOL, PROTOCOL.rules["I1"].when)
    assert isinstance(found, Clauses)
    named = [part for part in found.parts if isinstance(part, Clauses)]
    assert [part.name for part in named] == ["still inside"]
    assert "the state of the device is “In and working”" in rule_in_words("I1")


def test_conditions_about_devices_and_counts_are_said() -> None:
    assert "for at least one device (" in rule_in_words("C2")
    assert "include at least 2 of “Warfarin”, “Apixaban (Eliquis)”" in rule_in_words("B10")
    assert "the other medicine in own words is written down" in rule_in_words("B20")
    assert "lies within 30 days before the appointment" in rule_in_words("B5")


def test_a_question_is_named_by_its_short_name_and_one_that_is_not_known_by_its_id() -> None:
    assert subject(PROTOCOL, "bleed.platelets") == "the platelet count"
    assert subject(PROTOCOL, "some.other") == "some.other"


def test_when_a_question_is_asked_is_said() -> None:
    said = {name: asked_in_words(PROTOCOL, question) for name, question in PROTOCOL.questions.items()}
    assert said["preg.status"] == "always, on the first page"
    assert said["preg.weeks"] == "when pregnancy is “Yes, I am”"
    assert said["bleed.easy"] == "as one line of the tick list"
    assert said["imp.loc"] == "for each device"
    assert said["imp.kind.text"] == "for each device when the device is “Other”"


def test_freshness_is_said_in_days() -> None:
    said = {name: freshness_in_words(question) for name, question in PROTOCOL.questions.items()}
    assert said["preg.status"] == "this visit only"
    assert said["bleed.inr"] == "30 days"
    assert said["imp.any"] == "182 days (half a year)"


def test_the_questions_that_a_rule_reads_are_found_behind_names_too() -> None:
    assert questions_read(PROTOCOL, PROTOCOL.rules["I1"].when) == ("imp.kind", "imp.state")
    assert questions_read(PROTOCOL, Comparison("preg.status", "unresolved")) == ("preg.status",)
