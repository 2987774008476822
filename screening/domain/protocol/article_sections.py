"""The article's sections in their order. A slug stands in stored flags and in links: it is never renamed or removed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ArticleSection:
    slug: str
    title: str
    level: int = 2


ARTICLE_SECTIONS = (
    ArticleSection("what-is-acupuncture", "What is acupuncture?"),
    ArticleSection("how-acupuncture-may-support-spine-health", "How acupuncture may support spine health"),
    ArticleSection("pain-relief", "Pain relief", 3),
    ArticleSection("muscle-relaxation", "Muscle relaxation", 3),
    ArticleSection("improved-circulation", "Improved circulation", 3),
    ArticleSection("improved-mobility", "Improved mobility", 3),
    ArticleSection("stress-and-nervous-system-support", "Stress and the nervous system", 3),
    ArticleSection("conditions-commonly-treated", "Conditions commonly treated"),
    ArticleSection("what-to-expect", "What to expect during a session"),
    ArticleSection("safety-and-considerations", "Safety and considerations"),
    ArticleSection("safety-pregnancy", "If you are or might be pregnant", 3),
    ArticleSection("safety-bleeding", "If you bleed easily or take blood-thinning medicine", 3),
    ArticleSection("safety-implants", "If you have something implanted or wear a device", 3),
    ArticleSection("safety-other", "Other things worth telling us", 3),
    ArticleSection("safety-get-help", "When to get help at once", 3),
    ArticleSection("a-balanced-approach", "A balanced approach to spine health"),
    ArticleSection("ready-to-explore", "Ready to explore?"),
    ArticleSection("references", "References"),
)
ARTICLE_SLUGS = frozenset(section.slug for section in ARTICLE_SECTIONS)
