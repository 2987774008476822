"""A protocol version put together for reading: each question with its rules, each rule with its questions. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from screening.domain.protocol.model import Fallback, Principle, Protocol, Question, Rule, Topic
from screening.domain.protocol.subjects import subject
from screening.domain.protocol.vocabulary import TAG_WORDS
from screening.domain.protocol.wording import (
    Clause,
    Clauses,
    asked_in_words,
    freshness_in_words,
    outline,
    questions_read,
)
from screening.lead.hazards import HAZARDS, hazards_of_question, hazards_of_rule
from screening.lead.rule_diagram import Picture, picture_of
from screening.staff.flags_shown import Cited, cited, section_title


@dataclass(frozen=True)
class QuestionRead:
    question: Question
    asked: str
    fresh: str
    rules: tuple[str, ...]
    """The rules that read the answer."""
    opens: tuple[tuple[str, str], ...]
    """The questions that some answer opens."""
    section: str
    hazards: str


@dataclass(frozen=True)
class Grounds:
    """What a rule or a principle rests on."""

    cited: tuple[tuple[str, Cited], ...]
    support: str
    sections: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RuleRead:
    rule: Rule
    when: Clause | Clauses
    questions: tuple[tuple[str, str], ...]
    """Id and short name."""
    means: tuple[tuple[str, str, str], ...]
    """Modality, effect, and the place that limits it."""
    grounds: Grounds
    hazards: str


@dataclass(frozen=True)
class TopicRead:
    topic: Topic
    questions: tuple[QuestionRead, ...]
    rules: tuple[RuleRead, ...]
    picture: Picture | None


@dataclass(frozen=True)
class ProtocolRead:
    protocol: Protocol
    topics: tuple[TopicRead, ...]
    principles: tuple[tuple[Principle, Grounds], ...]
    fallback: Grounds
    fallback_means: tuple[tuple[str, str, str], ...]


def protocol_read(protocol: Protocol) -> ProtocolRead:
    reads = {rule.id: questions_read(protocol, rule.when) for rule in protocol.rules.values()}
    return ProtocolRead(
        protocol=protocol,
        topics=tuple(_topic(protocol, topic, reads) for topic in protocol.topics.values()),
        principles=tuple((each, _grounds(protocol, each)) for each in protocol.principles.values()),
        fallback=_grounds(protocol, protocol.fallback),
        fallback_means=_means(protocol, protocol.fallback),
    )


def _topic(protocol: Protocol, topic: Topic, reads: dict[str, tuple[str, ...]]) -> TopicRead:
    rules = [rule for rule in protocol.rules.values() if rule.topic == topic.code]
    questions = [question for question in protocol.questions.values() if question.topic == topic.code]
    return TopicRead(
        topic=topic,
        questions=tuple(_question(protocol, question, reads) for question in questions),
        rules=tuple(_rule(protocol, rule, reads[rule.id]) for rule in rules),
        picture=picture_of(protocol, rules) if rules else None,
    )


def _question(protocol: Protocol, question: Question, reads: dict[str, tuple[str, ...]]) -> QuestionRead:
    opened = (
        other
        for other in protocol.questions.values()
        if other.asked_when and question.id in questions_read(protocol, other.asked_when)
    )
    return QuestionRead(
        question=question,
        asked=asked_in_words(protocol, question),
        fresh=freshness_in_words(question),
        rules=tuple(rule for rule, names in reads.items() if question.id in names),
        opens=tuple((other.id, subject(protocol, other.id)) for other in opened),
        section=section_title(protocol, question.section),
        hazards=_named(hazards_of_question(question)),
    )


def _rule(protocol: Protocol, rule: Rule, questions: tuple[str, ...]) -> RuleRead:
    return RuleRead(
        rule=rule,
        when=outline(protocol, rule.when),
        questions=tuple((name, subject(protocol, name)) for name in questions),
        means=_means(protocol, rule),
        grounds=_grounds(protocol, rule),
        hazards=_named(hazards_of_rule(protocol, rule)),
    )


def _means(protocol: Protocol, rule: Rule | Fallback) -> tuple[tuple[str, str, str], ...]:
    where = rule.where if isinstance(rule, Rule) else {}
    return tuple(
        (protocol.modalities[code].name, effect.word, where.get(code, ""))
        for code, effect in rule.effects.items()
        if code in protocol.modalities
    )


def _grounds(protocol: Protocol, rule: Rule | Principle | Fallback) -> Grounds:
    return Grounds(
        cited=tuple((key, cited(protocol, key)) for key in rule.sources if key in protocol.sources),
        support="; ".join(f"{tag}: {TAG_WORDS[tag][0]}" for tag in rule.support),
        sections=tuple((slug, section_title(protocol, slug)) for slug in rule.sections),
    )


def _named(hazards: tuple[str, ...]) -> str:
    return "; ".join(f"{name} {HAZARDS[name]}" for name in hazards)
