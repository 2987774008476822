"""L2 and L3: what reports more, or is not known, is never read as less.

A step changes one answer. Only rules that read its question can change by it, so each rule is watched over the space
of its own questions. A rule that no step turns off needs no company. For one that a step turns off, the whole form is
read by the program: where other rules make up for it, the space grows by their questions and is walked again, until
no step is left or one stays that nothing makes up for. That one is a counterexample on the whole form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from screening.domain.assessment import Assessment
from screening.domain.protocol.model import Rule
from screening.domain.protocol.vocabulary import Effect, Severity
from screening.domain.verification.spaces import LISTED, Choice, Spaces, is_unknown
from screening.domain.verification.walking import Combination, Slot, Walk, fires
from screening.domain.verification.whole import assessed, whole_form

# So many candidates are compared to show a small one.
_CANDIDATES = 300


@dataclass(frozen=True)
class Step:
    """One answer changed, by which a rule holds no longer and nothing as strict takes its place."""

    rule: str
    slot: Slot
    before: Combination
    after: Combination

    @property
    def size(self) -> int:
        return self.before.size + self.after.size


Steps = Callable[[Walk, Combination, Slot], Iterable[Combination]]
Only = Callable[[Combination, Slot], bool]


def reporting_more(walk: Walk, combination: Combination, slot: Slot) -> Iterator[Combination]:
    """Nothing to report becomes anything else; one more tick is set."""
    choice, name = combination.choices[slot], slot[0]
    more = [other for other in walk.spaces.choices(name, walk.looked_at) if other != choice]
    if not choice.is_quiet:
        grown = walk.spaces.grown(name, walk.looked_at).get(choice.holds, frozenset())
        more = [other for other in more if other.holds in grown] if choice.answer is not None else []
    if more:
        yield from walk.states(combination.choices, {slot: more})


def knowing_less(walk: Walk, combination: Combination, slot: Slot) -> Iterator[Combination]:
    """A known answer becomes not sure, in person or blank."""
    choice, name = combination.choices[slot], slot[0]
    if is_unknown(choice.answer):
        return
    others = (other for other in walk.spaces.choices(name, walk.looked_at) if other != choice)
    unknown = [
        replace(other, answer=told, is_quiet=False)
        for other in others
        for told in _unknown_answers(other)[:1]
    ]
    if unknown:
        yield from walk.states(combination.choices, {slot: unknown})


def _unknown_answers(choice: Choice) -> list[object]:
    """Not sure comes first, a blank last."""
    return sorted(
        filter(is_unknown, choice.answers), key=lambda answer: (answer is None, "not" not in str(answer))
    )


def one_more_device(walk: Walk, combination: Combination, slot: Slot) -> Iterator[Combination]:
    """A further device is listed, of any kind and in any state."""
    if combination.choices[slot].answer == LISTED:
        wider = Walk(walk.spaces, walk.questions, walk.looked_at, len(combination.devices) + 1)
        yield from wider.states(combination.choices)


def counterexample(
    spaces: Spaces, rule: Rule, name: str, steps: Steps, only: Only | None = None
) -> Step | None:
    """A step on one question by which the rule is lost and nothing makes up for it; None where there is none.

    `only`: steps that begin there. Raises TooLarge where the space outgrows what is walked.
    """
    company = [rule.id]
    while found := list(islice(_lost(spaces, rule, company, name, steps, only), _CANDIDATES)):
        step = min(found, key=lambda step: step.size)
        result = assessed(spaces.protocol, whole_form(spaces.protocol, step.after))
        helpers = {flag.rule for flag in result.flags} - {*company, spaces.protocol.fallback.id}
        if not covers(result, rule) or not helpers:
            return step
        company += sorted(helpers)
    return None


def walk_of(spaces: Spaces, rules: Iterable[str], devices: int = 1) -> Walk:
    """Over all questions that these rules read, as far as they tell answers apart."""
    rules = list(rules)
    questions = frozenset[str]().union(*(spaces.reading.reads[rule] for rule in rules))
    return Walk(spaces, questions, spaces.reading.bits_of(rules, questions), devices)


def own_bits(spaces: Spaces, rule: Rule) -> int:
    return spaces.reading.bits_of([rule.id], spaces.reading.reads[rule.id])


def _lost(
    spaces: Spaces, rule: Rule, company: list[str], name: str, steps: Steps, only: Only | None
) -> Iterator[Step]:
    walk = walk_of(spaces, company, spaces.reading.devices_needed(rule))
    for before in walk.states():
        if not fires(spaces, rule.id, before):
            continue
        for slot in before.choices:
            if slot[0] != name or (only and not only(before, slot)):
                continue
            for after in steps(walk, before, slot):
                if not is_made_up_for(spaces, rule, company, after):
                    yield Step(rule.id, slot, before, after)


def is_made_up_for(spaces: Spaces, rule: Rule, company: Iterable[str], combination: Combination) -> bool:
    """Whether the rule holds, or those of its company that hold are together as strict."""
    if fires(spaces, rule.id, combination):
        return True
    holding = [spaces.protocol.rules[other] for other in company if fires(spaces, other, combination)]
    return is_as_strict(holding, rule)


def is_as_strict(together: Iterable[Rule], rule: Rule) -> bool:
    together = list(together)
    severity = max((other.severity for other in together), default=Severity.NONE)
    return severity >= rule.severity and all(
        max((other.effects[code] for other in together), default=Effect.OK) >= effect
        for code, effect in rule.effects.items()
    )


def covers(result: Assessment, rule: Rule) -> bool:
    """Whether an assessment is as strict as the rule in everything."""
    return result.severity >= rule.severity and all(
        result.modalities.get(code, Effect.OK) >= effect for code, effect in rule.effects.items()
    )
