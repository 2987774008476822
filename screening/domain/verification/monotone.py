"""What the laws say of one rule and of one question, as findings and as a list for the reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from screening.domain.protocol.model import Question, Rule
from screening.domain.protocol.vocabulary import Effect
from screening.domain.verification.laws import (
    Only,
    Step,
    counterexample,
    knowing_less,
    one_more_device,
    own_bits,
    reporting_more,
)
from screening.domain.verification.report import Finding, answer_in_words, step_in_words
from screening.domain.verification.spaces import LISTED, Choice, Spaces, is_unknown
from screening.domain.verification.uses import Uses
from screening.domain.verification.walking import Combination, Slot
from screening.domain.verification.whole import assessed, whole_form


def lost_by_reporting_more(spaces: Spaces, rule: Rule) -> Iterator[Finding]:
    """L2 and L3: nothing to report becomes a risk or unknown; a tick or a device is added."""
    for name in sorted(spaces.reading.reads[rule.id]):
        for steps in (reporting_more, one_more_device):
            step = counterexample(spaces, rule, name, steps)
            if step:
                yield Finding("L2 L3", rule.id, step_in_words(spaces.protocol, step))


@dataclass(frozen=True)
class Milder:
    """A known answer that is read more strictly than not knowing, by one rule."""

    choice: Choice
    step: Step


def milder_when_unknown(spaces: Spaces, question: Question) -> list[Milder]:
    found: list[Milder] = []
    if question.kind == "devices":  # what is in the list counts, and its questions are looked at
        return found
    for rule in spaces.protocol.rules.values():
        if question.id in spaces.reading.reads[rule.id]:
            found += _milder(spaces, rule, question)
    return found


def _milder(spaces: Spaces, rule: Rule, question: Question) -> Iterator[Milder]:
    own = own_bits(spaces, rule)
    for choice in spaces.choices(question.id, own):
        if not is_unknown(choice.answer):
            step = counterexample(spaces, rule, question.id, knowing_less, _beginning_with(choice, own))
            if step:
                yield Milder(choice, step)


def _beginning_with(choice: Choice, own: int) -> Only:
    def begins(combination: Combination, slot: Slot) -> bool:
        held = combination.choices[slot]
        return held.holds & own == choice.holds and (held.answer == LISTED) == (choice.answer == LISTED)

    return begins


def milder_than_every_answer(spaces: Spaces, question: Question, found: list[Milder]) -> Iterator[Finding]:
    """L2: there is one answer than which not knowing is at least as strict, whatever else was said."""
    if question.kind == "devices":
        yield from _milder_than_the_plainest_device(spaces, question)
        return
    known = {answer for answer, _ in spaces.single_answers(question.id) if not is_unknown(answer)}
    if found and known <= frozenset[Any]().union(*(milder.choice.answers for milder in found)):
        smallest = min(found, key=lambda milder: milder.step.size)
        yield Finding(
            "L2", question.id, "not knowing is milder than any answer: " + _words(spaces, smallest.step)
        )


def _milder_than_the_plainest_device(spaces: Spaces, question: Question) -> Iterator[Finding]:
    """A list of devices is as mild as its mildest device: of some kind, with nothing to report of it."""
    kind = spaces.protocol.device_kind
    left = {option.code for option in kind.options if not is_unknown(option.code)} if kind else set()
    for rule in spaces.protocol.rules.values():
        if not kind or question.id not in spaces.reading.reads[rule.id]:
            continue
        own = own_bits(spaces, rule)
        for choice in spaces.choices(kind.id, own):
            step = counterexample(
                spaces, rule, question.id, knowing_less, _plain_device(spaces, kind, choice, own)
            )
            left -= choice.answers if step else set()
            if step and not left:
                yield Finding(
                    "L2", question.id, "not knowing is milder than any device: " + _words(spaces, step)
                )
                return


def _plain_device(spaces: Spaces, kind: Question, of_kind: Choice, own: int) -> Only:
    def is_plain(combination: Combination, _: Slot) -> bool:
        for (name, device), choice in combination.choices.items():
            if name == kind.id and choice.holds & own != of_kind.holds:
                return False
            if device is not None and (is_unknown(choice.answer) or not _is_mildest(spaces, name, choice)):
                return False
        return True

    return is_plain


def _is_mildest(spaces: Spaces, name: str, choice: Choice) -> bool:
    return choice.is_quiet or not spaces.protocol.questions[name].quiet_codes


def _words(spaces: Spaces, step: Step) -> str:
    return step_in_words(spaces.protocol, step)


def counted_as_no(spaces: Spaces, question: Question, uses: Uses) -> Iterator[Finding]:
    """L2: where a known answer decides a rule, not sure, in person and a blank decide one too."""
    deciding = uses.deciding[question.id]
    if question.optional or question.is_listed or not any(not is_unknown(answer) for answer in deciding):
        return
    for answer, _ in spaces.single_answers(question.id):
        if is_unknown(answer) and answer not in deciding:
            words = answer_in_words(question, answer)
            yield Finding(
                "L2", question.id, f"“{question.wording}” answered with {words} counts as nothing to report"
            )


def milder_line(spaces: Spaces, question: Question, milder: Milder) -> str:
    """What a known answer calls for, and what not knowing leaves of it."""
    rule = spaces.protocol.rules[milder.step.rule]
    result = assessed(spaces.protocol, whole_form(spaces.protocol, milder.step.after))
    less: dict[str, list[str]] = {}
    if result.severity < rule.severity:
        less[f"{rule.severity.word} → {result.severity.word}"] = []
    for code, effect in rule.effects.items():
        if (left := result.modalities.get(code, Effect.OK)) < effect:
            less.setdefault(f"{effect.word} → {left.word}", []).append(code)
    changes = ", ".join(" ".join([*codes, change]) for change, codes in less.items())
    return f"{question.id} {answer_in_words(question, milder.choice.answer)}, {rule.id}: {changes}"
