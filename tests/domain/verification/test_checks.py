"""Each check finds its fault in a small protocol, and shows it by the smallest example in the patient's words."""

from dataclasses import replace
from typing import Any

import pytest

from screening.app import create_app
from screening.domain.assessment import Assessment, assess
from screening.domain.protocol.loading import acupuncture
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.vocabulary import Effect
from screening.domain.verification import laws, whole
from screening.domain.verification.checks import NotVerified, verified, verify
from screening.domain.verification.printing import as_text
from screening.domain.verification.report import Finding
from screening.domain.verification.walking import fires
from tests.conftest import config_for
from tests.domain.verification.broken import IDLE_QUESTION, changed, with_question, with_rule
from tests.support.small_protocol import small

NO_DEVICE = "{question: imp.any, is: no}"
PACEMAKER_THAT_WORKS = "{all: [{question: imp.kind, is: pacemaker}, {question: imp.state, is: working}]}"
NOTHING_AND_WARFARIN = (
    "{all: [{question: bleed.medicine, has: none}, {question: bleed.medicine, has: warfarin}]}"
)
FAINTS = "{question: also, has: o5}"
A_STENT = "{any_device: {question: imp.kind, is: stent}}"
A_PACEMAKER = "{any_device: {question: imp.kind, is: pacemaker}}"
TWO_DEVICES = f"{{all: [{A_PACEMAKER}, {A_STENT}]}}"
DEPEND_UNKNOWN = ", {question: imp.depend, unresolved: true}"
DATE_UNKNOWN = "            - {question: bleed.inr.date, unresolved: true}\n"
DEVICES_UNKNOWN = "        - {question: imp.devices, unresolved: true}\n"


def found(protocol: Protocol, *checks: str) -> list[Finding]:
    """The findings of the first check; no other but the ones named may find anything, so that none cries wolf."""
    findings = verify(protocol).findings
    assert {finding.check for finding in findings} <= set(checks)
    return [finding for finding in findings if finding.check == checks[0]]


def only(protocol: Protocol, check: str) -> Finding:
    (finding,) = found(protocol, check)
    return finding


def with_part(protocol: Protocol, rule: str, **changes: Any) -> Protocol:
    return replace(protocol, rules={**protocol.rules, rule: replace(protocol.rules[rule], **changes)})


def test_the_small_protocol_has_no_fault() -> None:
    assert verify(small()).passed


def test_L3_a_rule_that_a_risk_switches_off_is_found() -> None:
    finding = only(with_rule("X1", NO_DEVICE, ma="modify"), "L2 L3")
    assert finding.about == "X1"
    assert finding.says == (
        "when “Do you have a device?” (imp.any) goes from “No” (no) to “Yes” (yes), X1 (caution: MA modify) is "
        "lost and nothing as strict holds. The other answers: “Which devices?” (imp.devices) devices are listed; “What "
        "is it?” (imp.kind) “Pacemaker” (pacemaker); “Is it working?” (imp.state) “Fully removed” (removed)."
    )


def test_L3_a_rule_that_a_stricter_one_replaces_is_no_fault() -> None:
    """B8 ends when a test grows old, and B9 begins."""
    assert found(changed("effects: {MA: modify, EA: modify}", "effects: {MA: modify, EA: avoid}"), "") == []


def test_L3_the_rule_in_its_place_must_be_as_strict_in_everything() -> None:
    protocol = small()
    rules = {
        **protocol.rules,
        "B9": replace(protocol.rules["B9"], effects={"MA": Effect.OK, "EA": Effect.AVOID}),
    }
    (finding, *_) = verify(replace(protocol, rules=rules)).findings
    assert (finding.check, finding.about) == ("L2 L3", "B8")
    assert "“When was your last test?” (bleed.inr.date) goes from 0 days before the visit to" in finding.says
    assert (
        "“Do you take medicine that thins your blood?” (bleed.medicine) “Warfarin” (warfarin)" in finding.says
    )


def test_L3_a_device_that_would_hide_another_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """No condition can say so today; if ever one can, this finds it."""
    monkeypatch.setattr(laws, "fires", lambda own, rule, at: fires(own, rule, at) and len(at.devices) < 2)
    hidden = {finding.about for finding in verify(small()).findings if finding.check == "L2 L3"}
    assert {"I1", "I2", "I18"} <= hidden


def test_L2_an_unknown_answer_that_counts_as_no_is_found() -> None:
    finding = found(changed(DEPEND_UNKNOWN, ""), "L2")[0]
    assert finding.about == "imp.depend"
    assert finding.says == (
        "“Does your heart always need it?” answered with “Not sure” (not-sure) counts as nothing to report"
    )


def test_L2_not_knowing_that_is_milder_than_every_answer_is_found() -> None:
    findings = {finding.about: finding.says for finding in found(changed(DATE_UNKNOWN, ""), "L2", "L2 L3")}
    assert (
        "not knowing is milder than any answer: when “When was your last test?”" in findings["bleed.inr.date"]
    )
    assert "“Not sure” (not-sure), B8 (caution: MA modify, EA modify) is lost" in findings["bleed.inr.date"]


def test_L2_an_unknown_list_of_devices_is_no_milder_than_a_device() -> None:
    says = [finding.says for finding in found(changed(DEVICES_UNKNOWN, ""), "L2", "L5")]
    assert any("not knowing is milder than any device" in words for words in says)


def test_L2_what_a_known_answer_calls_for_beyond_not_knowing_is_listed() -> None:
    lines = verify(small()).milder_when_unknown
    assert "also “I bruise easily” (b14), B14: stop → caution, MA modify → ok, EA avoid → ok" in lines


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"reason": " "}, "there is no reason"),
        ({"sources": ()}, "there is no source"),
        ({"sources": ("web",)}, "there is no source web in the list"),
        ({"support": ()}, "there is no support tag"),
        ({"sections": ()}, "there is no section of the article"),
        ({"sections": ("nowhere",)}, "there is no section nowhere in the article"),
    ],
)
def test_L4_a_rule_without_grounds_is_found(changes: dict[str, Any], says: str) -> None:
    assert only(with_part(small(), "O5", **changes), "L4") == Finding("L4", "O5", says)


def test_L4_principles_and_the_fallback_need_grounds_too() -> None:
    protocol = small()
    principles = {**protocol.principles, "U1": replace(protocol.principles["U1"], sources=())}
    harmed = replace(protocol, principles=principles, fallback=replace(protocol.fallback, reason=""))
    assert {finding.about for finding in found(harmed, "L4")} == {"U1", "unknown"}


def test_L5_a_question_that_changes_nothing_is_found() -> None:
    finding = only(with_question(IDLE_QUESTION), "L5")
    assert finding.about == "imp.side"
    assert "“Which side is it on?” changes a flag, an effect, a task or what is asked" in finding.says


def test_L5_an_option_that_changes_nothing_is_named() -> None:
    lent = changed(
        "      - {code: removed,", "      - {code: lent, label: Lent to me}\n      - {code: removed,"
    )
    assert verify(small()).only_for_the_reader == ()
    assert verify(lent).only_for_the_reader == ("imp.state: “Lent to me”",)


def test_L5_a_part_that_the_form_never_needs_is_named() -> None:
    assert "B14: bleed.easy unresolved" in verify(small()).only_from_outside


def test_L11_a_fallback_that_lets_something_through_is_found() -> None:
    protocol = small()
    weaker = replace(protocol.fallback, effects={"MA": Effect.MODIFY, "EA": Effect.AVOID})
    findings = found(replace(protocol, fallback=weaker), "L11")
    assert {finding.about for finding in findings} == {"fallback"}
    says = [finding.says for finding in findings]
    assert (
        "a modality that is not known gives stop (MA modify, EA avoid) instead of stop and avoid everywhere"
        in says
    )
    assert any(words.startswith("an unknown answer to imp.kind") for words in says)


def test_a_rule_that_no_answers_can_fire_is_found() -> None:
    finding = only(with_rule("X1", NOTHING_AND_WARFARIN), "rules")
    assert finding == Finding("rules", "X1", "no answers that the form can produce make this rule fire")


def test_a_rule_that_needs_two_devices_can_fire() -> None:
    assert found(with_rule("X1", TWO_DEVICES), "rules") == []


def test_a_rule_in_the_shadow_of_a_stricter_one_is_found() -> None:
    finding = only(with_rule("X1", PACEMAKER_THAT_WORKS, topic="implants", per="device"), "rules")
    assert finding == Finding(
        "rules", "X1", "whenever it fires, I1 fires too and is stricter: it can change nothing"
    )


def test_a_rule_beside_an_equal_one_is_listed_and_no_fault() -> None:
    protocol = with_rule("X1", PACEMAKER_THAT_WORKS, "stop", "modify", "avoid", "implants", "device")
    report = verify(protocol)
    assert report.passed
    assert report.only_add_a_reason == ("X1",)


def test_two_rules_that_contradict_each_other_are_found() -> None:
    finding = only(with_rule("X1", FAINTS, "stop", "avoid", "avoid"), "rules")
    assert finding.about == "O5"
    assert "X1 fires on exactly the same answers and differs in severity or effects" in finding.says


def test_two_rules_that_say_the_same_are_found() -> None:
    finding = only(with_rule("X1", FAINTS, "note"), "rules")
    assert "X1 fires on exactly the same answers and says the same" in finding.says


@pytest.mark.parametrize(
    "words",
    [
        "You are safe here.",
        "This is LOW  risk.",
        "You are all clear",
        "Please stop taking it.",
        "It is Harmless!",
    ],
)
def test_L12_words_that_reassure_or_advise_are_found(words: str) -> None:
    finding = only(changed("thanks: Thank you.", f'thanks: "{words}"'), "texts")
    assert finding.about == "text thanks"
    assert words in finding.says


def test_L12_every_place_where_a_patient_reads_is_searched() -> None:
    for old, new, about in (
        ("wording: What was it?", "wording: Is it safe?", "bleed.inr.value wording"),
        ("why: Tests grow old.", "why: You were cleared.", "bleed.inr.date why"),
        ("label: I faint}", "label: I am safe}", "also o5"),
        ("group: Bleeding", "group: No risk", "also heading No risk"),
        ("title: Bleeding, text", "title: Safe bleeding, text", "section safety-bleeding title"),
        ("We will talk about it.", "It is risk-free.", "section safety-bleeding text"),
        ("title: Other,", "title: Low risk,", "topic other"),
    ):
        assert only(changed(old, new), "texts").about == about


@pytest.mark.parametrize("words", ["Read about safety.", "Do not stop taking your medicine.", "Unsafe acts."])
def test_L12_other_words_are_left_alone(words: str) -> None:
    assert found(changed("thanks: Thank you.", f'thanks: "{words}"'), "") == []


def test_L12_what_else_patients_read_is_searched_too() -> None:
    (finding,) = verify(small(), {"article opening": "It is harmless."}).findings
    assert finding.about == "article opening"


def test_two_options_that_read_alike_are_found() -> None:
    finding = only(changed("label: Daily aspirin", "label: warfarin"), "texts")
    assert finding.about == "bleed.medicine"


def test_a_question_without_words_is_found() -> None:
    protocol = small()
    harmed = replace(protocol.questions["imp.card"], why=" ")
    finding = only(replace(protocol, questions={**protocol.questions, "imp.card": harmed}), "texts")
    assert finding == Finding("texts", "imp.card", "there is no why for the patient")


def test_a_form_that_is_too_hard_to_read_is_found() -> None:
    hard = (
        "Contraindications necessitate perioperative anticoagulation reconciliation preceding instrumentation. "
        * 30
    )
    finding = only(changed("thanks: Thank you.", f"thanks: {hard}"), "texts")
    assert finding.about == "the whole form"
    assert "11 is the most" in finding.says


def test_reading_ages_tell_plain_words_from_hard_ones() -> None:
    ages = {
        text.name: text.age
        for text in verify(small(), {"hard": "Anticoagulation necessitates care."}).reading_ages
    }
    assert ages["hard"] > 15
    assert ages["imp.card wording"] < 8


def test_what_is_too_large_to_be_walked_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screening.domain.verification.walking._MOST_STATES", 3)
    findings = [finding for finding in verify(small()).findings if finding.check == "bounds"]
    assert any(finding.about == "B9" and "cannot be proven" in finding.says for finding in findings)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"modalities": {}}, "these answers get no effect for some modality"),
        ({"severity": 9}, "these answers get no known severity"),
        ({"flags": ()}, "the program reads these answers in another way"),
    ],
)
def test_an_assessment_that_is_not_whole_is_found(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], says: str
) -> None:
    monkeypatch.setattr(whole, "assess", lambda *given: replace(assess(*given), **changes))
    assert any(finding.check == "total" and says in finding.says for finding in verify(small()).findings)


def test_answers_that_stop_the_program_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from screening.domain.verification import total

    def stops(protocol: Protocol, answers: dict[str, Any]) -> Assessment:
        raise KeyError("broken")

    monkeypatch.setattr(total, "assessed", stops)
    findings = [finding for finding in verify(small()).findings if finding.check == "total"]
    assert "these answers stop the program (KeyError): “Do you take medicine" in findings[0].says


def test_the_shipped_protocol_is_proven_over_all_answers() -> None:
    report = verify(acupuncture())
    assert report.findings == ()
    assert {part.name for part in report.topics} == {"pregnancy", "bleeding", "implants", "other"}
    assert len(report.rules) == len(acupuncture().rules)
    assert all(part.walked > 1 for part in report.rules)


def test_the_report_reads_as_a_page_and_says_what_was_covered() -> None:
    page = as_text(verify(small()))
    assert page.startswith("Protocol small, version 1 (draft)")
    assert "other: 17 combinations of 1 questions" in page
    assert "12 rules, each over the whole space of its own questions" in page


def test_the_page_shows_what_to_put_right() -> None:
    page = as_text(verify(with_rule("X1", NOTHING_AND_WARFARIN)))
    assert "To put right:" in page
    assert "[rules] X1: no answers that the form can produce" in page
    assert "Proven" not in page


def test_progress_is_told_from_the_first_check_to_the_last() -> None:
    told: list[tuple[int, int]] = []
    verify(small(), progress=lambda done, of: told.append((done, of)))
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert {of for _, of in told} == {len(told)}


@pytest.mark.parametrize(
    "protocol",
    [
        with_rule("X1", NO_DEVICE, ma="modify"),
        with_rule("X1", NOTHING_AND_WARFARIN),
        changed(DEPEND_UNKNOWN, ""),
        with_question(IDLE_QUESTION),
        changed("thanks: Thank you.", "thanks: You are safe."),
        with_part(small(), "O5", sources=()),
    ],
    ids=["L3", "unreachable", "L2", "L5", "L12", "L4"],
)
def test_the_quick_form_finds_it_too_and_refuses_the_start(protocol: Protocol) -> None:
    with pytest.raises(NotVerified, match="does not pass verification"):
        verified(replace(protocol, digest="of no other test"))


def test_the_product_does_not_start_on_a_protocol_with_a_fault() -> None:
    broken = replace(with_rule("X1", NOTHING_AND_WARFARIN), digest="never seen by another test")
    with pytest.raises(NotVerified, match="X1: no answers that the form can produce"):
        create_app(config_for("sqlite://"), protocol=broken)


def test_the_quick_form_looks_once_at_each_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    first = replace(small(), digest="a protocol of this test")
    assert verified(first) is first
    monkeypatch.setattr("screening.domain.verification.checks.verify", None)
    assert verified(first) is first
