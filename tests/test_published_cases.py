"""Published cases of real patients: what they could have said beforehand must raise the right flags."""

import re
from typing import Any

import pytest

from screening.flags import Assessment, assess
from screening.protocol import Effect, Severity, acupuncture, checked_answers, pruned
from tests.published_cases import ON, Case, answers_for, published_cases, simple

EFFECTS = {"ok": Effect.OK, "mod": Effect.MODIFY, "modify": Effect.MODIFY, "avoid": Effect.AVOID}


def assessment_of(form: dict[str, Any]) -> Assessment:
    """As the web form does: check what was sent, drop what is no longer asked, assess the rest."""
    protocol = acupuncture()
    answers, _ = pruned(protocol, checked_answers(protocol, answers_for(protocol, form)))
    return assess(protocol, answers, [], ON)


def fired(assessment: Assessment) -> set[str]:
    return {name for flag in assessment.flags for name in (flag.rule, *flag.via)}


def weakest(words: str) -> Effect:
    """`avoid (head), mod elsewhere` asks for `avoid`; the worst effect is what counts."""
    found = [EFFECTS[word] for word in re.findall("[a-z]+", simple(words)) if word in EFFECTS]
    return max(found)


@pytest.mark.parametrize("case", published_cases(), ids=lambda case: case.id)
def test_a_published_case_raises_the_flags_it_should(case: Case) -> None:
    assessment = assessment_of(dict(case.form))
    assert assessment.severity >= Severity.from_word(case.expected["severity_min"])
    assert assessment.severity <= Severity.from_word(case.expected.get("severity_max", "stop"))
    missing = set(case.expected.get("rules") or ()) - fired(assessment)
    assert not missing, f"did not fire: {sorted(missing)}; fired: {sorted(fired(assessment))}"
    for modality, words in (case.expected.get("modalities") or {}).items():
        assert assessment.modalities[modality] >= weakest(words), modality


@pytest.mark.parametrize(
    ("form", "rules"),
    [
        ({"bleed.medicine": "Heparin"}, "B8"),
        ({"bleed.medicine": ["PRASUGREL"]}, "B11"),
        ({"imp.kind": "LVAD", "imp.loc": "unanswered"}, "I4 I21"),
        ({"preg.weeks": "28-36"}, "P3"),
        ({"preg.concerns": ["unanswered"]}, "P1 P2"),
        ({"bleed.inr.value": "3.4"}, "B8 B9"),
        ({"bleed.medicine.text": "a herb"}, "B20"),
        ({"imp.kind": ["Pacemaker", "Hearing implant"]}, "I1 I9"),
        ({"optional": ["o8, whatever words follow"]}, "O8"),
        ({"bleed.easy": "Not sure"}, "B14"),
    ],
)
def test_cases_may_be_written_in_other_words_of_the_same_format(form: dict[str, Any], rules: str) -> None:
    assert {flag.rule for flag in assessment_of(form).flags} == set(rules.split())
