"""The sections in their order. A slug stands in flags and links, so it never changes once published."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    slug: str
    title: str
    level: int = 2


CONTENTS = (
    Entry("what-is-acupuncture", "What is acupuncture?"),
    Entry("how-acupuncture-may-support-spine-health", "How acupuncture may support spine health"),
    Entry("pain-relief", "Pain relief", 3),
    Entry("muscle-relaxation", "Muscle relaxation", 3),
    Entry("improved-circulation", "Improved circulation", 3),
    Entry("improved-mobility", "Improved mobility", 3),
    Entry("stress-and-nervous-system-support", "Stress and the nervous system", 3),
    Entry("conditions-commonly-treated", "Conditions commonly treated"),
    Entry("what-to-expect", "What to expect during a session"),
    Entry("safety-and-considerations", "Safety and considerations"),
    Entry("safety-pregnancy", "If you are or might be pregnant", 3),
    Entry("safety-bleeding", "If you bleed easily or take blood-thinning medicine", 3),
    Entry("safety-implants", "If you have something implanted or wear a device", 3),
    Entry("safety-other", "Other things worth telling us", 3),
    Entry("safety-get-help", "When to get help at once", 3),
    Entry("a-balanced-approach", "A balanced approach to spine health"),
    Entry("ready-to-explore", "Ready to explore?"),
    Entry("references", "References"),
)
