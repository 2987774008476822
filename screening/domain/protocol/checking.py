"""Proves that the parts of a protocol fit together: every name used exists, and nothing leads nowhere."""

from __future__ import annotations

from collections import Counter

from screening.domain.protocol.checking_conditions import check_loops
from screening.domain.protocol.checking_leads import check_kinds, check_leads_somewhere
from screening.domain.protocol.checking_questions import check_question
from screening.domain.protocol.checking_roles import check_devices, check_roles
from screening.domain.protocol.checking_rules import (
    check_fallback,
    check_rule,
    check_slug,
    check_support,
    check_tags,
)
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.vocabulary import DEVICE_STATE, READINGS, ProtocolError


def check_protocol(protocol: Protocol) -> None:
    _check_lists(protocol)
    check_loops(protocol)
    for question in protocol.questions.values():
        check_question(protocol, question)
    check_roles(protocol)
    check_devices(protocol)
    for rule in protocol.rules.values():
        check_rule(protocol, rule)
    _check_principles(protocol)
    check_fallback(protocol)
    for question in protocol.core_questions:
        check_leads_somewhere(protocol, question)
    if protocol.device_kind:
        check_kinds(protocol, protocol.device_kind)


def _check_lists(protocol: Protocol) -> None:
    for topic in protocol.topics.values():
        check_slug(topic.section, topic.line, f"topic {topic.code}")
    for source in protocol.sources.values():
        check_tags(source.tag.split("/"), source.line, f"source {source.key}")
    if protocol.help_section not in protocol.section_texts:
        wrong = f"`help_section` names {protocol.help_section!r}, no section with a text for patients"
        raise ProtocolError(1, wrong, "Correct it or add the text under `section_texts`")
    names = Counter(question.short for question in protocol.questions.values())
    for question in protocol.questions.values():
        if names[question.short] > 1:
            wrong = f"question {question.id}: another question is called {question.short!r} too"
            raise ProtocolError(question.line, wrong, "Give each question a `short` of its own")


def _check_principles(protocol: Protocol) -> None:
    """What is not known is read by a principle that the file states, each by its own."""
    for principle in protocol.principles.values():
        if principle.id in protocol.rules:
            raise ProtocolError(
                principle.line, f"`{principle.id}` is also a rule", "Give one of them another id"
            )
        check_support(protocol, principle, f"principle {principle.id}")
    for reading in READINGS:
        stated = [principle for principle in protocol.principles.values() if principle.reads == reading]
        wanted = 0 if reading == DEVICE_STATE and protocol.device_state is None else 1
        if len(stated) < wanted:
            raise ProtocolError(
                1, f"no principle reads `{reading}`", f"Add a principle with `reads: {reading}`"
            )
        if len(stated) > wanted:
            remedy = "Keep one" if wanted else "Remove it, or add a question with `role: device-state`"
            raise ProtocolError(
                stated[-1].line, f"principle {stated[-1].id}: nothing is left to read `{reading}`", remedy
            )
