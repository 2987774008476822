"""Proves that the program finds the questions that it looks for, whatever their ids are."""

from __future__ import annotations

from screening.domain.protocol.model import Protocol, Question
from screening.domain.protocol.vocabulary import (
    DEVICE_KIND,
    DEVICE_STATE,
    TO_PROVIDER,
    UNKNOWN_ANSWERS,
    ProtocolError,
)

_FITS = {DEVICE_KIND: ("device", "one"), DEVICE_STATE: ("device", "one"), TO_PROVIDER: ("core", "text")}


def check_roles(protocol: Protocol) -> None:
    seen: dict[str, Question] = {}
    for question in protocol.questions.values():
        _check_ordinary(question)
        if question.role:
            _check_role(question)
            first = seen.setdefault(question.role, question)
            if first is not question:
                wrong = f"question {question.id} has the role {question.role}, and so has {first.id}"
                raise ProtocolError(question.line, wrong, "Keep one")


def _check_role(question: Question) -> None:
    asked, kind = _FITS[question.role]
    if (question.asked, question.kind) != (asked, kind):
        wrong = f"question {question.id}: the role {question.role} does not suit it"
        raise ProtocolError(question.line, wrong, f"Give it to a question `asked: {asked}` of `kind: {kind}`")


def _check_ordinary(question: Question) -> None:
    if (question.role == DEVICE_STATE) != bool(question.ordinary):
        wrong = f"question {question.id}: `role: {DEVICE_STATE}` and `ordinary` belong together"
        raise ProtocolError(question.line, wrong, "Write both or neither")
    if question.ordinary and question.ordinary not in question.codes - UNKNOWN_ANSWERS:
        wrong = f"question {question.id}: `ordinary` names {question.ordinary!r}, none of its options"
        raise ProtocolError(question.line, wrong, "Correct it or add the option")


def check_devices(protocol: Protocol) -> None:
    """A device is known by what it is, and each answer about it by a name of its own."""
    lists = [question for question in protocol.questions.values() if question.kind == "devices"]
    if len(lists) > 1:
        wrong = "a second question has the kind devices"
        raise ProtocolError(lists[1].line, wrong, "Keep one list of devices")
    devices = protocol.devices_question
    if devices and protocol.device_kind is None:
        wrong = f"{devices.id} lists devices, but no question asks what they are"
        raise ProtocolError(devices.line, wrong, f"Write `role: {DEVICE_KIND}` at the one that does")
    names: dict[str, Question] = {}
    for question in protocol.device_questions:
        first = names.setdefault(question.device_key, question)
        if first is not question:
            wrong = f"question {question.id} and {first.id} both end in `{question.device_key}`"
            raise ProtocolError(question.line, wrong, "Give one of them another id")
    places = [question for question in protocol.device_questions if question.kind == "place"]
    if len(places) > 1:
        wrong = f"question {places[1].id} asks a second time where a device is"
        raise ProtocolError(places[1].line, wrong, "Keep one question of kind place")
