"""Turns the tree of the file into questions, rules and sources; `checking` then proves that they fit."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from screening.domain.protocol.article_sections import ARTICLE_SLUGS
from screening.domain.protocol.condition_forms import Condition
from screening.domain.protocol.fields import EFFECT_WORDS, SEVERITY_WORDS, Fields
from screening.domain.protocol.model import (
    Fallback,
    Modality,
    OnArrival,
    Option,
    Principle,
    Protocol,
    Question,
    Rule,
    SectionText,
    Source,
    Topic,
)
from screening.domain.protocol.parsing import read_condition
from screening.domain.protocol.tree import Block, read_tree
from screening.domain.protocol.vocabulary import (
    IN_PERSON,
    NOT_SURE,
    PATIENT_TEXTS,
    QUESTION_KINDS,
    READINGS,
    ROLES,
    Effect,
    ProtocolError,
)

Built = TypeVar("Built")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_QUESTION_ID = re.compile(r"[a-z]+(\.[a-z]+)*")
_NEVER_UNKNOWN = ("text", "number")


def build(text: str) -> Protocol:
    return build_tree(read_tree(text), text)


def build_tree(tree: Block, text: str) -> Protocol:
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
        digest=digest_of(tree),
        text=text,
        modalities=_keyed(file.each("modalities", _modality), "code", tree.line_of("modalities")),
        topics=_keyed(file.each("topics", _topic), "code", tree.line_of("topics")),
        sources=_keyed(file.each("sources", _source), "key", tree.line_of("sources")),
        questions=_keyed(file.each("questions", _question), "id", tree.line_of("questions")),
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


def digest_of(content: Block) -> str:
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


def _option(value: Any, line: int) -> Option:
    fields = Fields(value, line, "an option")
    code = fields.text("code")
    if not _CODE.fullmatch(code):
        raise fields.refuse(
            "code", f"the code {code!r} is not lower case with hyphens", "Write for example stent-filter"
        )
    extra = (fields.text_or_empty(name) for name in ("term", "group", "task"))
    option = Option(code, fields.text("label"), *extra)
    fields.done()
    return option


def _options(fields: Fields, kind: str) -> tuple[Option, ...]:
    """The options in the order shown; not knowing is added to every question but a number or a text."""
    own = fields.each("options", _option) if fields.has("options") else ()
    unsure = fields.text_or_empty("unsure_label") or "Not sure"
    in_person = fields.text_or_empty("in_person_label") or "I'd rather tell my provider in person"
    if kind in _NEVER_UNKNOWN:
        return own
    options = (*own, Option(NOT_SURE, unsure), Option(IN_PERSON, in_person))
    codes = [option.code for option in options]
    for code in codes:
        if codes.count(code) > 1:
            raise fields.refuse(
                "options", f"the option `{code}` is there twice", "Remove one; the unknown ones are added"
            )
    return options


def _asked(fields: Fields) -> tuple[str, Condition | None]:
    asked = fields.raw("asked")
    if isinstance(asked, Block):
        return "condition", read_condition(asked, asked.line)
    if asked not in ("core", "device", "listed"):
        raise fields.refuse(
            "asked", f"`asked` cannot be {asked!r}", "Write core, device, listed or a condition"
        )
    if not fields.has("asked_when"):
        return str(asked), None
    if asked != "device":
        raise fields.refuse(
            "asked_when", "`asked_when` is only for a device's question", "Write the condition at `asked`"
        )
    return "device", read_condition(fields.raw("asked_when"), fields.line)


def _question(value: Any, line: int) -> Question:
    fields = Fields(value, line, "a question")
    question_id = fields.text("id")
    fields.what = f"question {question_id}"
    if not _QUESTION_ID.fullmatch(question_id):
        raise fields.refuse("id", "the id is not lower-case words with dots", "Write for example bleed.easy")
    kind = fields.one_of("kind", QUESTION_KINDS)
    asked, asked_when = _asked(fields)
    question = Question(
        id=question_id,
        topic=fields.text("topic"),
        kind=kind,
        short=fields.text("short"),
        wording=fields.text("wording"),
        why=fields.text("why"),
        section=fields.text("section"),
        freshness=_freshness(fields),
        asked=asked,
        asked_when=asked_when,
        help=fields.text_or_empty("help"),
        options=_options(fields, kind),
        optional=fields.yes("optional"),
        max_length=fields.count("max_length") if fields.has("max_length") else None,
        minimum=fields.number("min") if fields.has("min") else None,
        maximum=fields.number("max") if fields.has("max") else None,
        listed_as=fields.text_or_empty("listed_as"),
        nothing_to_report=fields.text_or_empty("nothing_to_report"),
        plural=fields.yes("plural"),
        role=fields.one_of("role", ROLES) if fields.has("role") else "",
        ordinary=fields.text_or_empty("ordinary"),
        line=line,
    )
    fields.done()
    return question


def _freshness(fields: Fields) -> int | None:
    return None if fields.raw("freshness") == "visit" else fields.count("freshness")


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
