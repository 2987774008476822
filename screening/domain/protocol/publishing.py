"""The protocol as JSON, for the command line and for programs that send answers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from screening.domain.protocol.condition_forms import AnyDevice, Condition, Group, NamedCondition, Test
from screening.domain.protocol.model import Protocol, Question, Rule


def as_json(protocol: Protocol) -> dict[str, Any]:
    return {
        "protocol": protocol.name,
        "version": protocol.version,
        "digest": protocol.digest,
        "status": protocol.status,
        "language": protocol.language,
        "modalities": [asdict(modality) for modality in protocol.modalities.values()],
        "topics": [_plain(topic) for topic in protocol.topics.values()],
        "questions": [_question(question) for question in protocol.questions.values()],
        "conditions": {name: condition_as_json(condition) for name, condition in protocol.conditions.items()},
        "rules": [_rule(rule) for rule in protocol.rules.values()],
        "principles": [_plain(principle) for principle in protocol.principles.values()],
        "fallback": _plain(protocol.fallback),
        "sources": [_plain(source) for source in protocol.sources.values()],
        "section_texts": {slug: asdict(text) for slug, text in protocol.section_texts.items()},
        "patient_texts": dict(protocol.patient_texts),
        "help_section": protocol.help_section,
        "on_arrival": _plain(protocol.on_arrival),
    }


def condition_as_json(condition: Condition) -> dict[str, Any]:
    if isinstance(condition, Group):
        return {condition.form: [condition_as_json(part) for part in condition.parts]}
    if isinstance(condition, NamedCondition):
        return {"named": condition.name}
    if isinstance(condition, AnyDevice):
        return {"any_device": condition_as_json(condition.part)}
    return {"question": condition.question, **_comparison(condition)}


def _comparison(test: Test) -> dict[str, Any]:
    if test.form == "at_least":
        return {"at_least": test.number, "of": list(test.codes)}
    if test.form in ("is", "has"):
        return {test.form: test.codes[0]}
    if test.codes:
        return {test.form: list(test.codes)}
    return {test.form: True if test.form in ("unresolved", "typed") else test.number}


def _question(question: Question) -> dict[str, Any]:
    plain = _plain(question, without=("asked_when",))
    plain["freshness"] = question.freshness or "visit"
    plain["options"] = [
        {"code": option.code, "label": option.label, **_extras(option)} for option in question.options
    ]
    if question.asked_when:
        plain["asked_when"] = condition_as_json(question.asked_when)
    return plain


def _extras(option: Any) -> dict[str, str]:
    return {name: getattr(option, name) for name in ("term", "group", "task") if getattr(option, name)}


def _rule(rule: Rule) -> dict[str, Any]:
    plain = _plain(rule, without=("when", "per_device"))
    return {
        **plain,
        "when": condition_as_json(rule.when),
        "per": "device" if rule.per_device else "submission",
    }


def _plain(thing: Any, without: tuple[str, ...] = ()) -> dict[str, Any]:
    """A frozen value as JSON: severities and effects as words, without lines and what is not set."""
    skipped = ("line", *without)
    values = {name: _word(value) for name, value in vars(thing).items() if name not in skipped}
    return {
        name: value
        for name, value in values.items()
        if value not in (None, "") and name in thing.__dataclass_fields__
    }


def _word(value: Any) -> Any:
    if hasattr(value, "word"):
        return value.word
    if isinstance(value, dict):
        return {name: _word(item) for name, item in value.items()}
    return list(value) if isinstance(value, tuple) else value
