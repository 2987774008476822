"""One assessment, and the protocol, as JSON text: what the command line reads and prints."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from screening.domain.assessment import assess
from screening.domain.protocol.answers import AnswerError, checked_answers, shown, written_day
from screening.domain.protocol.loading import acupuncture
from screening.domain.protocol.publishing import as_json

_LONGEST = 1_000_000


class AssessError(ValueError):
    """The text cannot be assessed; says why in one line."""


def assess_json(text: str) -> str:
    """The assessment of `{"on": ..., "planned": [...], "answers": {...}}`, by the protocol of the product."""
    protocol = acupuncture()
    request = _request(text)
    planned = _planned(request.get("planned"), list(protocol.modalities))
    on = _day(request.get("on"))
    answers = request.get("answers")
    if not isinstance(answers, dict):
        first = next(iter(protocol.questions))
        raise AssessError(f'answers: write a map of answers, such as {{"{first}": "no"}}')
    try:
        checked = checked_answers(protocol, answers)
    except AnswerError as problem:
        raise AssessError(str(problem)) from problem
    return _printed(assess(protocol, checked, planned, on).as_json(protocol))


def protocol_json() -> str:
    return _printed(as_json(acupuncture()))


def _printed(plain: dict[str, Any]) -> str:
    return json.dumps(plain, indent=2, ensure_ascii=False)


def _request(text: str) -> dict[str, Any]:
    if len(text) > _LONGEST:
        raise AssessError(f"the text is {len(text)} characters long; {_LONGEST} is the most")
    try:
        request = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except json.JSONDecodeError as problem:
        raise AssessError(
            f"this is not JSON: {problem.msg} at line {problem.lineno}, column {problem.colno}"
        ) from problem
    except RecursionError:
        raise AssessError("this is not JSON that can be read: it is nested too deeply") from None
    except AssessError:
        raise
    except ValueError:  # Python refuses to read integers of thousands of digits
        raise AssessError("this is not JSON that can be read: a number is too long") from None
    if not isinstance(request, dict):
        raise AssessError('write one map: {"on": ..., "planned": [...], "answers": {...}}')
    for key in request:
        if key not in ("on", "planned", "answers"):
            raise AssessError(f"{shown(key)} is not a key that is known; use on, planned and answers")
    return request


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, value in pairs:
        if key in plain:
            raise AssessError(f"the key {shown(key)} is written twice; keep one")
        plain[key] = value
    return plain


def _no_constant(word: str) -> None:
    raise AssessError(f"{word} is not a number")


def _day(raw: object) -> date:
    try:
        return written_day(raw)
    except ValueError as problem:
        raise AssessError(f"on: {problem}") from problem


def _planned(raw: object, modalities: list[str]) -> list[str]:
    if raw is None:
        return []
    if not isinstance(raw, list):
        raise AssessError(f'planned: write a list, such as ["{modalities[0]}"]')
    for code in raw:
        if code not in modalities:
            raise AssessError(f"planned: {shown(code)} is not a modality ({', '.join(modalities)})")
        if raw.count(code) > 1:
            raise AssessError(f"planned: {shown(code)} is there twice")
    return list(raw)
