"""Where a protocol differs from what was recorded apart from it: the evidence's tables, and which answers fire which
rules. The shipped protocol differs in nothing; a harmed one must differ in something."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from screening.domain.protocol.answers import checked_answers
from screening.domain.protocol.condition_forms import Condition, NamedCondition, Test, conditions_inside
from screening.domain.protocol.conditions import Situation, causes
from screening.domain.protocol.loading import acupuncture
from screening.domain.protocol.model import Protocol, Question, Rule
from screening.domain.protocol.vocabulary import Severity
from tests.domain import test_assessment_by_rule as rows
from tests.support import evidence_questions as questions
from tests.support.acupuncture import NOTHING, ON
from tests.support.evidence import MODALITIES, PRINCIPLES, RULES, SOURCES, effects_of

FACTS = {"I18", "I22"}
NO_TASK = {"B12", "I18", "I22"}
URGENT = {"B13", "I20", "O11"}
Differences = Iterator[str]


def rule_differences(protocol: Protocol) -> Differences:
    if set(protocol.rules) != set(RULES):
        yield f"rules: {sorted(set(protocol.rules) ^ set(RULES))}"
    for rule in protocol.rules.values():
        if rule.id in RULES and (wrong := _wrong_in(rule)):
            yield f"{rule.id}: {wrong}"


def _wrong_in(rule: Rule) -> str:
    severity, _, support, sources = RULES[rule.id]
    expected = {
        "severity": rule.severity == Severity.from_word(severity),
        "effects": dict(rule.effects) == effects_of(rule.id),
        "support": set(rule.support) == set(support.split()),
        "sources": set(rule.sources) == set(sources.split()) | questions.text_sources_of(rule.id),
        "sections": set(rule.sections) == questions.sections_of(rule.id),
        "fact": rule.records_a_fact == (rule.id in FACTS),
        "urgent": rule.urgent == (rule.id in URGENT),
        "per device": rule.per_device == (rule.id in questions.PER_DEVICE),
        "no task": rule.no_task == (rule.id in NO_TASK),
        "reason and task": bool(rule.reason and rule.task),
    }
    return ", ".join(name for name, holds in expected.items() if not holds)


def question_differences(protocol: Protocol) -> Differences:
    if list(protocol.questions) != list(questions.QUESTIONS):
        yield "questions"
        return
    for question in protocol.questions.values():
        wording, freshness, asked = questions.QUESTIONS[question.id]
        expected = {
            "wording": question.wording == wording,
            "freshness": question.freshness == freshness,
            "asked": _is_asked_as(question, asked),
            "optional": question.optional == (question.id in questions.OPTIONAL),
            "nothing": question.nothing_to_report == questions.NOTHING_TO_REPORT.get(question.id, ""),
            "role": question.role == questions.ROLES.get(question.id, ""),
            "ordinary": question.ordinary == questions.ORDINARY.get(question.id, ""),
            "short": question.short == questions.SHORT[question.id],
            "plural": question.plural == (question.id in questions.PLURAL),
            "options": _labels(question) == list(questions.options_of(question.id).items()),
            "tasks": _tasks(question) == {code for name, code in questions.TASKS if name == question.id},
        }
        yield from (f"{question.id}: {name}" for name, holds in expected.items() if not holds)


def _labels(question: Question) -> list[tuple[str, str]]:
    return [(option.code, option.label) for option in question.options]


def _tasks(question: Question) -> set[str]:
    return {option.code for option in question.options if option.task}


def _is_asked_as(question: Question, asked: str) -> bool:
    if question.is_listed:
        return asked == f"listed as {question.listed_as}"
    condition = question.asked_when
    if condition is None:
        return question.asked == asked
    return isinstance(condition, Test) and asked == f"{condition.question}: {' '.join(condition.codes)}"


def other_differences(protocol: Protocol) -> Differences:
    principles = {
        principle.id: (
            principle.reads,
            principle.severity.word if principle.severity else "",
            set(principle.support),
            set(principle.sources),
        )
        for principle in protocol.principles.values()
    }
    expected = {
        "sources": {key: source.tag for key, source in protocol.sources.items()} == SOURCES,
        "modalities": {code: modality.name for code, modality in protocol.modalities.items()}
        == questions.MODALITIES
        and tuple(protocol.modalities) == MODALITIES,
        "topics": list(protocol.topics) == ["pregnancy", "bleeding", "implants", "other", "combinations"],
        "principles": principles == _principles() and set(principles) == PRINCIPLES,
        "patient texts": dict(protocol.patient_texts) == questions.PATIENT_TEXTS,
        "help": protocol.help_section == questions.HELP_SECTION,
        "on arrival": (protocol.on_arrival.ask, protocol.on_arrival.provider_reads) == questions.ON_ARRIVAL,
        "section texts": set(protocol.section_texts) == questions.SECTION_TEXTS,
    }
    yield from (name for name, holds in expected.items() if not holds)


def _principles() -> dict[str, tuple[str, str, set[str], set[str]]]:
    return {
        name: (reads, severity, set(support.split()), set(sources.split()))
        for name, (reads, severity, support, sources) in questions.PRINCIPLES.items()
    }


@cache
def _rows() -> tuple[tuple[Mapping[str, Any], frozenset[str]], ...]:
    every = (rows.PREGNANCY, rows.CONDITION, rows.MEDICINE, rows.TICKS, rows.DEVICES, rows.TOGETHER)
    return tuple(
        (checked_answers(acupuncture(), NOTHING | answers), frozenset(rules.split()))
        for table in every
        for answers, rules in table
    )


def firing_differences(protocol: Protocol) -> Differences:
    """Answers by which a rule fires that should not, or the other way round."""
    changed = _read_otherwise(protocol)
    for answers, expected in _rows():
        whole = Situation(protocol, answers, ON)
        for rule in changed:
            places = whole.at_devices() if rule.per_device else (whole,)
            if any(causes(rule.when, place) is not None for place in places) != (rule.id in expected):
                yield f"{rule.id}: {answers}"


def _read_otherwise(protocol: Protocol) -> list[Rule]:
    """Only rules whose condition differs from the shipped one can fire on other answers."""
    shipped = acupuncture()
    if not _asks_alike(protocol, shipped):
        return list(protocol.rules.values())
    same_names = protocol.conditions == shipped.conditions
    return [
        rule
        for rule in protocol.rules.values()
        if (known := shipped.rules.get(rule.id)) is None
        or (known.when, known.per_device) != (rule.when, rule.per_device)
        or not (same_names or not _names(rule.when))
    ]


def _names(condition: Condition) -> bool:
    return any(isinstance(inner, NamedCondition) for inner in conditions_inside(condition))


def _asks_alike(protocol: Protocol, shipped: Protocol) -> bool:
    plain = [
        [
            (one.id, one.kind, one.asked, one.asked_when, one.optional, one.listed_as)
            for one in each.questions.values()
        ]
        for each in (protocol, shipped)
    ]
    return plain[0] == plain[1]


TABLES: dict[str, Callable[[Protocol], Differences]] = {
    "rules": rule_differences,
    "questions": question_differences,
    "texts and sources": other_differences,
    "answers that fire rules": firing_differences,
}


def first_difference(protocol: Protocol) -> str:
    """The first table that a protocol differs from, and in what; empty where there is none."""
    for name, differences in TABLES.items():
        if found := next(differences(protocol), ""):
            return f"{name}: {found}"
    return ""
