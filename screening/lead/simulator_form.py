"""The simulator's form: every page that the answers open, on one page. It asks as patients are asked.

A question left blank stays unanswered here, since that too is something to try. Devices keep a number of their own, so
that what was typed about one stays with it when another goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import abort, request
from wtforms import HiddenField

from screening.clock import today
from screening.domain.protocol.answers import pruned
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.vocabulary import IN_PERSON, MOST_DEVICES
from screening.questionnaire.forms import QuestionsForm, questions_form
from screening.questionnaire.routing import KINDS_PAGE, Journey, Page, kind_question
from screening.questionnaire.summary import device_heading
from screening.staff.forms import CalendarField, DayGiven, Plain, StaffForm, Ticks, choices, stripped

_NUMBER = re.compile("[0-9]{1,5}")
_ROUNDS = 12
"""More than follow-ups can hang on each other; then the answers stand still."""


class TryForm(StaffForm):
    several = ("planned",)

    on = CalendarField("Day of the appointment", filters=[stripped], validators=[Plain(10), DayGiven()])
    planned = Ticks("Planned treatments")
    devices = HiddenField()


@dataclass(frozen=True)
class Device:
    number: int
    kind: str


@dataclass(frozen=True)
class TrialPart:
    """One page of the patient's form, as it is shown here."""

    heading: str
    page: Page
    form: QuestionsForm
    device: Device | None = None


@dataclass
class Trial:
    """What was picked, and the forms to show again."""

    form: TryForm
    parts: list[TrialPart]
    answers: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str]] = field(default_factory=list)


def try_form(protocol: Protocol) -> TryForm:
    form = TryForm()
    form.planned.choices = choices({code: each.name for code, each in protocol.modalities.items()})
    if request.method != "POST":
        form.on.data = today().isoformat()
    return form


def begun(protocol: Protocol) -> Trial:
    """Nothing picked yet: the first page only."""
    return Trial(try_form(protocol), _parts(protocol, {}, []))


def picked(protocol: Protocol) -> Trial:
    """Reads what was sent until no further answer opens another page."""
    form = try_form(protocol)
    form.validate()
    sent = _sent_devices(protocol, form.devices.data or "")
    answers: dict[str, Any] = {}
    devices: list[Device] = []
    parts: list[TrialPart] = []
    for _ in range(_ROUNDS):
        parts = _parts(protocol, answers, devices)
        found = _answers(protocol, parts, sent)
        if found == answers:
            break
        answers, devices = found, _of_answers(protocol, found, sent.devices)
    form.devices.data = " ".join(f"{each.number}:{each.kind}" for each in devices)
    _untick(parts, sent.removed)
    errors = form.problems() + [error for part in parts for error in part.form.problems()]
    return Trial(form, parts, answers, errors)


@dataclass(frozen=True)
class _Sent:
    """The devices as the page held them, one more or one less where a button asked for it."""

    devices: tuple[Device, ...]
    removed: str = ""
    """The kind whose last device was removed."""


def _sent_devices(protocol: Protocol, words: str) -> _Sent:
    found = _read_devices(protocol, words)
    step, _, which = request.form.get("step", "").partition(":")
    chosen = next((each for each in found if str(each.number) == which), None)
    removed = ""
    if chosen and step == "remove":
        found.remove(chosen)
        removed = "" if chosen.kind in {each.kind for each in found} else chosen.kind
    if chosen and step == "another" and len(found) < MOST_DEVICES:
        found.insert(found.index(chosen) + 1, Device(_next(found), chosen.kind))
    return _Sent(tuple(found), removed)


def _read_devices(protocol: Protocol, words: str) -> list[Device]:
    """What our page wrote into its own field; anything else is no page of ours."""
    kinds = protocol.device_kind.codes if protocol.device_kind else frozenset()
    pairs = [word.partition(":") for word in words.split()]
    numbers = {number for number, _, _ in pairs}
    known = all(_NUMBER.fullmatch(number) and kind in kinds for number, _, kind in pairs)
    if not known or len(numbers) < len(pairs) or len(pairs) > MOST_DEVICES:
        abort(400)
    return [Device(int(number), kind) for number, _, kind in pairs]


def _next(devices: Sequence[Device]) -> int:
    return max((each.number for each in devices), default=-1) + 1


def _untick(parts: list[TrialPart], kind: str) -> None:
    for part in parts:
        for each in part.form.answer_fields if part.page.key == KINDS_PAGE and kind else ():
            each.typed = [code for code in each.typed if code != kind]


def _parts(protocol: Protocol, answers: Mapping[str, Any], devices: Sequence[Device]) -> list[TrialPart]:
    parts = []
    journey = Journey(protocol, answers)
    for page in journey.pages:
        device = None if page.device is None else devices[page.device]
        prefix = f"device-{device.number}-" if device else ""
        form = questions_form(page, prefix=prefix, meta={"csrf": False})
        form.today = today()
        for each in form.answer_fields:
            # Questions are counted page by page, and here all pages are one.
            each.id = f"page{page.position}-{each.id}"
        parts.append(TrialPart(_heading(journey, page), page, form, device))
    return parts


def _heading(journey: Journey, page: Page) -> str:
    if page.device is not None:
        return device_heading(journey, page.device)
    if page.key == KINDS_PAGE:
        return "Devices"
    code = page.key.partition(":")[2]
    topics = journey.protocol.topics
    return topics[code].title if code in topics else "First page"


def _answers(protocol: Protocol, parts: list[TrialPart], sent: _Sent) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    told: dict[int, dict[str, Any]] = {}
    kinds: list[str] = []
    for part in parts:
        given = _given(part.form)
        if part.page.key == KINDS_PAGE:
            kinds = given.get(kind_question(protocol).id) or []
        elif part.device is not None:
            told[part.device.number] = {
                protocol.questions[name].device_key: answer for name, answer in given.items()
            }
        else:
            answers |= given
    question = protocol.devices_question
    kinds = [kind for kind in kinds if kind != sent.removed]
    if question and kinds:
        answers[question.id] = _listed(sent.devices, kinds, told)
    kept, _ = pruned(protocol, answers)
    return kept


def _listed(devices: Sequence[Device], kinds: list[str], told: Mapping[int, Mapping[str, Any]]) -> Any:
    if kinds == [IN_PERSON]:
        return IN_PERSON
    kept = [{"kind": each.kind, **told.get(each.number, {})} for each in devices if each.kind in kinds]
    known = {each["kind"] for each in kept}
    return kept + [{"kind": kind} for kind in kinds if kind not in known]


def _of_answers(protocol: Protocol, answers: Mapping[str, Any], devices: Sequence[Device]) -> list[Device]:
    """The devices in the order of the answers; new ones get a number that nobody had."""
    question = protocol.devices_question
    listed = answers.get(question.id) if question else None
    if not isinstance(listed, list):
        return []
    left, found, number = list(devices), [], _next(devices)
    for each in listed:
        same = next((device for device in left if device.kind == each["kind"]), None)
        if same:
            left.remove(same)
        else:
            same, number = Device(number, each["kind"]), number + 1
        found.append(same)
    return found


def _given(form: QuestionsForm) -> dict[str, Any]:
    form.validate()
    for each in form.answer_fields:
        if _is_blank(each):
            each.errors = []
    return form.answers() if request.method == "POST" else {}


def _is_blank(each: Any) -> bool:
    return bool(each.is_blank) if hasattr(each, "is_blank") else not any(each.sent)
