"""The answers in the patient's own words, for the page on which they are checked. Knows no web."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from screening.dates import plain_day
from screening.domain.earlier_answers import Block
from screening.domain.protocol.model import Protocol, Question
from screening.domain.protocol.vocabulary import NOT_SURE
from screening.questionnaire.draft import DraftContent
from screening.questionnaire.earlier_answers import SAME, Returning, UnchangedQuestion
from screening.questionnaire.routing import Journey, Page, anchor_of

NOT_GIVEN = "Not given"
# As a heading, the label of an option that names no device would tell nothing.
_UNNAMED = {NOT_SURE: "What you are not sure about", "other": "Something else"}


@dataclass(frozen=True)
class Row:
    question: str
    answers: tuple[str, ...]
    note: str = ""
    """Where the answer was kept from an earlier visit: since when."""
    anchor: str = ""


@dataclass(frozen=True)
class SummaryPart:
    """The rows of one page, which one link changes."""

    heading: str
    position: int
    rows: tuple[Row, ...]


def parts(journey: Journey) -> tuple[SummaryPart, ...]:
    return tuple(_part(journey, page) for page in journey.pages)


def dropped_rows(draft: DraftContent) -> tuple[Row, ...]:
    """What was answered and will not be sent, because an earlier answer changed."""
    questions = draft.protocol.questions
    known = [(questions[name], answer) for name, answer in draft.dropped.items() if name in questions]
    return tuple(Row(question.wording, words(draft.protocol, question, answer)) for question, answer in known)


def device_heading(journey: Journey, place: int) -> str:
    """The kind of a device, numbered where there are several of the same kind."""
    kinds = [device.get("kind") for device in journey.devices]
    label = _UNNAMED.get(str(kinds[place])) or _kind_label(journey.protocol, kinds[place])
    same = kinds.count(kinds[place])
    return label if same < 2 else f"{label} ({kinds[: place + 1].count(kinds[place])} of {same})"


def words(protocol: Protocol, question: Question, answer: Any) -> tuple[str, ...]:
    if question.kind == "devices" and isinstance(answer, list):
        return tuple(_kind_label(protocol, device.get("kind")) for device in answer)
    if isinstance(answer, list):
        return tuple(_label(question, code) for code in answer)
    return (NOT_GIVEN,) if answer is None else (_label(question, answer),)


def last_time(page: Page, returning: Returning) -> dict[str, str]:
    """What was answered last time to the core questions of a page, as text beside them (L2)."""
    blocks = ((asked.id, returning.recap.blocks.get(asked.id)) for asked in page.questions)
    return {
        name: f"Last time ({plain_day(block.since)}): {'; '.join(block.said)}"
        for name, block in blocks
        if block
    }


def earlier_rows(journey: Journey, page: Page) -> dict[str, tuple[Row, ...]]:
    """The old answers of which a page asks whether anything has changed."""
    asked = [each for each in page.questions if isinstance(each, UnchangedQuestion)]
    blocks = journey.returning.recap.blocks
    return {each.id: _block_rows(journey.earlier, blocks[each.core]) for each in asked}


def _block_rows(before: Journey, block: Block, note: str = "", anchor: str = "") -> tuple[Row, ...]:
    rows = []
    for page in before.pages:
        given = before.given(page)
        about = "" if page.device is None else f" ({device_heading(before, page.device)})"
        rows += [
            Row(asked.wording + about, words(before.protocol, asked, given[asked.id]), note, anchor)
            for asked in page.questions
            if asked.id in block.questions and asked.id in given
        ]
    return tuple(rows)


def _part(journey: Journey, page: Page) -> SummaryPart:
    given = journey.given(page)
    heading = "" if page.device is None else device_heading(journey, page.device)
    rows: list[Row] = []
    for number, asked in enumerate(page.questions, 1):
        if isinstance(asked, UnchangedQuestion):
            rows += _unchanged_rows(journey, asked.core, anchor_of(number))
        else:
            said = words(journey.protocol, asked, given.get(asked.id))
            rows.append(Row(asked.wording, said, anchor=anchor_of(number)))
    return SummaryPart(heading, page.position, tuple(rows))


def _unchanged_rows(journey: Journey, core: str, anchor: str) -> tuple[Row, ...]:
    """What is asked anew has rows of its own on a later page."""
    if journey.returning.said[core] != SAME:
        return ()
    block = journey.returning.recap.blocks[core]
    return _block_rows(journey.earlier, block, f"As on {plain_day(block.since)}, nothing has changed", anchor)


def _kind_label(protocol: Protocol, kind: Any) -> str:
    return _label(protocol.device_kind, kind) if protocol.device_kind else str(kind)


def _label(question: Question, answer: Any) -> str:
    if answer in question.codes:
        return question.option(answer).label
    return plain_day(date.fromisoformat(answer)) if question.kind == "date" else str(answer)
