"""The answers in the patient's own words, for the page on which they are checked. Knows no web."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from screening.protocol import NOT_SURE, Protocol, Question
from screening.questionnaire.draft import Draft
from screening.questionnaire.journey import Page, anchor_of, devices_of, page_answers, pages

NOT_GIVEN = "Not given"
# As a heading, the label of an option that names no device would tell nothing.
_UNNAMED = {NOT_SURE: "What you are not sure about", "other": "Something else"}


@dataclass(frozen=True)
class Row:
    question: str
    answers: tuple[str, ...]
    anchor: str = ""


@dataclass(frozen=True)
class Part:
    """The rows of one page, which one link changes."""

    heading: str
    position: int
    rows: tuple[Row, ...]


def parts(protocol: Protocol, draft: Draft) -> tuple[Part, ...]:
    return tuple(_part(protocol, page, draft.answers) for page in pages(protocol, draft.answers))


def dropped_rows(protocol: Protocol, draft: Draft) -> tuple[Row, ...]:
    """What was answered and will not be sent, because an earlier answer changed."""
    known = [
        (protocol.questions[name], answer)
        for name, answer in draft.dropped.items()
        if name in protocol.questions
    ]
    return tuple(Row(question.wording, words(protocol, question, answer)) for question, answer in known)


def device_heading(protocol: Protocol, answers: Mapping[str, Any], place: int) -> str:
    """The kind of a device, numbered where there are several of the same kind."""
    kinds = [device.get("kind") for device in devices_of(protocol, answers)]
    label = _UNNAMED.get(str(kinds[place])) or _kind_label(protocol, kinds[place])
    same = kinds.count(kinds[place])
    return label if same < 2 else f"{label} ({kinds[: place + 1].count(kinds[place])} of {same})"


def words(protocol: Protocol, question: Question, answer: Any) -> tuple[str, ...]:
    if question.kind == "devices" and isinstance(answer, list):
        return tuple(_kind_label(protocol, device.get("kind")) for device in answer)
    if isinstance(answer, list):
        return tuple(_label(question, code) for code in answer)
    return (NOT_GIVEN,) if answer is None else (_label(question, answer),)


def _part(protocol: Protocol, page: Page, answers: Mapping[str, Any]) -> Part:
    given = page_answers(protocol, page, answers)
    heading = "" if page.device is None else device_heading(protocol, answers, page.device)
    asked = page.questions
    rows = tuple(
        Row(question.wording, words(protocol, question, given.get(question.id)), anchor_of(number))
        for number, question in enumerate(asked, 1)
    )
    return Part(heading, page.position, rows)


def _kind_label(protocol: Protocol, kind: Any) -> str:
    return _label(protocol.device_kind, kind) if protocol.device_kind else str(kind)


def _label(question: Question, answer: Any) -> str:
    if answer in question.codes:
        return question.option(answer).label
    return spoken_day(answer) if question.kind == "date" else str(answer)


def spoken_day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"
