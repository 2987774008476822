"""L12 and reading age: what patients read never reassures, never advises, and is plain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import syllapy

from screening.domain.protocol.model import Protocol
from screening.domain.verification.report import Finding, ReadingAge

# Whole words, in any case. "Safety" is a topic; "safe" is a promise.
FORBIDDEN = (
    "safe",
    "safely",
    "cleared",
    "all clear",
    "no risk",
    "low risk",
    "risk-free",
    "risk free",
    "harmless",
    "no danger",
    "nothing to worry",
    "stop taking",
    "stop your medicine",
    "stop your medicines",
    "skip your medicine",
    "skip your medicines",
    "come off",
)
_WANTED = re.compile(r"\b(do not|don't|never) stop taking\b")
_OLDEST = 11
"""The evidence asks for a reading age of 9 to 11."""


def patient_texts(protocol: Protocol) -> dict[str, str]:
    """Everything of the protocol that a patient reads, by where it stands."""
    found = {f"topic {topic.code}": topic.title for topic in protocol.topics.values()}
    for question in protocol.questions.values():
        found |= {f"{question.id} {part}": getattr(question, part) for part in ("wording", "help", "why")}
        found |= {f"{question.id} {option.code}": option.label for option in question.options}
        found |= {f"{question.id} heading {option.group}": option.group for option in question.options}
    for slug, section in protocol.section_texts.items():
        found |= {f"section {slug} title": section.title, f"section {slug} text": section.text}
    return {**found, **{f"text {name}": text for name, text in protocol.patient_texts.items()}}


def forbidden(texts: Mapping[str, str]) -> Iterator[Finding]:
    for name, text in texts.items():
        plain = _WANTED.sub(" ", " ".join(text.casefold().replace("’", "'").split()))
        for words in FORBIDDEN:
            if re.search(rf"(?<!\w){re.escape(words)}(?!\w)", plain):
                yield Finding("texts", name, f"a patient reads “{words}” here: “{text.strip()}”")


def without_words(protocol: Protocol) -> Iterator[Finding]:
    """Every id has its wording, and two answers that differ never read alike."""
    for question in protocol.questions.values():
        for part in ("wording", "why"):
            if not getattr(question, part).strip():
                yield Finding("texts", question.id, f"there is no {part} for the patient")
        seen: set[str] = set()
        for option in question.options:
            label = option.label.strip().casefold()
            if not label:
                yield Finding("texts", question.id, f"the option {option.code} has no words")
            elif label in seen:
                yield Finding(
                    "texts", question.id, f"two options read “{option.label}”: a patient cannot choose"
                )
            seen.add(label)


@dataclass(frozen=True)
class _Measure:
    words: int
    sentences: int
    syllables: int

    @property
    def age(self) -> float:
        """The Flesch-Kincaid grade as the age at which a child usually reads it."""
        grade = 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59
        return round(max(grade + 5, 5), 1)


def reading_ages(texts: Mapping[str, str]) -> tuple[ReadingAge, ...]:
    measured = {name: _measure([text]) for name, text in texts.items()}
    return tuple(ReadingAge(name, found.words, found.age) for name, found in measured.items() if found.words)


def average_age(texts: Mapping[str, str]) -> float | None:
    """Of all texts read one after the other."""
    found = _measure(texts.values())
    return found.age if found.words else None


def too_hard(texts: Mapping[str, str]) -> Iterator[Finding]:
    age = average_age(texts)
    if age is not None and age > _OLDEST:
        yield Finding("texts", "the whole form", f"the reading age is {age}; {_OLDEST} is the most")


def _measure(texts: Iterable[str]) -> _Measure:
    sentences = [words for text in texts for words in _sentences(text)]
    counts = [max(syllapy.count(word), 1) for words in sentences for word in words]
    return _Measure(len(counts), len(sentences), sum(counts))


def _sentences(text: str) -> Iterator[list[str]]:
    for sentence in re.split(r"(?<=[.!?:;])\s+|\n+", text):
        words = re.findall(r"[\w’'-]*[^\W\d_][\w’'-]*", sentence)
        if words:
            yield words
