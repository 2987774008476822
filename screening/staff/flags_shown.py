"""Flags as staff read them: every word prepared here, so that the pages only lay it out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from screening.domain.assessment import Flag
from screening.domain.protocol.conditions import Because
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.vocabulary import IN_PERSON, NOT_SURE, TAG_WORDS
from screening.records.protocol_versions import current_protocol

_UNKNOWN_WORDS = {NOT_SURE: "Not sure", IN_PERSON: "Wants to tell you in person", None: "Not answered"}


@dataclass(frozen=True)
class Said:
    """One answer behind a flag, in the patient's words."""

    question: str
    answer: str
    is_unknown: bool
    question_id: str = ""
    device: int | None = None


@dataclass(frozen=True)
class Cited:
    citation: str
    year: str
    link: str
    words: str
    """How well the source is known to us."""


@dataclass(frozen=True)
class ShownFlag:
    flag: Flag
    topic: str
    heading: str
    said: tuple[Said, ...]
    cited: tuple[Cited, ...]
    sections: tuple[tuple[str, str], ...]
    """Slug and title."""
    means: tuple[tuple[str, str, str], ...]
    """Modality, effect, and the place that limits it."""

    @property
    def severity(self) -> str:
        return self.flag.severity.word


def shown_flag(protocol: Protocol, flag: Flag, answers: Mapping[str, Any]) -> ShownFlag:
    topic = protocol.topics.get(flag.topic)
    return ShownFlag(
        flag=flag,
        topic=topic.title if topic else flag.topic,
        heading=_heading(protocol, flag, answers),
        said=tuple(_said(protocol, because) for because in flag.because),
        cited=tuple(cited(protocol, key) for key in flag.sources if key in protocol.sources),
        sections=tuple((slug, section_title(protocol, slug)) for slug in flag.sections),
        means=tuple(
            (protocol.modalities[code].name, effect.word, flag.where.get(code, ""))
            for code, effect in flag.effects.items()
            if code in protocol.modalities
        ),
    )


def section_title(protocol: Protocol, slug: str) -> str:
    text = protocol.section_texts.get(slug)
    return text.title if text else slug.replace("-", " ").capitalize()


def _heading(protocol: Protocol, flag: Flag, answers: Mapping[str, Any]) -> str:
    """The rule and what raised it, such as "I1 · Pacemaker (device 1)"."""
    told = [because for because in flag.because if because.answer not in (None, NOT_SURE, IN_PERSON, "yes")]
    words = _answer(protocol, (told or flag.because)[0]) if flag.because else ""
    device = (
        "" if flag.device is None else f" (device {flag.device + 1}{_place(protocol, flag.device, answers)})"
    )
    return f"{flag.rule} · {words}{device}"


def _place(protocol: Protocol, device: int, answers: Mapping[str, Any]) -> str:
    question = protocol.devices_question
    devices = answers.get(question.id) if question else None
    if not isinstance(devices, list) or device >= len(devices):
        return ""
    asked = protocol.device_place
    place = devices[device].get(asked.device_key) if asked else None
    known = asked and place and place not in (NOT_SURE, IN_PERSON)
    return f", {protocol.label(asked.id, place).lower()}" if asked and known else ""


def _said(protocol: Protocol, because: Because) -> Said:
    question = protocol.questions.get(because.question)
    kind = protocol.device_kind
    if (
        question is not None
        and question.kind == "devices"
        and because.device is not None
        and kind is not None
    ):
        question = kind
    wording = question.wording if question else because.question
    return Said(
        wording,
        _answer(protocol, because),
        because.answer in _UNKNOWN_WORDS,
        question.id if question else because.question,
        because.device,
    )


def _answer(protocol: Protocol, because: Because) -> str:
    if because.answer in _UNKNOWN_WORDS:
        return _UNKNOWN_WORDS[because.answer]
    return protocol.label(because.question, because.answer)


def cited(protocol: Protocol, key: str) -> Cited:
    source = protocol.sources[key]
    words = ", ".join(TAG_WORDS[tag][0] for tag in source.tag.split("/"))
    return Cited(source.citation, source.year, source.address, words)


def modality_name(code: str) -> str:
    """A modality in words, also where the protocol of today no longer has it."""
    modality = current_protocol().modalities.get(code)
    return modality.name if modality else code


def by_topic(shown: Iterable[ShownFlag]) -> list[tuple[str, list[ShownFlag]]]:
    """Topics in the order of their worst flag, worst flags first."""
    ordered = sorted(shown, key=lambda each: -each.flag.severity)
    topics = list(dict.fromkeys(each.topic for each in ordered))
    ordered.sort(key=lambda each: topics.index(each.topic))
    return [(topic, list(group)) for topic, group in groupby(ordered, key=lambda each: each.topic)]
