"""Turns the tree of the file into questions, rules and sources; `checking` then proves that they fit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

from screening.domain.protocol.article_sections import ARTICLE_SLUGS
from screening.domain.protocol.building_questions import build_question
from screening.domain.protocol.fields import EFFECT_WORDS, SEVERITY_WORDS, Built, Fields
from screening.domain.protocol.model import (
    Fallback,
    Modality,
    OnArrival,
    Principle,
    Protocol,
    Rule,
    SectionText,
    Source,
    Topic,
)
from screening.domain.protocol.parsing import read_condition
from screening.domain.protocol.tree import FileMap, read_tree
from screening.domain.protocol.vocabulary import PATIENT_TEXTS, READINGS, Effect, ProtocolError


def build(text: str) -> Protocol:
    return build_tree(read_tree(text), text)


def build_tree(tree: FileMap, text: str) -> Protocol:
    file = Fields(tree, 1, "the file")
    conditions = file.inner("conditions")
    texts = file.inner("patient_texts")
    for name in PATIENT_TEXTS:
        texts.text(name)
    protocol = Protocol(
        name=file.name("protocol"),
        version=file.name("version"),
        status=file.one_of("status", ("draft", "signed")),
        language=file.name("language"),
        digest=content_digest(tree),
        text=text,
        modalities=_keyed(file.each("modalities", _modality), "code", tree.line_of("modalities")),
        topics=_keyed(file.each("topics", _topic), "code", tree.line_of("topics")),
        sources=_keyed(file.each("sources", _source), "key", tree.line_of("sources")),
        questions=_keyed(file.each("questions", build_question), "id", tree.line_of("questions")),
        conditions=_named(conditions, lambda name: read_condition(conditions.raw(name), conditions.line)),
        rules=_keyed(file.each("rules", _rule), "id", tree.line_of("rules")),
        principles=_keyed(file.each("principles", _principle), "id", tree.line_of("principles")),
        fallback=_fallback(file.inner("fallback")),
        section_texts=_section_texts(file.inner("section_texts")),
        patient_texts=_named(texts, texts.text),
        help_section=file.text("help_section"),
        on_arrival=_on_arrival(file.inner("on_arrival")),
    )
    file.done()
    return protocol


def content_digest(content: FileMap) -> str:
    """The same for the same content, whatever its comments, spacing and order of keys."""
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()


def _keyed(things: Iterable[Built], key: str, line: int) -> dict[str, Built]:
    keyed: dict[str, Built] = {}
    for thing in things:
        name = getattr(thing, key)
        if name in keyed:
            raise ProtocolError(
                getattr(thing, "line", line), f"`{name}` is used twice", "Give one of them another name"
            )
        keyed[name] = thing
    return keyed


def _named(fields: Fields, read: Callable[[str], Built]) -> dict[str, Built]:
    return {name: read(name) for name in fields.block}


def _modality(value: Any, line: int) -> Modality:
    fields = Fields(value, line, "a modality")
    modality = Modality(code=fields.name("code"), name=fields.text("name"))
    fields.done()
    return modality


def _topic(value: Any, line: int) -> Topic:
    fields = Fields(value, line, "a topic")
    topic = Topic(fields.name("code"), fields.text("title"), fields.text("section"), line)
    fields.done()
    return topic


def _source(value: Any, line: int) -> Source:
    fields = Fields(value, line, "a source")
    names = ("citation", "year", "link", "covers", "tag")
    source = Source(key=fields.name("key"), **{name: fields.text(name) for name in names}, line=line)
    fields.done()
    return source


def _effects(fields: Fields) -> dict[str, Effect]:
    inner = fields.inner("effects")
    return _named(inner, lambda code: inner.word(code, EFFECT_WORDS))


def _rule(value: Any, line: int) -> Rule:
    fields = Fields(value, line, "a rule")
    rule_id = fields.name("id")
    fields.what = f"rule {rule_id}"
    where = fields.inner("where") if fields.has("where") else None
    per = fields.one_of("per", ("submission", "device")) if fields.has("per") else "submission"
    rule = Rule(
        id=rule_id,
        topic=fields.text("topic"),
        severity=fields.word("severity", SEVERITY_WORDS),
        when=read_condition(fields.raw("when"), fields.block.line_of("when")),
        effects=_effects(fields),
        reason=fields.text("reason"),
        task=fields.text("task"),
        sources=fields.texts("sources"),
        support=fields.texts("support"),
        sections=fields.texts("sections"),
        per_device=per == "device",
        where=_named(where, where.text) if where else {},
        advice=fields.text_or_empty("advice"),
        contested=fields.text_or_empty("contested"),
        support_note=fields.text_or_empty("support_note"),
        records_a_fact=fields.yes("records_a_fact"),
        urgent=fields.yes("urgent"),
        no_task=fields.yes("no_task"),
        line=line,
    )
    fields.done()
    return rule


def _principle(value: Any, line: int) -> Principle:
    fields = Fields(value, line, "a principle")
    principle = Principle(
        id=fields.name("id"),
        reads=fields.one_of("reads", READINGS),
        severity=fields.word("severity", SEVERITY_WORDS) if fields.has("severity") else None,
        reason=fields.text("reason"),
        sources=fields.texts("sources"),
        support=fields.texts("support"),
        sections=fields.texts("sections"),
        line=line,
    )
    fields.done()
    return principle


def _fallback(fields: Fields) -> Fallback:
    fallback = Fallback(
        id=fields.name("id"),
        severity=fields.word("severity", SEVERITY_WORDS),
        effects=_effects(fields),
        reason=fields.text("reason"),
        task=fields.text("task"),
        sources=fields.texts("sources"),
        support=fields.texts("support"),
        sections=fields.texts("sections"),
        line=fields.line,
    )
    fields.done()
    return fallback


def _on_arrival(fields: Fields) -> OnArrival:
    on_arrival = OnArrival(fields.texts("ask"), fields.text("provider_reads"))
    fields.done()
    return on_arrival


def _section_texts(fields: Fields) -> dict[str, SectionText]:
    def read(slug: str) -> SectionText:
        if slug not in ARTICLE_SLUGS:
            raise fields.refuse(slug, f"the article has no section {slug!r}", "Use a slug of the article")
        inner = fields.inner(slug)
        section = SectionText(inner.text("title"), inner.text("text"))
        inner.done()
        return section

    return _named(fields, read)
