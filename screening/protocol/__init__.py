"""The protocol: questions, rules and sources as one reviewed file, and how answers are read by it."""

from screening.protocol.answers import Answer, AnswerError, checked_answers, pruned
from screening.protocol.blocks import block_of, in_core_words
from screening.protocol.conditions import Because, follow_ups, is_asked, is_unresolved
from screening.protocol.freshness import Given, expired, fresh_until, given_at
from screening.protocol.loading import acupuncture, load, parse
from screening.protocol.model import (
    Fallback,
    Modality,
    Option,
    Principle,
    Protocol,
    Question,
    Rule,
    SectionText,
    Source,
    Topic,
)
from screening.protocol.publishing import as_json
from screening.protocol.vocabulary import ARTICLE_SLUGS, IN_PERSON, NOT_SURE, Effect, ProtocolError, Severity

__all__ = [
    "ARTICLE_SLUGS",
    "IN_PERSON",
    "NOT_SURE",
    "Answer",
    "AnswerError",
    "Because",
    "Effect",
    "Fallback",
    "Given",
    "Modality",
    "Option",
    "Principle",
    "Protocol",
    "ProtocolError",
    "Question",
    "Rule",
    "SectionText",
    "Severity",
    "Source",
    "Topic",
    "acupuncture",
    "as_json",
    "block_of",
    "checked_answers",
    "expired",
    "follow_ups",
    "fresh_until",
    "given_at",
    "in_core_words",
    "is_asked",
    "is_unresolved",
    "load",
    "parse",
    "pruned",
]
