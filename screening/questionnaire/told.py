"""What a patient reads after sending: by article section and never by rule, in neutral words. Knows no web."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from screening.flags import Flag
from screening.protocol import Protocol, SectionText, Severity


@dataclass(frozen=True)
class Told:
    texts: Mapping[str, str]
    urgent: bool
    stop: bool
    sections: tuple[tuple[str, SectionText], ...]


def told(protocol: Protocol, flags: Iterable[Flag]) -> Told:
    raised = tuple(flags)
    return Told(
        texts=protocol.patient_texts,
        urgent=any(flag.urgent for flag in raised),
        stop=any(flag.severity == Severity.STOP for flag in raised),
        sections=sections_to_read(protocol, raised),
    )


def sections_to_read(protocol: Protocol, flags: Iterable[Flag]) -> tuple[tuple[str, SectionText], ...]:
    """The article sections that concern these answers, most serious flag first."""
    slugs = dict.fromkeys(slug for flag in flags for slug in flag.sections)
    return tuple((slug, protocol.section_texts[slug]) for slug in slugs if slug in protocol.section_texts)
