"""Proves that each rule, each principle and the fallback stand on what exists, and say no less than they must."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from screening.domain.protocol.article_sections import ARTICLE_SLUGS
from screening.domain.protocol.checking_conditions import check_condition
from screening.domain.protocol.model import Fallback, Principle, Protocol, Rule
from screening.domain.protocol.vocabulary import JUDGEMENT_TAGS, TAGS, Effect, ProtocolError, Severity


def check_rule(protocol: Protocol, rule: Rule) -> None:
    what, line = f"rule {rule.id}", rule.line
    check_topic(protocol, rule.topic, line, what)
    _check_effects(protocol, rule.effects, line, what)
    check_support(protocol, rule, what)
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


def check_support(protocol: Protocol, claim: Rule | Principle | Fallback, what: str) -> None:
    check_tags(claim.support, claim.line, what)
    for source in claim.sources:
        if source not in protocol.sources:
            raise ProtocolError(
                claim.line, f"{what}: the source {source!r} is not listed", "Add it under `sources`"
            )
    for slug in claim.sections:
        check_slug(slug, claim.line, what)


def check_fallback(protocol: Protocol) -> None:
    fallback = protocol.fallback
    _check_effects(protocol, fallback.effects, fallback.line, "the fallback")
    check_support(protocol, fallback, "the fallback")
    if fallback.severity != Severity.STOP or set(fallback.effects.values()) != {Effect.AVOID}:
        raise ProtocolError(
            fallback.line, "the fallback is weaker than stop and avoid", "Write stop, and avoid for all"
        )
    if not JUDGEMENT_TAGS.issuperset(fallback.support) or fallback.id in protocol.rules:
        raise ProtocolError(
            fallback.line, "the fallback is not an id of its own tagged J", "Give it its own id and [J]"
        )


def check_slug(slug: str, line: int, what: str) -> None:
    if slug not in ARTICLE_SLUGS:
        raise ProtocolError(line, f"{what}: the article has no section {slug!r}", "Use a slug of the article")


def check_tags(tags: Iterable[str], line: int, what: str) -> None:
    for tag in tags:
        if tag not in TAGS:
            raise ProtocolError(line, f"{what}: the support tag {tag!r} is not known", "Use F, F2, M or J")


def check_topic(protocol: Protocol, topic: str, line: int, what: str) -> None:
    if topic not in protocol.topics:
        raise ProtocolError(
            line, f"{what}: the topic {topic!r} is not known", f"Use one of: {', '.join(protocol.topics)}"
        )
