"""What a patient reads after sending: by article section and never by rule, in neutral words. Knows no web."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from screening.domain.assessment import Flag
from screening.domain.protocol.model import Protocol, SectionText
from screening.domain.protocol.vocabulary import Severity


@dataclass(frozen=True)
class PatientSummary:
    thanks: str
    urgent: str
    """Empty where no answer asks for it; so is `stop`."""
    stop: str
    sections: tuple[tuple[str, SectionText], ...]


def patient_summary(protocol: Protocol, flags: Iterable[Flag]) -> PatientSummary:
    """For the patient's page, to be read aloud on the phone, and for the lead who tries answers."""
    raised, texts = tuple(flags), protocol.patient_texts
    return PatientSummary(
        thanks=texts["thanks"],
        urgent=texts["urgent"] if any(flag.urgent for flag in raised) else "",
        stop=texts["stop"] if any(flag.severity == Severity.STOP for flag in raised) else "",
        sections=sections_to_read(protocol, raised),
    )


def sections_to_read(protocol: Protocol, flags: Sequence[Flag]) -> tuple[tuple[str, SectionText], ...]:
    """The article sections that concern these answers: urgent help first, what each flag is about, then the rest."""
    found = [flag.sections for flag in flags]
    help_first = [protocol.help_section for slugs in found if protocol.help_section in slugs]
    about = [slugs[0] for slugs in found]
    slugs = dict.fromkeys([*help_first, *about, *(slug for slugs in found for slug in slugs)])
    return tuple((slug, protocol.section_texts[slug]) for slug in slugs if slug in protocol.section_texts)
