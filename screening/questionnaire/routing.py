"""Which page comes next, from the answers alone. Knows no web.

The core page comes first, then the core questions that a returning patient answers anew, then one page per topic
that has follow-up questions, then which devices there are, then one page per device. A page is known by its position
only, so that its address tells nothing about the answers (L10).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from screening.domain.protocol.conditions import follow_ups, is_asked
from screening.domain.protocol.model import Protocol, Question
from screening.domain.protocol.vocabulary import IN_PERSON
from screening.questionnaire.earlier_answers import NOBODY, Returning, asked_anew, first_page

Answers = Mapping[str, Any]
Place = tuple[str, tuple[Question, ...], int | None]
CORE = "core"
ANEW = "anew"
KINDS = "kinds"


@dataclass(frozen=True)
class Page:
    key: str
    """What the page asks about; travels in the page's form only, never in an address."""
    position: int
    """0 is the core page."""
    questions: tuple[Question, ...]
    device: int | None = None


def pages(protocol: Protocol, answers: Answers, returning: Returning = NOBODY) -> tuple[Page, ...]:
    """Every page that these answers call for, in order; what is kept from an earlier visit has none."""
    found = [*_core_pages(protocol, returning), *_topic_pages(protocol, answers, returning.held)]
    if _asks_devices(protocol, answers, returning.held):
        found.append((KINDS, (kind_question(protocol),), None))
        found.extend(_device_pages(protocol, answers))
    return tuple(Page(key, position, asked, device) for position, (key, asked, device) in enumerate(found))


def next_page(protocol: Protocol, answers: Answers, returning: Returning = NOBODY) -> Page | None:
    """The first page on which something is still to be answered; None when all is answered."""
    filled = {**answers, **returning.on_page}
    asked = pages(protocol, answers, returning)
    return next((page for page in asked if missing(protocol, page, filled)), None)


def missing(protocol: Protocol, page: Page, answers: Answers) -> tuple[str, ...]:
    """The questions of a page that still need an answer."""
    given = page_answers(protocol, page, answers)
    return tuple(asked.id for asked in page.questions if not asked.optional and asked.id not in given)


def anchor_of(number: int) -> str:
    """Where a question stands on its page, counted from 1: what an address ends with must not name it either."""
    return f"q{number}"


def page_answers(protocol: Protocol, page: Page, answers: Answers) -> dict[str, Any]:
    """The answers of one page by question id, also where they are kept inside a device."""
    if page.key == KINDS:
        ticked = kinds_of(devices_answer(protocol, answers))
        return {page.questions[0].id: ticked} if ticked else {}
    if page.device is None:
        return {asked.id: answers[asked.id] for asked in page.questions if asked.id in answers}
    device = devices_of(protocol, answers)[page.device]
    return {asked.id: device[asked.device_key] for asked in page.questions if asked.device_key in device}


def kind_question(protocol: Protocol) -> Question:
    """The device question that says what a device is: its options are the list of kinds."""
    if protocol.device_kind is None:
        raise LookupError("the protocol lists devices but does not ask what they are")
    return protocol.device_kind


def devices_answer(protocol: Protocol, answers: Answers) -> Any:
    question = protocol.devices_question
    return answers.get(question.id) if question else None


def devices_of(protocol: Protocol, answers: Answers) -> list[dict[str, Any]]:
    value = devices_answer(protocol, answers)
    return list(value) if isinstance(value, list) else []


def kinds_of(value: Any) -> list[str]:
    """The ticks on the page of kinds that stand for an answer about devices."""
    if isinstance(value, list):
        return list(dict.fromkeys(device["kind"] for device in value if "kind" in device))
    return [value] if isinstance(value, str) else []


def _core_pages(protocol: Protocol, returning: Returning) -> list[Place]:
    """Old answers are named in the first page's key: what is said on it holds of them and of no others."""
    key = f"{CORE}:{returning.recap.mark}" if returning.said else CORE
    anew = asked_anew(protocol, returning)
    return [(key, first_page(protocol, returning), None), *([(ANEW, anew, None)] if anew else [])]


def _topic_pages(protocol: Protocol, answers: Answers, held: frozenset[str]) -> list[Place]:
    asked = [
        question
        for question in follow_ups(protocol, answers)
        if question.kind != "devices" and question.id not in held
    ]
    by_topic = ((code, tuple(one for one in asked if one.topic == code)) for code in protocol.topics)
    return [(f"topic:{code}", questions, None) for code, questions in by_topic if questions]


def _asks_devices(protocol: Protocol, answers: Answers, held: frozenset[str]) -> bool:
    question = protocol.devices_question
    return question is not None and question.id not in held and is_asked(protocol, question, answers)


def _device_pages(protocol: Protocol, answers: Answers) -> list[Place]:
    """A device that the patient will name in person has no page: whatever is not told stays unresolved."""
    kind = kind_question(protocol)
    found: list[Place] = []
    for place, device in enumerate(devices_of(protocol, answers)):
        if device.get("kind") == IN_PERSON:
            continue
        others = (asked for asked in protocol.device_questions if asked.id != kind.id)
        asked_here = tuple(asked for asked in others if is_asked(protocol, asked, answers, device))
        found.append((f"device:{place}:{device.get('kind', '')}", asked_here, place))
    return found
