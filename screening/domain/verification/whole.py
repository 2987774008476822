"""A combination of some answers as a whole form, read by the program itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from screening.domain.assessment import Assessment, assess
from screening.domain.protocol.conditions import devices_of, is_asked
from screening.domain.protocol.model import Protocol, Question
from screening.domain.verification.spaces import ON, written
from screening.domain.verification.walking import Combination, form_answers


def whole_form(protocol: Protocol, combination: Combination) -> dict[str, Any]:
    """These answers, and nothing to report to every other question that is asked."""
    form = _Form(protocol, combination)
    while form.is_filled_further():
        pass
    return form.answers


def assessed(protocol: Protocol, answers: Mapping[str, Any]) -> Assessment:
    return assess(protocol, answers, [], ON)


class _Form:
    """The answers of a combination, to be filled up question by question."""

    def __init__(self, protocol: Protocol, combination: Combination) -> None:
        self.protocol, self.answers = protocol, form_answers(protocol, combination.choices)
        self.left_blank = {place for place, choice in combination.choices.items() if choice.answer is None}
        devices = devices_of(protocol, self.answers)
        self.devices = list(enumerate(devices))
        if devices and protocol.devices_question:
            self.answers[protocol.devices_question.id] = devices

    def is_filled_further(self) -> bool:
        """Answers what is asked and still open; an answer may open a further question."""
        before = self._count()
        for question in self.protocol.questions.values():
            if question.is_device:
                for place, device in self.devices:
                    self._fill(question, question.device_key, device, place)
            else:
                self._fill(question, question.id, self.answers, None)
        return self._count() > before

    def _count(self) -> int:
        return len(self.answers) + sum(len(device) for _, device in self.devices)

    def _fill(self, question: Question, name: str, given: Any, place: int | None) -> None:
        plain = _quiet(question)
        if name in given or plain is None or (question.id, place) in self.left_blank:
            return
        if is_asked(self.protocol, question, self.answers, place):
            given[name] = plain


def _quiet(question: Question) -> Any:
    """What reports nothing; where every answer reports something, the first one."""
    if question.kind in ("text", "number", "devices"):
        return None
    if question.kind == "date":
        return written(ON)
    codes = [option.code for option in question.options]
    code = next((code for code in codes if code in question.quiet_codes), codes[0])
    return [code] if question.kind == "many" else code
