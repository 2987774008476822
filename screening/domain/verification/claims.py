"""L4 and L11: every flag says why and where to read on, and what is not known stops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from screening.domain.assessment import Assessment, assess
from screening.domain.protocol.article_sections import ARTICLE_SLUGS
from screening.domain.protocol.model import Fallback, Principle, Protocol, Question, Rule
from screening.domain.protocol.vocabulary import Effect, Severity
from screening.domain.verification.report import Finding
from screening.domain.verification.spaces import ON, written

_NOT_KNOWN = "not-known-here"


def without_grounds(protocol: Protocol) -> Iterator[Finding]:
    """L4, for each rule, each principle and the fallback."""
    claims: list[Rule | Principle | Fallback] = [*protocol.rules.values(), *protocol.principles.values()]
    for claim in (*claims, protocol.fallback):
        missing = [
            *(["no reason"] if not claim.reason.strip() else []),
            *(["no source"] if not claim.sources else []),
            *(f"no source {key} in the list" for key in claim.sources if key not in protocol.sources),
            *(["no support tag"] if not claim.support else []),
            *(["no section of the article"] if not claim.sections else []),
            *(f"no section {slug} in the article" for slug in claim.sections if slug not in ARTICLE_SLUGS),
        ]
        yield from (Finding("L4", claim.id, f"there is {what}") for what in missing)


def let_through(protocol: Protocol) -> Iterator[Finding]:
    """L11: answers, kinds, questions and modalities that the protocol does not know."""
    for what, answers, planned in _unknowns(protocol):
        result = assess(protocol, answers, planned, ON)
        if not _stops(protocol, result):
            effects = ", ".join(f"{code} {effect.word}" for code, effect in result.modalities.items())
            says = f"{what} gives {result.severity.word} ({effects}) instead of stop and avoid everywhere"
            yield Finding("L11", "fallback", says)


def _stops(protocol: Protocol, result: Assessment) -> bool:
    avoided = [code for code, effect in result.modalities.items() if effect == Effect.AVOID]
    return result.severity == Severity.STOP and avoided == list(protocol.modalities)


def _unknowns(protocol: Protocol) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    listed = protocol.devices_question
    yield "a question that is not known", {_NOT_KNOWN: "no"}, []
    yield "a modality that is not known", {}, [_NOT_KNOWN]
    for question in protocol.questions.values():
        for answer in _unknown_answers(question):
            if not question.is_device:
                yield f"an unknown answer to {question.id}", {question.id: answer}, []
            elif listed:
                device = {question.device_key: answer}
                yield f"an unknown answer to {question.id}", {listed.id: [device]}, []
    if listed:
        yield "an unknown question about a device", {listed.id: [{_NOT_KNOWN: "no"}]}, []


def _unknown_answers(question: Question) -> Iterator[Any]:
    if question.kind == "text":
        yield [_NOT_KNOWN]
        return
    yield _NOT_KNOWN
    if question.kind == "many":
        known = next(option.code for option in question.options)
        yield [known, _NOT_KNOWN]
    if question.kind == "date":
        yield f"{written(ON)}T00:00"
