"""Small protocols, each with one fault that only verification can see: the loader takes them all."""

from __future__ import annotations

from screening.domain.protocol.loading import parse
from screening.domain.protocol.model import Protocol
from tests.support.small_protocol import SMALL

_RULE = """\
  - id: {id}
    topic: {topic}
    severity: {severity}
    when: {when}
    effects: {{MA: {ma}, EA: {ea}}}
    reason: A reason.
    task: a task
    sources: [book-1999]
    support: [F]
    sections: [safety-other]
    per: {per}
"""
_FIRST_RULE = "rules:\n"


def changed(old: str, new: str) -> Protocol:
    assert SMALL.count(old) >= 1, old
    return parse(SMALL.replace(old, new, 1))


def with_rule(
    rule: str,
    when: str,
    severity: str = "caution",
    ma: str = "ok",
    ea: str = "ok",
    topic: str = "other",
    per: str = "submission",
) -> Protocol:
    text = _RULE.format(id=rule, when=when, severity=severity, ma=ma, ea=ea, topic=topic, per=per)
    return changed(_FIRST_RULE, f"rules:\n{text}")


def with_question(question: str) -> Protocol:
    return changed("conditions:\n", f"{question}conditions:\n")


IDLE_QUESTION = """\
  - id: imp.side
    topic: implants
    kind: one
    short: the side of the device
    wording: Which side is it on?
    why: We would like to know.
    section: safety-implants
    freshness: 182
    asked: device
    options: [{code: left, label: Left}, {code: right, label: Right}]
"""
