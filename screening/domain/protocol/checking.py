"""Proves that the parts of a protocol fit together: every name used exists, and nothing leads nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from screening.domain.protocol.checking_conditions import check_condition, check_loops, tests_inside
from screening.domain.protocol.conditions import Situation, causes, follow_ups
from screening.domain.protocol.model import Fallback, Principle, Protocol, Question, Rule
from screening.domain.protocol.vocabulary import (
    ARTICLE_SLUGS,
    CHOICE_KINDS,
    JUDGEMENT_TAGS,
    QUIET_OPTIONS,
    TAGS,
    UNKNOWN_ANSWERS,
    Effect,
    ProtocolError,
    Severity,
)


def check(protocol: Protocol) -> None:
    _check_lists(protocol)
    check_loops(protocol)
    for question in protocol.questions.values():
        _check_question(protocol, question)
    for rule in protocol.rules.values():
        _check_rule(protocol, rule)
    for principle in protocol.principles.values():
        if principle.id in protocol.rules:
            raise ProtocolError(
                principle.line, f"`{principle.id}` is also a rule", "Give one of them another id"
            )
        _check_support(protocol, principle, f"principle {principle.id}")
    _check_fallback(protocol)
    for question in protocol.core_questions:
        _check_leads_somewhere(protocol, question)
    if protocol.device_kind:
        _check_kinds(protocol, protocol.device_kind)


def _check_lists(protocol: Protocol) -> None:
    for topic in protocol.topics.values():
        _check_slug(topic.section, topic.line, f"topic {topic.code}")
    for source in protocol.sources.values():
        _check_tags(source.tag.split("/"), source.line, f"source {source.key}")
    devices = [question for question in protocol.questions.values() if question.kind == "devices"]
    if len(devices) > 1:
        raise ProtocolError(
            devices[1].line, "a second question has the kind devices", "Keep one list of devices"
        )


def _check_slug(slug: str, line: int, what: str) -> None:
    if slug not in ARTICLE_SLUGS:
        raise ProtocolError(line, f"{what}: the article has no section {slug!r}", "Use a slug of the article")


def _check_tags(tags: Iterable[str], line: int, what: str) -> None:
    for tag in tags:
        if tag not in TAGS:
            raise ProtocolError(line, f"{what}: the support tag {tag!r} is not known", "Use F, F2, M or J")


def _check_topic(protocol: Protocol, topic: str, line: int, what: str) -> None:
    if topic not in protocol.topics:
        raise ProtocolError(
            line, f"{what}: the topic {topic!r} is not known", f"Use one of: {', '.join(protocol.topics)}"
        )


def _check_question(protocol: Protocol, question: Question) -> None:
    what, line = f"question {question.id}", question.line
    _check_topic(protocol, question.topic, line, what)
    _check_slug(question.section, line, what)
    own = question.codes - UNKNOWN_ANSWERS
    if question.kind in CHOICE_KINDS and not own:
        raise ProtocolError(line, f"{what} has no options", "Add `options:`")
    if question.kind not in CHOICE_KINDS and own:
        raise ProtocolError(
            line, f"{what} has options but is a {question.kind}", "Remove them, or make it one or many"
        )
    if question.kind == "text" and question.max_length is None:
        raise ProtocolError(line, f"{what} sets no length", "Add `max_length: 500`")
    if question.kind == "number" and (question.minimum is None or question.maximum is None):
        raise ProtocolError(line, f"{what} sets no limits", "Add `min:` and `max:`")
    if (question.minimum or 0) > (question.maximum or question.minimum or 0):
        raise ProtocolError(line, f"{what} has a `min` above its `max`", "Exchange the two")
    labels = [option.label for option in question.options]
    for label in labels:
        if labels.count(label) > 1:
            raise ProtocolError(line, f"{what}: two options read {label!r}", "Word one of them otherwise")
    if question.asked_when:
        check_condition(protocol, question.asked_when, in_device=question.is_device, may_age=False)
    if question.is_device and protocol.devices_question is None:
        raise ProtocolError(
            line, f"{what} is asked per device, but no question lists devices", "Add one of kind devices"
        )
    _check_listed(protocol, question)
    _check_quiet(question)


def _check_listed(protocol: Protocol, question: Question) -> None:
    what, line = f"question {question.id}", question.line
    if question.is_listed != bool(question.listed_as):
        raise ProtocolError(
            line, f"{what}: `asked: listed` and `listed_as` belong together", "Write both or neither"
        )
    if question.is_listed and protocol.list_of(question) is None:
        remedy = "Name an option of the tick list on the first page"
        raise ProtocolError(line, f"{what}: no tick list has the option {question.listed_as!r}", remedy)
    if question.is_listed and "yes" not in question.codes:
        raise ProtocolError(line, f"{what} has no option `yes`", "Add it: a tick in the list means yes")


def _check_quiet(question: Question) -> None:
    what, quiet = f"question {question.id}", question.nothing_to_report
    if quiet and question.kind not in ("one", "place"):
        wrong = f"{what}: `nothing_to_report` does not suit the kind {question.kind}"
        raise ProtocolError(question.line, wrong, "Remove it; it is for questions with one answer")
    if quiet and quiet not in question.codes - UNKNOWN_ANSWERS:
        wrong = f"{what}: `nothing_to_report` names {quiet!r}, none of its options"
        raise ProtocolError(question.line, wrong, "Correct it or add the option")


def _check_rule(protocol: Protocol, rule: Rule) -> None:
    what, line = f"rule {rule.id}", rule.line
    _check_topic(protocol, rule.topic, line, what)
    _check_effects(protocol, rule.effects, line, what)
    _check_support(protocol, rule, what)
    check_condition(protocol, rule.when, in_device=rule.per_device)
    for modality in rule.where:
        if rule.effects.get(modality, Effect.OK) == Effect.OK:
            raise ProtocolError(
                line, f"{what}: `where` names {modality}, which it leaves ok", "Remove that place"
            )
    if rule.records_a_fact and rule.severity != Severity.NOTE:
        raise ProtocolError(
            line, f"{what} records a fact, yet it is a {rule.severity.word}", "Make it a note"
        )
    too_weak = rule.judgement_only and rule.severity < Severity.CAUTION
    if too_weak and not rule.records_a_fact:
        raise ProtocolError(
            line, f"{what} rests on M and J only, yet it is a note", "Raise it to caution or add a source"
        )


def _check_effects(protocol: Protocol, effects: Mapping[str, Effect], line: int, what: str) -> None:
    missing = [code for code in protocol.modalities if code not in effects]
    if missing:
        raise ProtocolError(
            line, f"{what} gives no effect for {', '.join(missing)}", "Write ok, modify or avoid for it"
        )
    unknown = [code for code in effects if code not in protocol.modalities]
    if unknown:
        raise ProtocolError(
            line, f"{what} gives an effect for {unknown[0]!r}, no modality", "Remove or correct it"
        )


def _check_support(protocol: Protocol, claim: Rule | Principle | Fallback, what: str) -> None:
    _check_tags(claim.support, claim.line, what)
    for source in claim.sources:
        if source not in protocol.sources:
            raise ProtocolError(
                claim.line, f"{what}: the source {source!r} is not listed", "Add it under `sources`"
            )
    for slug in claim.sections:
        _check_slug(slug, claim.line, what)


def _check_fallback(protocol: Protocol) -> None:
    fallback = protocol.fallback
    _check_effects(protocol, fallback.effects, fallback.line, "the fallback")
    _check_support(protocol, fallback, "the fallback")
    if fallback.severity != Severity.STOP or set(fallback.effects.values()) != {Effect.AVOID}:
        raise ProtocolError(
            fallback.line, "the fallback is weaker than stop and avoid", "Write stop, and avoid for all"
        )
    if not JUDGEMENT_TAGS.issuperset(fallback.support) or fallback.id in protocol.rules:
        raise ProtocolError(
            fallback.line, "the fallback is not an id of its own tagged J", "Give it its own id and [J]"
        )


def _check_leads_somewhere(protocol: Protocol, question: Question) -> None:
    """Each option of a main question raises a flag or opens a follow-up; not knowing raises a flag."""
    for option in question.options:
        if option.code not in QUIET_OPTIONS | UNKNOWN_ANSWERS and not _leads(protocol, question, option.code):
            wrong = f"question {question.id}: the option `{option.code}` leads nowhere"
            raise ProtocolError(question.line, wrong, "Use it in a rule or in the `asked` of a follow-up")
    unknown = (*UNKNOWN_ANSWERS, None) if question.options else ()
    if not question.optional and not all(_raises(protocol, question, answer) for answer in unknown):
        wrong = f"question {question.id}: not sure and in person lead nowhere"
        raise ProtocolError(question.line, wrong, "Add a rule with `unresolved: true`")


def _check_kinds(protocol: Protocol, kind: Question) -> None:
    """A kind of device that no rule names would pass without a flag."""
    named = {
        code
        for test in tests_inside(protocol, rules_only=True)
        if test.question == kind.id
        for code in test.codes
    }
    for option in kind.options:
        if option.code not in named | UNKNOWN_ANSWERS:
            wrong = f"question {kind.id}: no rule names the option `{option.code}`"
            raise ProtocolError(kind.line, wrong, "Add a rule for this kind of device")


def _leads(protocol: Protocol, question: Question, code: str) -> bool:
    """One of several ticks may matter only beside another; a single answer must matter by itself."""
    if question.kind == "many" and any(
        test.question == question.id and code in test.codes
        for test in tests_inside(protocol, rules_only=False)
    ):
        return True
    return _raises(protocol, question, code) or _opens(protocol, question, code)


def _raises(protocol: Protocol, question: Question, answer: str | None) -> bool:
    """Whether a rule holds because of this answer, whatever else is answered."""
    lines = {listed.id for listed in protocol.questions.values() if protocol.list_of(listed) is question}
    at = Situation(protocol, _only(question, answer))
    found = (causes(rule.when, at) or () for rule in protocol.rules.values() if not rule.per_device)
    return any(cause.question in lines | {question.id} for causes_of in found for cause in causes_of)


def _opens(protocol: Protocol, question: Question, answer: str) -> bool:
    return bool(set(follow_ups(protocol, _only(question, answer))) - set(follow_ups(protocol, {})))


def _only(question: Question, answer: str | None) -> dict[str, str | list[str]]:
    return {} if answer is None else {question.id: [answer] if question.kind == "many" else answer}
