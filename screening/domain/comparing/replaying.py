"""Two versions on the same answers: who would gain or lose what. Holds counts only, never an answer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from screening.domain.assessment import FlagSummary, assess, flag_summaries
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.vocabulary import Severity
from screening.domain.protocol.wording import questions_read

_REMEMBERED = 5000
_Raised = tuple[FlagSummary, ...]


@dataclass(frozen=True)
class Case:
    """One submission: whose, its answers, and the day of its appointment."""

    patient: Hashable
    answers: Mapping[str, Any]
    on: date


@dataclass
class RuleTally:
    """How many submissions a rule would be raised on anew, no longer, or at another level."""

    gained: int = 0
    lost: int = 0
    stricter: int = 0
    milder: int = 0


@dataclass
class Replay:
    submissions: int = 0
    changed: int = 0
    gain: Counter[Severity] = field(default_factory=Counter)
    """Patients with a flag of this severity that they did not have before."""
    lose: Counter[Severity] = field(default_factory=Counter)
    rules: dict[str, RuleTally] = field(default_factory=dict)

    @property
    def says(self) -> str:
        """The result in one sentence, a stop first."""
        others = (Severity.CAUTION, Severity.NOTE)
        told = [each for each in others if self.gain[each] or self.lose[each]]
        return "; ".join(self._says(severity) for severity in (Severity.STOP, *told)) + "."

    def _says(self, severity: Severity) -> str:
        gain, lose = self.gain[severity], self.lose[severity]
        return f"{_people(gain)} would gain a {severity.word}, {_people(lose) if lose else 'none'} would lose one"


def _people(count: int) -> str:
    return "1 patient" if count == 1 else f"{count or 'no'} patients"


def replay(old: Protocol, new: Protocol, cases: Iterable[Case]) -> Replay:
    """Reads the cases one by one and keeps none of them, so their number does not matter."""
    found, patients = Replay(), _Patients()
    pair = _Pair(old, new)
    for case in cases:
        before, after = pair.raised(case)
        found.submissions += 1
        if before != after:
            found.changed += 1
            _tally(found.rules, before, after)
            patients.note(case.patient, before, after)
    found.gain, found.lose = patients.counts()
    return found


class _Pair:
    """Both versions. Many patients answer the same, so what was found for the same answers is remembered."""

    def __init__(self, old: Protocol, new: Protocol) -> None:
        self.old, self.new = old, new
        self.dated = [
            question.id
            for protocol in (old, new)
            for question in protocol.questions.values()
            if question.kind == "date"
        ]
        self.unread = unread_texts(old, new)
        self.known: dict[tuple[str, date | None], tuple[_Raised, _Raised]] = {}

    def raised(self, case: Case) -> tuple[_Raised, _Raised]:
        key = self._key(case)
        if key not in self.known:
            if len(self.known) >= _REMEMBERED:
                self.known.clear()
            self.known[key] = (self._one(self.old, case), self._one(self.new, case))
        return self.known[key]

    def _key(self, case: Case) -> tuple[str, date | None]:
        """What the result can depend on: only answers with a day in them age."""
        told = {name: answer for name, answer in case.answers.items() if name not in self.unread}
        ages = any(name in told for name in self.dated)
        return json.dumps(told, sort_keys=True), case.on if ages else None

    def _one(self, protocol: Protocol, case: Case) -> _Raised:
        return tuple(flag_summaries(assess(protocol, case.answers, (), case.on).flags))


def unread_texts(old: Protocol, new: Protocol) -> frozenset[str]:
    """Questions to which each patient writes something else, that are the same in both versions and read by no rule."""
    read: set[str] = set()
    for protocol in (old, new):
        asked = [question.asked_when for question in protocol.questions.values() if question.asked_when]
        for condition in [*asked, *(rule.when for rule in protocol.rules.values())]:
            read |= set(questions_read(protocol, condition))
    texts = (name for name, question in old.questions.items() if question.kind == "text")
    return frozenset(name for name in texts if old.questions[name] == new.questions.get(name)) - read


def _tally(rules: dict[str, RuleTally], before: _Raised, after: _Raised) -> None:
    for rule in {each[0] for each in {*before, *after}}:
        was = [each[2:] for each in before if each[0] == rule]
        now = [each[2:] for each in after if each[0] == rule]
        if was == now:
            continue
        tally = rules.setdefault(rule, RuleTally())
        tally.gained += not was or len(now) > len(was) > 0
        tally.lost += not now or len(was) > len(now) > 0
        if len(was) == len(now):
            tally.stricter += _is_above(now, was)
            tally.milder += _is_above(was, now)


def _is_above(
    one: Sequence[tuple[int, tuple[int, ...]]], other: Sequence[tuple[int, tuple[int, ...]]]
) -> bool:
    pairs = list(zip(one, other, strict=True))
    effects = any(x > y for a, b in pairs for x, y in zip(a[1], b[1], strict=False))
    return effects or any(a[0] > b[0] for a, b in pairs)


class _Patients:
    """Counts people, not submissions: whoever answered twice is one person."""

    def __init__(self) -> None:
        self.gained: dict[Severity, set[Hashable]] = {severity: set() for severity in Severity}
        self.lost: dict[Severity, set[Hashable]] = {severity: set() for severity in Severity}

    def note(self, patient: Hashable, before: _Raised, after: _Raised) -> None:
        was, now = ({Severity(each[2]) for each in side} for side in (before, after))
        for severity in now - was:
            self.gained[severity].add(patient)
        for severity in was - now:
            self.lost[severity].add(patient)

    def counts(self) -> tuple[Counter[Severity], Counter[Severity]]:
        return (
            Counter({severity: len(found) for severity, found in self.gained.items()}),
            Counter({severity: len(found) for severity, found in self.lost.items()}),
        )
