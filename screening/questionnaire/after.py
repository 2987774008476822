"""What is to be read after sending: on the patient's page, or aloud on the phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from screening.flags import Flag
from screening.models import Submission
from screening.protocol import Protocol, SectionText, Severity
from screening.records import flags_of
from screening.versions import current_protocol


@dataclass(frozen=True)
class ToRead:
    thanks: str
    urgent: str
    """Empty where no answer asks for it; so is `stop`."""
    stop: str
    sections: tuple[tuple[str, SectionText], ...]


def to_read(submission: Submission) -> ToRead:
    protocol = current_protocol()
    texts = protocol.patient_texts
    flags = [flag for _, flag in flags_of(submission)]
    return ToRead(
        thanks=texts["thanks"],
        urgent=texts["urgent"] if any(flag.urgent for flag in flags) else "",
        stop=texts["stop"] if any(flag.severity == Severity.STOP for flag in flags) else "",
        sections=tuple(sections_to_read(protocol, flags)),
    )


def sections_to_read(protocol: Protocol, flags: Iterable[Flag]) -> list[tuple[str, SectionText]]:
    """The article sections that concern these answers, most serious flag first, in neutral words."""
    slugs = dict.fromkeys(slug for flag in flags for slug in flag.sections)
    return [(slug, protocol.section_texts[slug]) for slug in slugs if slug in protocol.section_texts]
