"""All of a patient's answers, in the words that the patient saw. What is not known says so in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from screening.dates import plain_day
from screening.domain.protocol.conditions import devices_of, is_asked, is_unresolved
from screening.domain.protocol.model import Protocol, Question
from screening.domain.protocol.vocabulary import IN_PERSON, NOT_SURE
from screening.records.protocol_versions import protocol_version
from screening.storage.models import Submission

_UNKNOWN = {NOT_SURE: "Not sure", IN_PERSON: "Wants to tell the provider in person"}


@dataclass(frozen=True)
class AnswerShown:
    question_id: str
    question: str
    answers: tuple[str, ...]
    is_unresolved: bool
    device: int | None = None
    since: str = ""
    """The day on which it was really answered, where it was kept from an earlier visit."""

    @property
    def words(self) -> str:
        return "; ".join(self.answers)

    @property
    def key(self) -> str:
        """Travels in forms only, never in an address (L10)."""
        return self.question_id if self.device is None else f"{self.question_id}:{self.device}"


def protocol_of(submission: Submission) -> Protocol:
    """The questions as the patient saw them, whatever was published since."""
    return protocol_version(submission.protocol_digest)


def answers_of(submission: Submission) -> list[AnswerShown]:
    """The answers that were received, each with its day where it was kept from an earlier visit."""
    protocol, since = protocol_of(submission), _kept_since(submission)
    listed = protocol.devices_question.id if protocol.devices_question else ""
    return [
        replace(each, since=since.get(each.question_id if each.device is None else listed, ""))
        for each in answers_shown(protocol, submission.answers)
    ]


def _kept_since(submission: Submission) -> dict[str, str]:
    """What a correction left as it was is not meant: that was answered for this very visit."""
    first = submission
    while first.corrects:
        first = first.corrects
    moments = {name: datetime.fromisoformat(at) for name, at in (submission.kept or {}).items()}
    return {name: plain_day(at) for name, at in moments.items() if at < first.received_at}


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


def answer_words(protocol: Protocol, question: Question, value: Any) -> str:
    """One answer in the words that the patient saw."""
    return "; ".join(_words(protocol, question, value))


def _words(protocol: Protocol, question: Question, value: Any) -> tuple[str, ...]:
    if value is None or value == []:
        return ("Nothing written" if question.optional else "Not answered",)
    values = value if isinstance(value, list) else [value]
    return tuple(_one(protocol, question, each) for each in values)


def _one(protocol: Protocol, question: Question, value: Any) -> str:
    if value in _UNKNOWN:
        return _UNKNOWN[value]
    if question.kind == "date":
        return plain_day(date.fromisoformat(value))
    return protocol.label(question.id, value)
