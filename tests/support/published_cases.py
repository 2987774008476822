"""Reads published cases and turns what each says about the form into the answers that the form would send.

The format is described at the head of `fixtures/published-cases.yaml`. Words that mean nothing to the protocol
are an error, never skipped: a case that is not understood proves nothing.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from screening.domain.protocol.conditions import follow_ups, is_asked
from screening.domain.protocol.model import Protocol, Question
from screening.domain.protocol.vocabulary import IN_PERSON, NOT_SURE

ON = date(2026, 11, 23)
FIXTURE = Path(__file__).with_name("fixtures") / "published-cases.yaml"
UNANSWERED = "unanswered"

# The ordinary answer to a follow-up that has no "No" or "None", or whose "No" would not be ordinary.
ORDINARY = {
    "imp.date": "over 1 year",
    "imp.state": "in and working",
    "imp.card": "yes",
    "imp.loc": "spine",
    "bleed.inr": "yes",
    "bleed.inr.date": "within 4 weeks",
    "bleed.platelets.date": "within 30 days",
    "bleed.why": "other",
    "preg.carer": "yes",
}
DAYS_AGO = {
    "today": 0,
    "within 4 weeks": 14,
    "within 30 days": 14,
    "over 4 weeks ago": 60,
    "over 30 days ago": 60,
}
UNSURE_WORDS = {"not sure", "i don't know", "don't know", "not known", "unknown"}
IN_PERSON_WORDS = {"in person", "in-person", "i'd rather tell my provider in person"}

# These stand under their own ids in a case, but on the page each is one line of the tick list.
LINES = {"bleed.recent": "bleed-recent", "bleed.organs": "bleed-organs", "bleed.easy": "b14"}


@dataclass(frozen=True)
class Case:
    id: str
    form: Mapping[str, Any]
    expected: Mapping[str, Any]


def published_cases() -> list[Case]:
    path = Path(os.environ.get("PUBLISHED_CASES") or FIXTURE)
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Case(str(case["id"]), case["form"] or {}, case["expected"]) for case in content["cases"]]


def answers_for(protocol: Protocol, form: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a case; what it does not mention is answered No, None or in the ordinary way."""
    return _Reading(protocol).answers(form)


def simple(words: object) -> str:
    """Option words without case, brackets and spare spaces, so that labels and terms can be compared."""
    if isinstance(words, bool):
        return "yes" if words else "no"
    plain = re.sub(r"\([^)]*\)", " ", str(words)).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return re.sub(r"\s+", " ", plain.replace("\N{EN DASH}", "-")).strip(" .,").casefold()


def option_code(question: Question, words: object) -> str:
    """The option that these words mean, by its code, its label or the evidence's term for it."""
    wanted = simple(words)
    for option in question.options:
        known = {option.code, option.code.replace("-", " "), simple(option.label), simple(option.term)}
        if wanted and wanted in known:
            return option.code
    if wanted in UNSURE_WORDS:
        return NOT_SURE
    if wanted in IN_PERSON_WORDS:
        return IN_PERSON
    if wanted in ("no", "none") and (nothing := _nothing(question)):
        return nothing
    if question.kind == "place":
        return _place(question, wanted)
    if (part := _only_one_with(question, wanted)) is not None:
        return part
    raise ValueError(f"{question.id} has no option that reads {words!r}")


def _nothing(question: Question) -> str | None:
    """The option that says No or None, whichever of the two words a case uses for it."""
    return next((code for code in ("none", "no") if code in question.codes), None)


def _only_one_with(question: Question, wanted: str) -> str | None:
    """Part of an option's words, such as one medicine of several in a line, where no other option has them."""
    pattern = re.compile(rf"\b{re.escape(wanted)}\b")
    with_brackets = {
        option.code: f"{option.label} {option.term}".casefold()
        for option in question.options
        if option.code not in (NOT_SURE, IN_PERSON)
    }
    found = [code for code, known in with_brackets.items() if wanted and pattern.search(known)]
    return found[0] if len(found) == 1 else None


def _place(question: Question, wanted: str) -> str:
    """The place with the most words in common; any place that is named is a known one."""
    words = set(re.findall(r"[a-z]+", wanted))
    known = [option.code for option in question.options if option.code not in (NOT_SURE, IN_PERSON)]
    return max(known, key=lambda code: len(words & set(code.split("-"))))


PARENTS: dict[str, tuple[str, Any]] = {
    **dict.fromkeys(("preg.weeks", "preg.concerns", "preg.carer"), ("preg.status", "yes")),
    "preg.trying": ("preg.status", "trying"),
    "bleed.condition.text": ("bleed.condition", "other"),
    "bleed.severity": ("bleed.condition", "haemophilia"),
    "bleed.platelets": ("bleed.condition", "low-platelets"),
    "bleed.platelets.date": ("bleed.condition", "low-platelets"),
    **dict.fromkeys(("bleed.inr", "bleed.inr.date", "bleed.inr.value"), ("bleed.medicine", ["warfarin"])),
    "bleed.medicine.text": ("bleed.medicine", ["other"]),
}


class _Reading:
    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.blank: set[str] = set()

    def answers(self, form: Mapping[str, Any]) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        ticks = self._ticks(form)
        for name, value in form.items():
            elsewhere = name in ("optional", "also", "imp.devices") or self._question(name).is_device
            if value in (None, []) or elsewhere:
                continue
            self._put(answers, self._question(name), value)
        self._put_devices(answers, form)
        self._tick_lines(answers, ticks)
        self._imply_parents(answers, form)
        if ticks:
            answers["also"] = ticks + ([NOT_SURE] if "also" in self.blank else [])
        return self._filled(answers)

    def _question(self, name: str) -> Question:
        if name in ("optional", "also"):
            return self.protocol.question("also")
        if name not in self.protocol.questions:
            raise ValueError(f"a case uses the question {name!r}, which the protocol does not have")
        return self.protocol.question(name)

    def _put(self, answers: dict[str, Any], question: Question, value: object) -> None:
        read = self.value(question, value)
        if read is None:
            self.blank.add(question.id)
        else:
            answers[question.device_key if question.is_device else question.id] = read

    def value(self, question: Question, value: object) -> Any:
        """None where the case leaves the answer blank on purpose."""
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if value is None or simple(value) == UNANSWERED:
            return None
        if question.kind == "many":
            return [option_code(question, item) for item in listed(value)]
        if question.kind == "text":
            return str(value)
        if question.kind == "number":
            return None if simple(value) in UNSURE_WORDS | IN_PERSON_WORDS else float(simple(value))
        return self.day(value) if question.kind == "date" else option_code(question, value)

    def day(self, words: object) -> str:
        wanted = simple(words)
        if wanted in UNSURE_WORDS:
            return NOT_SURE
        if wanted in IN_PERSON_WORDS:
            return IN_PERSON
        if wanted in DAYS_AGO:
            return (ON - timedelta(days=DAYS_AGO[wanted])).isoformat()
        return date.fromisoformat(str(words)).isoformat()

    def _ticks(self, form: Mapping[str, Any]) -> list[str]:
        """The tick list: options are known by the id in front, even where YAML reads `O8: words` as a map."""
        said = listed(form.get("optional", form.get("also")))
        items = [name for item in said for name in (item if isinstance(item, Mapping) else [item])]
        if any(simple(item) == UNANSWERED for item in items):
            self.blank.add("also")
        question = self.protocol.question("also")
        ticks = []
        for item in items:
            found = re.match(r"\s*([OB][0-9]+)\b", str(item), re.IGNORECASE)
            if simple(item) != UNANSWERED:
                ticks.append(option_code(question, found.group(1).lower() if found else item))
        return [tick for tick in ticks if tick != "none"]

    def _tick_lines(self, answers: dict[str, Any], ticks: list[str]) -> None:
        """A risk under its own id is a tick in the list; its "No" or "None" is no answer of its own."""
        for name, line in LINES.items():
            value = answers.get(name)
            said_no = value in (["none"], ["no"], "no")
            if name == "bleed.easy":
                if name in self.blank or value in (NOT_SURE, IN_PERSON):
                    answers[name] = value or NOT_SURE
                    continue
                answers.pop(name, None)
            elif said_no:
                answers.pop(name)
            raised = (value is not None and not said_no) or name in self.blank
            if raised and line not in ticks:
                ticks.append(line)

    def _imply_parents(self, answers: dict[str, Any], form: Mapping[str, Any]) -> None:
        """A detail of something says that there is that something, where the case does not say otherwise."""
        for detail, (parent, answer) in PARENTS.items():
            if parent not in form and (detail in answers or detail in self.blank):
                answers[parent] = answer

    def _put_devices(self, answers: dict[str, Any], form: Mapping[str, Any]) -> None:
        said = form.get("imp.devices")
        if said is None or isinstance(said, list | Mapping):
            several = [*listed(said), *_flat(form)]
            devices = [self._device(device) for one in several for device in _one_kind_each(one)]
        else:
            devices = []
            self._put(answers, self._question("imp.devices"), said)
        if devices:
            answers["imp.devices"] = devices
        elif answers.get("imp.any") == "yes" and "imp.devices" not in answers:
            self.blank.add("imp.devices")
        if "imp.any" not in form and (devices or said):
            answers["imp.any"] = "yes"

    def _device(self, form: Mapping[str, Any]) -> dict[str, Any]:
        said_of = {self._device_question(name).id: value for name, value in form.items()}
        if "imp.kind" not in said_of and "imp.kind.text" in said_of:
            said_of["imp.kind"] = "other"
        device: dict[str, Any] = {}
        for question in self.protocol.device_questions:
            said = said_of.get(question.id)
            if said is not None:
                self._put_in_device(device, question, said)
            elif is_asked(self.protocol, question, {}, device):
                self._put_in_device(device, question, self.ordinary(question))
        return device

    def _device_question(self, name: str) -> Question:
        """A device's question by its id, or by the short name under which a device carries it."""
        known = self.protocol.device_questions
        found = next((question for question in known if name in (question.id, question.device_key)), None)
        return found or self._question(name)

    def _put_in_device(self, device: dict[str, Any], question: Question, value: object) -> None:
        read = self.value(question, value)
        if read is not None:
            device[question.device_key] = read

    def ordinary(self, question: Question) -> object:
        if question.id in ORDINARY:
            return ORDINARY[question.id]
        return _nothing(question)

    def _filled(self, answers: dict[str, Any]) -> dict[str, Any]:
        """A follow-up may open another, so questions are filled in until nothing new is asked."""
        while missing := [question for question in self._asked(answers) if question.id not in answers]:
            for question in missing:
                self._put(answers, question, self.ordinary(question))
        return answers

    def _asked(self, answers: dict[str, Any]) -> list[Question]:
        """What the form asks, but for what the case leaves blank on purpose."""
        asked = (*self.protocol.core_questions, *follow_ups(self.protocol, answers))
        return [question for question in asked if question.id not in self.blank]


def listed(value: Any) -> list[Any]:
    """A single value is a list of one, and what is left out a list of none."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _flat(form: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    others = ("imp.any", "imp.devices")
    flat = {name: value for name, value in form.items() if name.startswith("imp.") and name not in others}
    return [flat] if flat else []


def _one_kind_each(device: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Several kinds ticked under one set of details are several devices."""
    key = "imp.kind" if "imp.kind" in device else "kind"
    kinds = device.get(key)
    return [{**device, key: kind} for kind in kinds] if isinstance(kinds, list) and kinds else [dict(device)]
