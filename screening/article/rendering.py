"""The article as it is read: sections as HTML, with what points to them, and the sources. Knows no web."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from markdown_it import MarkdownIt

from screening.domain.protocol.article_sections import ARTICLE_SECTIONS
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.vocabulary import TAG_WORDS

_SECTIONS = Path(__file__).with_name("sections")
# The article itself rests on these, beside every source that a rule cites.
_OF_THE_ARTICLE = ("nccih-acu", "acp-2017", "nice-ng59")


@dataclass(frozen=True)
class Section:
    slug: str
    title: str
    level: int
    html: str
    """Our own Markdown, rendered; raw HTML in it is not let through."""
    questions: tuple[str, ...]
    """What the form asks because of this section, as patients read it."""
    rules: tuple[tuple[str, str], ...]
    """The flags that lead here: the rule, and what it is about."""


@dataclass(frozen=True)
class Reference:
    key: str
    citation: str
    year: str
    link: str
    known: str


_BACK_PAIN = Reference(
    "nccih-back",
    "National Center for Complementary and Integrative Health. Low-back pain and complementary health approaches",
    "21 January 2020",
    "",
    TAG_WORDS["M"][1],
)


def opening() -> str:
    return _rendered("opening")


@lru_cache(maxsize=4)
def sections(protocol: Protocol) -> tuple[Section, ...]:
    return tuple(
        Section(
            entry.slug,
            entry.title,
            entry.level,
            _rendered(entry.slug),
            tuple(_questions(protocol, entry.slug)),
            tuple(_rules(protocol, entry.slug)),
        )
        for entry in ARTICLE_SECTIONS
    )


@lru_cache(maxsize=4)
def references(protocol: Protocol) -> tuple[Reference, ...]:
    """Every source that a rule or the article itself cites, in the order of the protocol, and one more page."""
    cited = {key for claim in _claims(protocol) for key in claim} | set(_OF_THE_ARTICLE)
    return (
        *(
            Reference(source.key, source.citation, _year(source.year), source.address, _known(source.tag))
            for source in protocol.sources.values()
            if source.key in cited
        ),
        _BACK_PAIN,
    )


def plain_texts() -> dict[str, str]:
    """Every section as it is written, without its marks; the references are citations and are left out."""
    names = ["opening", *(entry.slug for entry in ARTICLE_SECTIONS if entry.slug != "references")]
    marks = re.compile(r"\*\*|\]\([^)]*\)|\[|^- ", re.MULTILINE)
    return {f"article {name}": marks.sub("", _written(name)).strip() for name in names}


def _claims(protocol: Protocol) -> Iterator[tuple[str, ...]]:
    yield from (rule.sources for rule in protocol.rules.values())
    yield from (principle.sources for principle in protocol.principles.values())
    yield protocol.fallback.sources


def _year(written: str) -> str:
    return "" if written in ("-", "n.d.") else written


def _known(tag: str) -> str:
    return ", ".join(TAG_WORDS[each][1] for each in tag.split("/"))


def _questions(protocol: Protocol, slug: str) -> Iterator[str]:
    yield from (question.wording for question in protocol.questions.values() if question.section == slug)


def _rules(protocol: Protocol, slug: str) -> Iterator[tuple[str, str]]:
    for rule in protocol.rules.values():
        if slug in rule.sections:
            yield rule.id, protocol.topics[rule.topic].title


@cache
def _rendered(name: str) -> str:
    markdown = MarkdownIt("commonmark", {"html": False})
    return str(markdown.render(_written(name)))


def _written(name: str) -> str:
    return (_SECTIONS / f"{name}.md").read_text(encoding="utf-8")
