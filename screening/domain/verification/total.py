"""Every combination gets an assessment, and the walk reads conditions as the program does."""

from __future__ import annotations

from collections.abc import Iterator

from screening.domain.protocol.model import Rule
from screening.domain.protocol.vocabulary import Effect, Severity
from screening.domain.verification.laws import walk_of
from screening.domain.verification.report import Coverage, Finding, combination_in_words
from screening.domain.verification.spaces import Spaces
from screening.domain.verification.walking import Combination, Walk, fires
from screening.domain.verification.whole import assessed, whole_form


def rule_coverage(spaces: Spaces, rule: Rule) -> Coverage:
    """Every combination of answers to a rule's own questions, and how many of them it tells apart."""
    counts = [
        combination.count
        for combination in walk_of(spaces, [rule.id], spaces.reading.devices_needed(rule)).states()
    ]
    return Coverage(rule.id, len(spaces.reading.reads[rule.id]), sum(counts), len(counts))


def topic_coverage(spaces: Spaces, topic: str) -> Coverage:
    """All answers to the questions of a topic and to those that open them; one device at most."""
    own = [question.id for question in spaces.protocol.questions.values() if question.topic == topic]
    return _part(spaces, topic, spaces.reading.with_parents(own))


def whole_coverage(spaces: Spaces) -> Coverage:
    return _part(spaces, "the whole form", frozenset(spaces.protocol.questions))


def _part(spaces: Spaces, name: str, questions: frozenset[str]) -> Coverage:
    """Questions that do not open each other multiply."""
    combinations, walked = 1, 0
    for together in _groups(spaces, questions):
        walk = Walk(spaces, together, spaces.reading.bits_of([], together))
        counts = [combination.count for combination in walk.states()]
        combinations, walked = combinations * sum(counts), walked + len(counts)
    return Coverage(name, len(questions), combinations, walked)


def _groups(spaces: Spaces, questions: frozenset[str]) -> list[set[str]]:
    """The questions, those that open each other put together."""
    groups: list[set[str]] = []
    for name in sorted(questions):
        linked = {name, *spaces.reading.parents(spaces.protocol.questions[name])} & questions
        touching = [group for group in groups if group & linked]
        groups = [group for group in groups if group not in touching] + [linked.union(*touching)]
    return groups


def without_assessment(spaces: Spaces, rule: Rule) -> Iterator[Finding]:
    """The program gives each combination a severity and an effect for every modality, and holds to this rule."""
    walk = walk_of(spaces, [rule.id], spaces.reading.devices_needed(rule))
    for combination in walk.states():
        wrong = _wrong(spaces, rule, combination)
        if wrong:
            yield Finding("total", rule.id, f"{wrong}: {combination_in_words(spaces.protocol, combination)}")
            return


def _wrong(spaces: Spaces, rule: Rule, combination: Combination) -> str:
    protocol = spaces.protocol
    try:
        result = assessed(protocol, whole_form(protocol, combination))
    except Exception as problem:  # whatever goes wrong is what is looked for
        return f"these answers stop the program ({type(problem).__name__})"
    effects = [result.modalities.get(code) for code in protocol.modalities]
    if not all(isinstance(effect, Effect) for effect in effects):
        return "these answers get no effect for some modality"
    if result.severity not in set(Severity):
        return "these answers get no known severity"
    if fires(spaces, rule.id, combination) != any(flag.rule == rule.id for flag in result.flags):
        return "the program reads these answers in another way"
    return ""
