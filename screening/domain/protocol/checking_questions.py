"""Proves that each question can be asked and answered: its options, its limits, and when it is asked."""

from __future__ import annotations

from screening.domain.protocol.checking_conditions import check_condition
from screening.domain.protocol.checking_rules import check_slug, check_topic
from screening.domain.protocol.model import Protocol, Question
from screening.domain.protocol.vocabulary import CHOICE_KINDS, UNKNOWN_ANSWERS, ProtocolError


def check_question(protocol: Protocol, question: Question) -> None:
    what = f"question {question.id}"
    check_topic(protocol, question.topic, question.line, what)
    check_slug(question.section, question.line, what)
    _check_options(question)
    _check_limits(question)
    _check_asking(protocol, question)
    _check_listed(protocol, question)
    _check_quiet(question)


def _check_options(question: Question) -> None:
    what, own = f"question {question.id}", question.codes - UNKNOWN_ANSWERS
    if question.kind in CHOICE_KINDS and not own:
        raise ProtocolError(question.line, f"{what} has no options", "Add `options:`")
    if question.kind not in CHOICE_KINDS and own:
        wrong = f"{what} has options but is a {question.kind}"
        raise ProtocolError(question.line, wrong, "Remove them, or make it one or many")
    labels = [option.label for option in question.options]
    for label in labels:
        if labels.count(label) > 1:
            wrong = f"{what}: two options read {label!r}"
            raise ProtocolError(question.line, wrong, "Word one of them otherwise")


def _check_limits(question: Question) -> None:
    what, line = f"question {question.id}", question.line
    low, high = question.minimum, question.maximum
    if question.kind == "text" and question.max_length is None:
        raise ProtocolError(line, f"{what} sets no length", "Add `max_length: 500`")
    if question.kind == "number" and (low is None or high is None):
        raise ProtocolError(line, f"{what} sets no limits", "Add `min:` and `max:`")
    if low is not None and high is not None and low > high:
        raise ProtocolError(line, f"{what} has a `min` above its `max`", "Exchange the two")


def _check_asking(protocol: Protocol, question: Question) -> None:
    if question.asked_when:
        check_condition(protocol, question.asked_when, in_device=question.is_device, may_age=False)
    if question.is_device and protocol.devices_question is None:
        wrong = f"question {question.id} is asked per device, but no question lists devices"
        raise ProtocolError(question.line, wrong, "Add one of kind devices")


def _check_listed(protocol: Protocol, question: Question) -> None:
    what, line = f"question {question.id}", question.line
    if question.is_listed != bool(question.listed_as):
        raise ProtocolError(
            line, f"{what}: `asked: listed` and `listed_as` belong together", "Write both or neither"
        )
    if question.is_listed and protocol.list_of(question) is None:
        remedy = "Name an option of the tick list on the first page"
        raise ProtocolError(line, f"{what}: no tick list has the option {question.listed_as!r}", remedy)
    if question.is_listed and "yes" not in question.codes:
        raise ProtocolError(line, f"{what} has no option `yes`", "Add it: a tick in the list means yes")


def _check_quiet(question: Question) -> None:
    what, quiet = f"question {question.id}", question.nothing_to_report
    if quiet and question.kind not in ("one", "place"):
        wrong = f"{what}: `nothing_to_report` does not suit the kind {question.kind}"
        raise ProtocolError(question.line, wrong, "Remove it; it is for questions with one answer")
    if quiet and quiet not in question.codes - UNKNOWN_ANSWERS:
        wrong = f"{what}: `nothing_to_report` names {quiet!r}, none of its options"
        raise ProtocolError(question.line, wrong, "Correct it or add the option")
