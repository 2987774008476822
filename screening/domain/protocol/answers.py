"""The one border for answers, whether they come from a form, a file or the command line.

`checked_answers` refuses what the protocol does not know. `sorted_answers` is for `assess`, which may refuse
nothing: it keeps what is known and names the rest, so that the rest becomes a flag.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from screening.domain.protocol.conditions import is_asked
from screening.domain.protocol.model import Protocol, Question
from screening.domain.protocol.vocabulary import EXCLUSIVE_OPTIONS, MOST_DEVICES
from screening.text import FIRST_YEAR, LAST_YEAR, has_control_character, with_plain_breaks

Answer = str | int | float | list[str] | list[dict[str, Any]]
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class AnswerError(ValueError):
    """An answer that the protocol does not know; names the question and says what to do in one line."""

    def __init__(self, question: str, message: str, device: int | None = None, given: str = "") -> None:
        self.question, self.message, self.device, self.given = question, message, device, given
        place = "" if device is None else f", device {device + 1}"
        super().__init__(f"{question}{place}: {message}")


def checked_answers(protocol: Protocol, raw: Mapping[str, object]) -> dict[str, Answer]:
    answers, problems = sorted_answers(protocol, raw)
    if problems:
        raise problems[0]
    return answers


def sorted_answers(
    protocol: Protocol, raw: Mapping[str, object]
) -> tuple[dict[str, Answer], list[AnswerError]]:
    """The answers that can be used, in the order of the questions, and what is wrong with the others."""
    border = _Border(protocol)
    answers = border.take(
        raw, [question for question in protocol.questions.values() if not question.is_device]
    )
    return answers, border.problems


class _Border:
    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.problems: list[AnswerError] = []
        self.device: int | None = None

    def refuse(self, question: str, raw: object, message: str) -> None:
        self.problems.append(AnswerError(question, message, self.device, shown(raw)))

    def take(self, raw: Mapping[str, object], questions: list[Question]) -> dict[str, Any]:
        names = {
            question.device_key if question.is_device else question.id: question for question in questions
        }
        for name in raw:
            if name not in names:
                self.refuse(shown(name).strip("'") or "''", raw[name], self._unknown(name))
        taken = {name: self.value(question, raw.get(name)) for name, question in names.items()}
        return {name: value for name, value in taken.items() if value is not None}

    def _unknown(self, name: object) -> str:
        question = self.protocol.questions.get(name) if isinstance(name, str) else None
        devices = self.protocol.devices_question
        if question and question.is_device and devices:
            return f"belongs to one device; write it as `{question.device_key}` in {devices.id}"
        return "is not a question of this protocol; check its spelling"

    def value(self, question: Question, raw: object) -> Any:
        if raw is None:
            return None
        if question.kind == "many":
            return self._many(question, raw)
        if question.kind == "text":
            return self._text(question, raw)
        if question.kind == "number":
            return self._number(question, raw)
        if isinstance(raw, str) and raw in question.codes:
            return raw
        if question.kind == "devices":
            return self._devices(question, raw)
        return self._day(question, raw) if question.kind == "date" else self._one(question, raw)

    def _one(self, question: Question, raw: object) -> None:
        if isinstance(raw, list):
            self.refuse(question.id, raw, "takes one answer, not a list")
        else:
            self.refuse(
                question.id, raw, f"{shown(raw)} is not one of its options ({', '.join(_codes(question))})"
            )

    def _many(self, question: Question, raw: object) -> list[str] | None:
        items = raw if isinstance(raw, list) else [raw]
        known: list[str] = []
        for item in items:
            if not isinstance(item, str) or item not in question.codes:
                self.refuse(
                    question.id,
                    item,
                    f"{shown(item)} is not one of its options ({', '.join(_codes(question))})",
                )
            elif item in known:
                self.refuse(question.id, item, f"{shown(item)} is given twice; name it once")
            else:
                known.append(item)
        if len(known) > 1 and not EXCLUSIVE_OPTIONS.isdisjoint(known):
            self.refuse(question.id, raw, "says none and something else; choose one of the two")
        return known or None

    def _text(self, question: Question, raw: object) -> str | None:
        if not isinstance(raw, str):
            self.refuse(question.id, raw, f"takes text, not {shown(raw)}")
            return None
        text = with_plain_breaks(raw).strip()
        if has_control_character(text):
            self.refuse(question.id, raw, "holds a character that cannot be stored; type the words again")
        elif question.max_length is not None and len(text) > question.max_length:
            self.refuse(
                question.id, raw, f"is {len(text)} characters long; {question.max_length} is the most"
            )
        else:
            return text or None
        return None

    def _number(self, question: Question, raw: object) -> int | float | None:
        if isinstance(raw, bool) or not isinstance(raw, int | float):
            self.refuse(question.id, raw, f"takes a number, not {shown(raw)}")
            return None
        low, high = question.minimum, question.maximum
        if isinstance(raw, float) and not math.isfinite(raw):
            self.refuse(question.id, raw, "takes a number with digits")
        elif (low is not None and raw < low) or (high is not None and raw > high):
            self.refuse(question.id, raw, f"takes a number from {low} to {high}")
        else:
            return raw
        return None

    def _day(self, question: Question, raw: object) -> str | None:
        try:
            return written_day(raw).isoformat()
        except ValueError as problem:
            self.refuse(question.id, raw, str(problem))
            return None

    def _devices(self, question: Question, raw: object) -> list[dict[str, Any]] | None:
        if not isinstance(raw, list):
            self.refuse(question.id, raw, f"takes a list of devices, not {shown(raw)}")
            return None
        if len(raw) > MOST_DEVICES:
            self.refuse(question.id, raw, f"lists {len(raw)} devices; {MOST_DEVICES} is the most")
        return [
            self._one_device(question, place, device) for place, device in enumerate(raw[:MOST_DEVICES])
        ] or None

    def _one_device(self, question: Question, place: int, device: object) -> dict[str, Any]:
        self.device = place
        if isinstance(device, dict):
            taken = self.take(device, list(self.protocol.device_questions))
        else:
            self.refuse(question.id, device, f"takes a device as a map of answers, not {shown(device)}")
            taken = {}
        self.device = None
        return taken


def written_day(raw: object) -> date:
    """A real day written as 2026-11-10, in years that a person can mean."""
    if not isinstance(raw, str) or not _DAY.fullmatch(raw):
        raise ValueError(f"takes a date such as 2026-11-10, not {shown(raw)}")
    try:
        day = date.fromisoformat(raw)
    except ValueError:
        raise ValueError(f"{shown(raw)} is not a day of the calendar") from None
    if not FIRST_YEAR <= day.year < LAST_YEAR:
        raise ValueError(f"the year of {shown(raw)} is not between {FIRST_YEAR} and {LAST_YEAR - 1}")
    return day


def shown(raw: object) -> str:
    """What was given, short and on one line, whatever it holds."""
    if isinstance(raw, int | float | bool | str) or raw is None:
        words = ascii(raw) if not isinstance(raw, int) or abs(raw) < 10**20 else "a huge number"
        return words if len(words) <= 60 else f"{words[:57]}..."
    return {"list": "a list", "dict": "a map"}.get(type(raw).__name__, "something else")


def _codes(question: Question) -> list[str]:
    return [option.code for option in question.options]


def pruned(protocol: Protocol, answers: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The answers whose question is still asked, and the ids of the questions whose answers were dropped."""
    kept = dict(answers)
    dropped: dict[str, None] = {}
    while stale := [name for name in kept if not _still_asked(protocol, name, kept)]:
        for name in stale:
            dropped[name] = None
            del kept[name]
    devices = protocol.devices_question
    if devices and isinstance(kept.get(devices.id), list):
        kept[devices.id] = [_pruned_device(protocol, kept, device, dropped) for device in kept[devices.id]]
    return kept, tuple(dropped)


def _still_asked(protocol: Protocol, name: str, answers: Mapping[str, Any]) -> bool:
    question = protocol.questions.get(name)
    return question is None or question.is_listed or is_asked(protocol, question, answers)


def _pruned_device(
    protocol: Protocol, answers: Mapping[str, Any], device: Mapping[str, Any], dropped: dict[str, None]
) -> dict[str, Any]:
    kept = dict(device)
    for question in protocol.device_questions:
        if question.device_key in kept and not is_asked(protocol, question, answers, kept):
            dropped[question.id] = None
            del kept[question.device_key]
    return kept
