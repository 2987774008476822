"""One version of the questions, rules and sources, as plain frozen values.

Nothing here reads a file or knows the web: `loading` makes these values, `checking` proves that they fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from screening.domain.protocol.condition_forms import Condition
from screening.domain.protocol.vocabulary import (
    DEVICE_KIND,
    DEVICE_STATE,
    JUDGEMENT_TAGS,
    QUIET_OPTIONS,
    TO_PROVIDER,
    Effect,
    Severity,
)


@dataclass(frozen=True)
class Option:
    code: str
    label: str
    term: str = ""
    group: str = ""
    task: str = ""


@dataclass(frozen=True)
class Question:
    id: str
    topic: str
    kind: str
    short: str
    """Its name in sentences about rules, such as "the platelet count"."""
    wording: str
    why: str
    section: str
    freshness: int | None
    """Days for which an answer holds; None means this visit only."""
    asked: str
    """core, condition, device or listed."""
    asked_when: Condition | None = None
    help: str = ""
    options: tuple[Option, ...] = ()
    optional: bool = False
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    listed_as: str = ""
    nothing_to_report: str = ""
    """The answer that reports nothing, where it is another than no, none or cannot apply."""
    plural: bool = False
    """Whether its short name is: "the signs are", not "is"."""
    role: str = ""
    """What the program finds it by, whatever its id is (QUESTION_ROLES)."""
    ordinary: str = ""
    """Of a device's state: the answer that is not worth naming beside another."""
    line: int = field(default=0, compare=False, repr=False)

    @property
    def is_core(self) -> bool:
        return self.asked == "core"

    @property
    def is_device(self) -> bool:
        return self.asked == "device"

    @property
    def is_listed(self) -> bool:
        return self.asked == "listed"

    @property
    def device_key(self) -> str:
        """The name under which a device carries this answer: the end of the id, or what the device is by `kind`."""
        return "kind" if self.role == DEVICE_KIND else self.id.rsplit(".", 1)[-1]

    @cached_property
    def codes(self) -> frozenset[str]:
        return frozenset(option.code for option in self.options)

    @cached_property
    def quiet_codes(self) -> frozenset[str]:
        """The answers with which a patient reports nothing here."""
        return frozenset({self.nothing_to_report}) if self.nothing_to_report else self.codes & QUIET_OPTIONS

    def option(self, code: str) -> Option:
        for option in self.options:
            if option.code == code:
                return option
        raise KeyError(f"{self.id} has no option {code}")


@dataclass(frozen=True)
class Rule:
    id: str
    topic: str
    severity: Severity
    when: Condition
    effects: Mapping[str, Effect]
    reason: str
    task: str
    sources: tuple[str, ...]
    support: tuple[str, ...]
    sections: tuple[str, ...]
    per_device: bool = False
    where: Mapping[str, str] = field(default_factory=dict)
    advice: str = ""
    contested: str = ""
    support_note: str = ""
    records_a_fact: bool = False
    urgent: bool = False
    no_task: bool = False
    """The task says that there is none, so it is on no list of what is to be done."""
    line: int = field(default=0, compare=False, repr=False)

    @property
    def judgement_only(self) -> bool:
        return JUDGEMENT_TAGS.issuperset(self.support)


@dataclass(frozen=True)
class Principle:
    """How unknown answers are read; raises no flag of its own."""

    id: str
    reads: str
    """Which of them: one of READINGS."""
    severity: Severity | None
    reason: str
    sources: tuple[str, ...]
    support: tuple[str, ...]
    sections: tuple[str, ...]
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Fallback:
    """What is said of an answer, device or modality that the protocol does not know."""

    id: str
    severity: Severity
    effects: Mapping[str, Effect]
    reason: str
    task: str
    sources: tuple[str, ...]
    support: tuple[str, ...]
    sections: tuple[str, ...]
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Source:
    key: str
    citation: str
    year: str
    link: str
    covers: str
    tag: str
    line: int = field(default=0, compare=False, repr=False)

    @property
    def address(self) -> str:
        """Where the source can be read on the web; empty where no address is known. A DOI is an address too."""
        if self.link.startswith("10."):
            return f"https://doi.org/{self.link.split(';')[0].strip()}"
        first = self.link.split(";")[0].strip()
        return f"https://{first}" if "/" in first and "." in first and " " not in first else ""


@dataclass(frozen=True)
class Topic:
    code: str
    title: str
    section: str
    line: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True)
class Modality:
    code: str
    name: str


@dataclass(frozen=True)
class SectionText:
    title: str
    text: str


@dataclass(frozen=True)
class OnArrival:
    """What answers that held for one visit only come down to, when they are asked for again on the day."""

    ask: tuple[str, ...]
    """The questions, as the desk asks them."""
    provider_reads: str
    """What will be asked, as the end of a sentence."""


@dataclass(frozen=True, eq=False)
class Protocol:
    name: str
    version: str
    status: str
    language: str
    digest: str
    text: str
    """The file as it was read, kept so that an old version stays readable."""
    modalities: Mapping[str, Modality]
    topics: Mapping[str, Topic]
    sources: Mapping[str, Source]
    questions: Mapping[str, Question]
    conditions: Mapping[str, Condition]
    rules: Mapping[str, Rule]
    principles: Mapping[str, Principle]
    fallback: Fallback
    section_texts: Mapping[str, SectionText]
    patient_texts: Mapping[str, str]
    help_section: str
    """The article's section for what cannot wait."""
    on_arrival: OnArrival

    @cached_property
    def core_questions(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions.values() if question.is_core)

    @cached_property
    def device_questions(self) -> tuple[Question, ...]:
        return tuple(question for question in self.questions.values() if question.is_device)

    @cached_property
    def devices_question(self) -> Question | None:
        """The question whose answer is the list of devices."""
        return next((question for question in self.questions.values() if question.kind == "devices"), None)

    def question(self, question_id: str) -> Question:
        return self.questions[question_id]

    @cached_property
    def device_kind(self) -> Question | None:
        """The question that names what a device is."""
        return self._by_role(DEVICE_KIND)

    @cached_property
    def device_state(self) -> Question | None:
        """The question how a device is now: in its ordinary state, or in another."""
        return self._by_role(DEVICE_STATE)

    @cached_property
    def device_place(self) -> Question | None:
        """The question where a device is."""
        return next((question for question in self.device_questions if question.kind == "place"), None)

    def kind_and_place(self, device: Mapping[str, object]) -> tuple[object, object]:
        """By which two devices are told apart, whatever their order is."""
        asked = (self.device_kind, self.device_place)
        kind, place = (device.get(one.device_key) if one else None for one in asked)
        return kind, place

    @cached_property
    def to_provider(self) -> Question | None:
        """The question in which a patient writes to the provider."""
        return self._by_role(TO_PROVIDER)

    def _by_role(self, role: str) -> Question | None:
        return next((question for question in self.questions.values() if question.role == role), None)

    def label(self, question_id: str, answer: object) -> str:
        """An answer in the words that the patient saw; a device answers with its kind."""
        question = self.questions.get(question_id)
        kind = self.device_kind
        if question is not None and question.kind == "devices" and kind is not None and answer in kind.codes:
            question = kind
        labels = {option.code: option.label for option in question.options} if question else {}
        return labels.get(str(answer), "Not answered" if answer is None else str(answer))

    def list_of(self, listed: Question) -> Question | None:
        """The tick list on which a listed question is one line."""
        lists = (question for question in self.core_questions if question.kind == "many")
        return next((question for question in lists if listed.listed_as in question.codes), None)
