"""What follows from a provider's decisions, and what each of them must say."""

from dataclasses import replace
from itertools import product

import pytest

from screening.domain.assessment import Flag
from screening.domain.decisions import (
    Decision,
    Outcome,
    needs_patient_said,
    needs_reason,
    outcome_of,
    rests_on_unknown,
)
from screening.domain.protocol.conditions import Because
from screening.domain.protocol.vocabulary import Severity

FLAG = Flag(
    rule="B8",
    topic="bleeding",
    severity=Severity.CAUTION,
    effects={},
    where={},
    reason="",
    advice="",
    contested="",
    sources=(),
    support=(),
    sections=(),
    task="",
    because=(Because("bleed.medicine", "warfarin"),),
    via=(),
    judgement_only=False,
    urgent=False,
)
UNKNOWN = [
    replace(FLAG, because=(Because("bleed.medicine", answer),)) for answer in ("not-sure", "in-person", None)
]


@pytest.mark.parametrize(
    ("decisions", "outcome"),
    [
        ((), Outcome.READY),
        ((Decision.CLEARED,), Outcome.READY),
        ((Decision.CLEARED, Decision.ADAPT), Outcome.READY_WITH_CHANGES),
        ((Decision.ADAPT, Decision.POSTPONE, Decision.CLEARED), Outcome.POSTPONED),
        ((Decision.POSTPONE, Decision.REFER), Outcome.DO_NOT_TREAT),
    ],
)
def test_the_strictest_decision_wins(decisions: tuple[Decision, ...], outcome: Outcome) -> None:
    assert outcome_of(decisions) == outcome


def test_L3_one_more_decision_never_makes_the_outcome_milder() -> None:
    order = list(Outcome)
    for decisions in product(Decision, repeat=3):
        assert order.index(outcome_of(decisions)) >= order.index(outcome_of(decisions[:2]))


def test_a_caution_on_a_known_answer_is_cleared_without_a_reason() -> None:
    assert not needs_reason(FLAG, Decision.CLEARED)


def test_a_stop_is_cleared_only_with_a_reason() -> None:
    assert needs_reason(replace(FLAG, severity=Severity.STOP), Decision.CLEARED)


@pytest.mark.parametrize("flag", UNKNOWN)
def test_L2_an_unknown_answer_is_cleared_only_with_a_reason_and_what_the_patient_said(flag: Flag) -> None:
    assert rests_on_unknown(flag)
    assert needs_reason(flag, Decision.CLEARED)
    assert needs_patient_said(flag, Decision.CLEARED)


@pytest.mark.parametrize("decision", [Decision.ADAPT, Decision.POSTPONE, Decision.REFER])
def test_what_is_not_cleared_needs_no_reason(decision: Decision) -> None:
    for flag in (FLAG, replace(FLAG, severity=Severity.STOP), *UNKNOWN):
        assert not needs_reason(flag, decision)
        assert not needs_patient_said(flag, decision)


def test_a_decision_reads_back_from_its_word() -> None:
    assert [Decision.from_word(decision.word) for decision in Decision] == list(Decision)
