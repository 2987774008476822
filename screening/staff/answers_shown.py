"""All of a patient's answers, in the words that the patient saw. What is not known says so in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from screening.models import Submission
from screening.protocol import IN_PERSON, NOT_SURE, Protocol, Question, is_asked, is_unresolved
from screening.protocol.conditions import devices_of
from screening.versions import protocol_version

_UNKNOWN = {NOT_SURE: "Not sure", IN_PERSON: "Wants to tell the provider in person"}


@dataclass(frozen=True)
class AnswerShown:
    question_id: str
    question: str
    answers: tuple[str, ...]
    is_unresolved: bool
    device: int | None = None

    @property
    def words(self) -> str:
        return "; ".join(self.answers)


def protocol_of(submission: Submission) -> Protocol:
    """The questions as the patient saw them, whatever was published since."""
    return protocol_version(submission.protocol_digest)


def shown(submission: Submission) -> list[AnswerShown]:
    """What was sent, by the version of the questions that it was sent on."""
    return answers_shown(protocol_of(submission), submission.answers)


def answers_shown(protocol: Protocol, answers: Mapping[str, Any]) -> list[AnswerShown]:
    """In the order of the form; the questions of each device together, where the form asks them."""
    found = []
    for question in protocol.questions.values():
        if question.kind == "devices":
            found += list(_devices_shown(protocol, answers))
        elif not question.is_device and _is_part(protocol, question, answers):
            found.append(_shown(protocol, question, answers.get(question.id), answers))
    return found


def _is_part(protocol: Protocol, question: Question, answers: Mapping[str, Any]) -> bool:
    return question.id in answers or is_asked(protocol, question, answers)


def _devices_shown(protocol: Protocol, answers: Mapping[str, Any]) -> Iterator[AnswerShown]:
    question = protocol.devices_question
    devices = devices_of(protocol, answers)
    if question is not None and not devices and _is_part(protocol, question, answers):
        yield _shown(protocol, question, answers.get(question.id), answers)
    for position, device in enumerate(devices):
        for asked in protocol.device_questions:
            if asked.device_key in device or is_asked(protocol, asked, answers, device):
                yield _shown(protocol, asked, device.get(asked.device_key), answers, position)


def _shown(
    protocol: Protocol,
    question: Question,
    value: Any,
    answers: Mapping[str, Any],
    device: int | None = None,
) -> AnswerShown:
    return AnswerShown(
        question_id=question.id,
        question=question.wording,
        answers=_words(protocol, question, value),
        is_unresolved=is_unresolved(protocol, question, answers, device),
        device=device,
    )


def _words(protocol: Protocol, question: Question, value: Any) -> tuple[str, ...]:
    if value is None or value == []:
        return ("Nothing written" if question.optional else "Not answered",)
    values = value if isinstance(value, list) else [value]
    return tuple(_one(protocol, question, each) for each in values)


def _one(protocol: Protocol, question: Question, value: Any) -> str:
    if value in _UNKNOWN:
        return _UNKNOWN[value]
    if question.kind == "date":
        day = date.fromisoformat(value)
        return f"{day.day} {day:%B %Y}"
    return protocol.label(question.id, value)
