"""Which page comes next, from the answers alone. Knows no web.

The core page comes first, then the core questions that a returning patient answers anew, then one page per topic
that has follow-up questions, then which devices there are, then one page per device. A page is known by its position
only, so that its address tells nothing about the answers (L10).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from screening.domain.protocol.conditions import Answers, devices_of, follow_ups, is_asked
from screening.domain.protocol.model import Protocol, Question
from screening.domain.protocol.vocabulary import IN_PERSON
from screening.questionnaire.earlier_answers import FIRST_VISIT, Returning, asked_anew, first_page

CORE_PAGE = "core"
ANEW_PAGE = "anew"
KINDS_PAGE = "kinds"
_Asked = tuple[str, tuple[Question, ...], int | None]


@dataclass(frozen=True)
class Page:
    key: str
    """What the page asks about; travels in the page's form only, never in an address."""
    position: int
    """0 is the core page."""
    questions: tuple[Question, ...]
    device: int | None = None


@dataclass(frozen=True)
class Journey:
    """The way through the questions on these answers. Its pages are worked out once."""

    protocol: Protocol
    answers: Answers
    returning: Returning = FIRST_VISIT

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Every page that these answers call for, in order; what is kept from an earlier visit has none."""
        return tuple(
            Page(key, position, asked, device)
            for position, (key, asked, device) in enumerate(worked_out(self))
        )

    @cached_property
    def left(self) -> Page | None:
        """The first page on which something is still to be answered; None when all is answered."""
        return next((page for page in self.pages if self.missing(page)), None)

    def find(self, key: str) -> Page | None:
        return next((page for page in self.pages if page.key == key), None)

    def missing(self, page: Page) -> tuple[str, ...]:
        """The questions of a page that still need an answer."""
        given = self.filled_in(page)
        return tuple(asked.id for asked in page.questions if not asked.optional and asked.id not in given)

    def filled_in(self, page: Page) -> dict[str, Any]:
        """What was answered on a page during this visit, also what was said of earlier answers."""
        said = self.returning.on_page
        return self.given(page) | {asked.id: said[asked.id] for asked in page.questions if asked.id in said}

    def given(self, page: Page) -> dict[str, Any]:
        """The answers of one page by question id, also where they are kept inside a device."""
        if page.key == KINDS_PAGE:
            ticked = kinds_of(devices_answer(self.protocol, self.answers))
            return {page.questions[0].id: ticked} if ticked else {}
        if page.device is None:
            return {asked.id: self.answers[asked.id] for asked in page.questions if asked.id in self.answers}
        device = self.devices[page.device]
        return {asked.id: device[asked.device_key] for asked in page.questions if asked.device_key in device}

    @cached_property
    def earlier(self) -> Journey:
        """The way through the old answers that can be kept. None of their follow-ups hangs on two blocks."""
        blocks = [block for block in self.returning.recap.blocks.values() if block.can_be_kept]
        answers = {name: answer for block in blocks for name, answer in block.answers.items()}
        return Journey(self.protocol, answers)

    @cached_property
    def devices(self) -> tuple[Answers, ...]:
        return tuple(devices_of(self.protocol, self.answers))


def anchor_of(number: int) -> str:
    """Where a question stands on its page, counted from 1: what an address ends with must not name it either."""
    return f"q{number}"


def kind_question(protocol: Protocol) -> Question:
    """The device question that says what a device is: its options are the list of kinds."""
    if protocol.device_kind is None:
        raise LookupError("the protocol lists devices but does not ask what they are")
    return protocol.device_kind


def devices_answer(protocol: Protocol, answers: Answers) -> Any:
    question = protocol.devices_question
    return answers.get(question.id) if question else None


def kinds_of(value: Any) -> list[str]:
    """The ticks on the page of kinds that stand for an answer about devices."""
    if isinstance(value, list):
        return list(dict.fromkeys(device["kind"] for device in value if "kind" in device))
    return [value] if isinstance(value, str) else []


def worked_out(journey: Journey) -> Iterator[_Asked]:
    """For each page its key, its questions, and the device that it is about."""
    yield from _core_pages(journey.protocol, journey.returning)
    held = journey.returning.held
    yield from _topic_pages(journey, held)
    devices = journey.protocol.devices_question
    if devices is None or devices.id in held or not is_asked(journey.protocol, devices, journey.answers):
        return
    yield KINDS_PAGE, (kind_question(journey.protocol),), None
    yield from _device_pages(journey)


def _core_pages(protocol: Protocol, returning: Returning) -> Iterator[_Asked]:
    """Old answers are named in the first page's key: what is said on it holds of them and of no others."""
    key = f"{CORE_PAGE}:{returning.recap.mark}" if returning.said else CORE_PAGE
    yield key, first_page(protocol, returning), None
    anew = asked_anew(protocol, returning)
    if anew:
        yield ANEW_PAGE, anew, None


def _topic_pages(journey: Journey, held: frozenset[str]) -> Iterator[_Asked]:
    asked = [
        question
        for question in follow_ups(journey.protocol, journey.answers)
        if question.kind != "devices" and question.id not in held
    ]
    for code in journey.protocol.topics:
        questions = tuple(one for one in asked if one.topic == code)
        if questions:
            yield f"topic:{code}", questions, None


def _device_pages(journey: Journey) -> Iterator[_Asked]:
    """A device that the patient will name in person has no page: whatever is not told stays unresolved."""
    protocol, kind = journey.protocol, kind_question(journey.protocol)
    others = [asked for asked in protocol.device_questions if asked.id != kind.id]
    for place, device in enumerate(journey.devices):
        if device.get("kind") == IN_PERSON:
            continue
        asked_here = tuple(asked for asked in others if is_asked(protocol, asked, journey.answers, device))
        yield f"device:{place}:{device.get('kind', '')}", asked_here, place
