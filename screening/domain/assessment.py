"""Turns answers into flags. Pure: answers, planned modalities and the day come in, an assessment goes out.

It never clears anybody and never stops with an error: what it does not know becomes a `stop` of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from screening.domain.protocol.answers import shown, sorted_answers
from screening.domain.protocol.conditions import Because, Situation, causes, devices_of, is_unresolved
from screening.domain.protocol.model import Protocol, Question, Rule
from screening.domain.protocol.vocabulary import (
    DEVICE_STATE,
    MISSING_DETAIL,
    NOT_KNOWN_ANSWERS,
    NOT_SURE,
    NOT_TOLD,
    Effect,
    Severity,
)

# What one assessment says of a flag to other programs; a flag on record keeps more.
_AGREED: tuple[str, ...] = ("rule", "topic", "severity", "effects", "where", "reason", "sources", "support")
_AGREED += ("sections", "task", "because")
FlagSummary = tuple[str, int, int, tuple[int, ...]]


@dataclass(frozen=True)
class Flag:
    rule: str
    topic: str
    severity: Severity
    effects: dict[str, Effect]
    where: dict[str, str]
    reason: str
    advice: str
    contested: str
    sources: tuple[str, ...]
    support: tuple[str, ...]
    sections: tuple[str, ...]
    task: str
    because: tuple[Because, ...]
    via: tuple[str, ...]
    judgement_only: bool
    urgent: bool
    device: int | None = None
    no_task: bool = False
    """The desk has nothing to do for it; its task says so."""

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "topic": self.topic,
            "severity": self.severity.word,
            "effects": {code: effect.word for code, effect in self.effects.items()},
            "where": dict(self.where),
            "reason": self.reason,
            "sources": list(self.sources),
            "support": list(self.support),
            "sections": list(self.sections),
            "task": self.task,
            "because": [_because_as_json(because) for because in self.because],
            "advice": self.advice,
            "contested": self.contested,
            "via": list(self.via),
            "judgement_only": self.judgement_only,
            "urgent": self.urgent,
            "device": self.device,
            "no_task": self.no_task,
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Flag:
        lists = {name: tuple(plain[name]) for name in ("sources", "support", "sections", "via")}
        return cls(
            **{
                **plain,
                **lists,
                "severity": Severity.from_word(plain["severity"]),
                "effects": {code: Effect.from_word(word) for code, word in plain["effects"].items()},
                "because": tuple(Because(**because) for because in plain["because"]),
            }
        )


@dataclass(frozen=True)
class Clash:
    """A planned modality that the flags say to avoid, and the rules that say so."""

    modality: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Assessment:
    severity: Severity
    flags: tuple[Flag, ...]
    modalities: dict[str, Effect]
    unresolved: tuple[str, ...]
    clashes: tuple[Clash, ...]

    def as_json(self, protocol: Protocol) -> dict[str, Any]:
        return {
            "protocol": protocol.name,
            "version": protocol.version,
            "digest": protocol.digest,
            "severity": self.severity.word,
            "flags": [_agreed(flag.as_json()) for flag in self.flags],
            "modalities": {code: effect.word for code, effect in self.modalities.items()},
            "unresolved": list(self.unresolved),
            "clashes": [{"modality": clash.modality, "rules": list(clash.rules)} for clash in self.clashes],
        }


def assess(protocol: Protocol, answers: Mapping[str, Any], planned: Sequence[str], on: date) -> Assessment:
    """`on` is the day of the appointment, in the clinic's time zone: some answers age."""
    known, problems = sorted_answers(protocol, answers)
    unknown = [Because(problem.question, problem.given, problem.device) for problem in problems]
    unknown += [Because("planned", shown(code), None) for code in planned if code not in protocol.modalities]
    flags = [*([_fallback(protocol, unknown)] if unknown else []), *_raised(Situation(protocol, known, on))]
    flags.sort(key=lambda flag: (-flag.severity, list(protocol.topics).index(flag.topic)))
    modalities = {
        code: max((flag.effects[code] for flag in flags), default=Effect.OK) for code in protocol.modalities
    }
    return Assessment(
        severity=max((flag.severity for flag in flags), default=Severity.NONE),
        flags=tuple(flags),
        modalities=modalities,
        unresolved=tuple(_unresolved(protocol, known)),
        clashes=tuple(
            _clash(flags, code) for code in dict.fromkeys(planned) if modalities.get(code) == Effect.AVOID
        ),
    )


def flag_summaries(flags: Sequence[Flag]) -> list[FlagSummary]:
    """What counts of some flags: which rules, on which device, how severe, and which effects."""
    return sorted(
        (
            flag.rule,
            -1 if flag.device is None else flag.device,
            int(flag.severity),
            tuple(int(flag.effects[code]) for code in sorted(flag.effects)),
        )
        for flag in flags
    )


def _raised(whole: Situation) -> Iterator[Flag]:
    """Every rule that holds, once or once per device; no flag hides another."""
    for rule in whole.protocol.rules.values():
        for place in whole.at_devices() if rule.per_device else (whole,):
            found = causes(rule.when, place)
            if found is not None:
                yield _flag(rule, place, found)


def _flag(rule: Rule, at: Situation, found: tuple[Because, ...]) -> Flag:
    because = [cause for cause in found if not _is_ordinary(at.protocol, cause)] or found
    return Flag(
        rule=rule.id,
        topic=rule.topic,
        severity=rule.severity,
        effects=dict(rule.effects),
        where=dict(rule.where),
        reason=rule.reason,
        advice=rule.advice,
        contested=rule.contested,
        sources=rule.sources,
        support=rule.support,
        sections=rule.sections,
        task="; ".join(dict.fromkeys([rule.task, *_device_tasks(at)])),
        because=tuple(_naming_the_device(at.protocol, cause) for cause in because),
        via=_via(at.protocol, because),
        judgement_only=rule.judgement_only,
        urgent=rule.urgent,
        device=at.position,
        no_task=rule.no_task and not any(_device_tasks(at)),
    )


def _fallback(protocol: Protocol, unknown: list[Because]) -> Flag:
    rule = protocol.fallback
    topics = [
        protocol.questions[cause.question].topic for cause in unknown if cause.question in protocol.questions
    ]
    return Flag(
        rule=rule.id,
        topic=topics[0] if topics else list(protocol.topics)[-1],
        severity=rule.severity,
        effects=dict(rule.effects),
        where={},
        reason=rule.reason,
        advice="",
        contested="",
        sources=rule.sources,
        support=rule.support,
        sections=rule.sections,
        task=rule.task,
        because=tuple(unknown),
        via=(),
        judgement_only=True,
        urgent=False,
    )


def _naming_the_device(protocol: Protocol, cause: Because) -> Because:
    """What a device is belongs to the list of devices, so that is the question named."""
    kind, devices = protocol.device_kind, protocol.devices_question
    if kind and devices and cause.question == kind.id:
        return replace(cause, question=devices.id)
    return cause


def _device_tasks(at: Situation) -> Iterator[str]:
    """What an answer about this device gives the desk to do, such as asking for its card."""
    for question in at.protocol.device_questions if at.device is not None else ():
        value = (at.device or {}).get(question.device_key)
        yield from (option.task for option in question.options if option.code == value and option.task)


def _is_ordinary(protocol: Protocol, cause: Because) -> bool:
    """A device in its ordinary state: worth no word beside what else a rule rests on."""
    state = protocol.device_state
    return state is not None and (cause.question, cause.answer) == (state.id, state.ordinary)


def _via(protocol: Protocol, because: Sequence[Because]) -> tuple[str, ...]:
    """The principles by which an unknown answer counts as a risk."""
    held = {reading for cause in because for reading in _readings(protocol, cause)}
    return tuple(principle.id for principle in protocol.principles.values() if principle.reads in held)


def _readings(protocol: Protocol, cause: Because) -> Iterator[str]:
    question = protocol.questions[cause.question]
    if question is protocol.device_state and cause.answer not in {question.ordinary, *question.quiet_codes}:
        yield DEVICE_STATE
    if cause.answer not in NOT_KNOWN_ANSWERS or question.kind == "text":
        return
    if not question.is_core:
        yield MISSING_DETAIL
    elif not _is_tick_list(protocol, question):
        yield NOT_SURE if cause.answer == NOT_SURE else NOT_TOLD


def _is_tick_list(protocol: Protocol, question: Question) -> bool:
    """The tick list has a rule of its own for not knowing."""
    return any(
        protocol.list_of(other) is question for other in protocol.questions.values() if other.is_listed
    )


def _unresolved(protocol: Protocol, answers: Mapping[str, Any]) -> Iterator[str]:
    devices = devices_of(protocol, answers)
    for question in protocol.questions.values():
        places: Sequence[Mapping[str, Any] | None] = devices if question.is_device else (None,)
        if any(is_unresolved(protocol, question, answers, place) for place in places):
            yield question.id


def _clash(flags: Sequence[Flag], modality: str) -> Clash:
    rules = dict.fromkeys(flag.rule for flag in flags if flag.effects[modality] == Effect.AVOID)
    return Clash(modality, tuple(rules))


def _agreed(flag: Mapping[str, Any]) -> dict[str, Any]:
    return {name: flag[name] for name in _AGREED}


def _because_as_json(because: Because) -> dict[str, Any]:
    device: dict[str, Any] = {} if because.device is None else {"device": because.device}
    return {"question": because.question, **device, "answer": because.answer}
