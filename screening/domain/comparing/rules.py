"""Rules that were added, removed or changed, and which way each change goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from screening.domain.comparing import implying
from screening.domain.comparing.difference import (
    Change,
    Difference,
    Direction,
    list_change,
    stricter_if,
    text_change,
    value_change,
)
from screening.domain.comparing.fields import other_fields
from screening.domain.protocol.model import Fallback, Principle, Protocol, Rule
from screening.domain.protocol.vocabulary import Effect, Severity
from screening.domain.protocol.wording import in_words

RULE_TEXTS = {
    "reason": "the reason",
    "advice": "the advice",
    "contested": "the contested note",
    "task": "the task",
}
EFFECTS = {Effect.OK: "ok", Effect.MODIFY: "adapt", Effect.AVOID: "avoid"}
_COMPARED = {
    "severity", "effects", "when", "per_device", "urgent", "where", *RULE_TEXTS,
    "sources", "support", "sections", "line", "id",
}  # fmt: skip


def rule_differences(old: Protocol, new: Protocol) -> Iterator[Difference]:
    for name in dict.fromkeys([*old.rules, *new.rules]):
        before, after = old.rules.get(name), new.rules.get(name)
        if before is None or after is None:
            yield _alone(old, new, name)
        elif changes := _changes(old, before, new, after):
            yield Difference("Rule", name, "changed", tuple(changes), after.reason)


def _alone(old: Protocol, new: Protocol, name: str) -> Difference:
    protocol, what = (new, "added") if name in new.rules else (old, "removed")
    rule = protocol.rules[name]
    effects = [
        f"{protocol.modalities[code].name} {EFFECTS[effect]}"
        for code, effect in rule.effects.items()
        if effect
    ]
    told = f"{rule.severity.word}{', ' + ', '.join(effects) if effects else ''}"
    sentence = f"{told}: when {in_words(protocol, rule.when)}"
    is_new = what == "added"
    change = Change(f"{what} ({stricter_if(is_new).label})", stricter_if(is_new))
    sides = ("", sentence) if is_new else (sentence, "")
    detail = Change("The rule", stricter_if(is_new), (), *sides)
    return Difference("Rule", name, what, (change, detail), rule.reason)


def _changes(old: Protocol, before: Rule, new: Protocol, after: Rule) -> list[Change]:
    changes = severity_changes(before.severity, after.severity)
    changes += effect_changes(new, before.effects, after.effects)
    changes += _condition(old, before, new, after)
    changes += value_change("Urgent", _yes(before.urgent), _yes(after.urgent), stricter_if(after.urgent), "")
    changes += _places(new, before, after)
    for name, label in RULE_TEXTS.items():
        changes += text_change(label.capitalize(), getattr(before, name), getattr(after, name))
    for name in ("sources", "support", "sections"):
        label = {"support": "Support", "sources": "Sources", "sections": "Article sections"}[name]
        changes += list_change(label, getattr(before, name), getattr(after, name))
    return changes + other_fields(before, after, _COMPARED)


def severity_changes(before: Severity | None, after: Severity | None) -> list[Change]:
    if before == after:
        return []
    words = [each.word if each else "none" for each in (before, after)]
    is_up = (after or Severity.NONE) > (before or Severity.NONE)
    return value_change("Severity", words[0], words[1], stricter_if(is_up))


def effect_changes(
    protocol: Protocol, before: Mapping[str, Effect], after: Mapping[str, Effect]
) -> list[Change]:
    changes: list[Change] = []
    for code in dict.fromkeys([*before, *after]):
        was, now = before.get(code), after.get(code)
        if was == now:
            continue
        name = protocol.modalities[code].name if code in protocol.modalities else code
        known = was is not None and now is not None
        way = stricter_if(now > was) if was is not None and now is not None else Direction.LOOK
        words = [EFFECTS[each] if each is not None else "not named" for each in (was, now)]
        changes += value_change(name, words[0], words[1], way if known else Direction.LOOK)
    return changes


def _condition(old: Protocol, before: Rule, new: Protocol, after: Rule) -> list[Change]:
    way = implying.direction(before.when, old.conditions, after.when, new.conditions)
    changes: list[Change] = []
    words = in_words(old, before.when), in_words(new, after.when)
    if way is not None:
        says = {
            Direction.STRICTER: "Holds in more cases (stricter)",
            Direction.MILDER: "Holds in fewer cases (milder)",
        }
        changes.append(Change(says.get(way, "Holds in other cases (please judge)"), way, (), *words))
    elif words[0] != words[1]:
        says_same = "The condition holds in the same cases, and reads differently"
        changes.append(Change(says_same, Direction.WORDS, (), *words))
    if before.per_device != after.per_device:
        ways = ["once per device" if rule.per_device else "once for all" for rule in (before, after)]
        changes += value_change("Raised", ways[0], ways[1])
    return changes


def _places(protocol: Protocol, before: Rule, after: Rule) -> list[Change]:
    changes: list[Change] = []
    for code in dict.fromkeys([*before.where, *after.where]):
        name = protocol.modalities[code].name if code in protocol.modalities else code
        place = before.where.get(code, ""), after.where.get(code, "")
        changes += text_change(f"Place for {name}", *place, direction=Direction.LOOK)
    return changes


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def principle_differences(old: Protocol, new: Protocol) -> Iterator[Difference]:
    for name in dict.fromkeys([*old.principles, *new.principles]):
        before, after = old.principles.get(name), new.principles.get(name)
        if before is None or after is None:
            way = stricter_if(before is None)
            what = "added" if before is None else "removed"
            kept = after or before
            assert kept is not None
            yield Difference("Principle", name, what, (Change(f"{what} ({way.label})", way),), kept.reason)
        elif changes := _stated(before, after, new):
            yield Difference("Principle", name, "changed", tuple(changes), after.reason)


def fallback_differences(old: Protocol, new: Protocol) -> Iterator[Difference]:
    changes = _stated(old.fallback, new.fallback, new)
    if changes:
        title = "What is said of an answer that the protocol does not know"
        yield Difference("Fallback", new.fallback.id, "changed", tuple(changes), title)


def _stated(before: Principle | Fallback, after: Principle | Fallback, new: Protocol) -> list[Change]:
    changes = severity_changes(before.severity, after.severity)
    if isinstance(before, Fallback) and isinstance(after, Fallback):
        changes += effect_changes(new, before.effects, after.effects)
        changes += text_change("The task", before.task, after.task)
    changes += text_change("The reason", before.reason, after.reason)
    return changes + other_fields(before, after, {"severity", "effects", "reason", "task", "line"})
