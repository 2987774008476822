"""The words that every protocol shares: severities, effects, kinds of question, tags, article sections."""

from __future__ import annotations

from enum import IntEnum

NOT_SURE, IN_PERSON = "not-sure", "in-person"
UNKNOWN_ANSWERS = frozenset({NOT_SURE, IN_PERSON})
NOT_KNOWN_ANSWERS: tuple[str | None, ...] = (NOT_SURE, IN_PERSON, None)
"""These, and a question that was left blank."""

MOST_DEVICES = 20
"""On one list; nobody wears more, and a page for each is asked."""

# Options that say "nothing to report": they raise no flag on purpose, and
# in a tick list the first two exclude the rest.
EXCLUSIVE_OPTIONS = frozenset({"no", "none"})
QUIET_OPTIONS = EXCLUSIVE_OPTIONS | {"cannot-apply"}

# What every patient's last page says: always, after a `stop`, and where something cannot wait.
PATIENT_TEXTS = ("thanks", "stop", "urgent")

# What the program looks for among the questions, whatever their ids: a question says that it is the one by `role`.
DEVICE_KIND, DEVICE_STATE, TO_PROVIDER = "device-kind", "device-state", "to-provider"
QUESTION_ROLES = (DEVICE_KIND, DEVICE_STATE, TO_PROVIDER)

# What principles read: not sure on a main question; one told in person or left blank; a follow-up that is not known;
# a device that is not in its ordinary state.
NOT_TOLD, MISSING_DETAIL = "not-told", "missing-detail"
READINGS = (NOT_SURE, NOT_TOLD, MISSING_DETAIL, DEVICE_STATE)

# How well a source is known: in words for staff, and for everybody who reads the article.
TAG_WORDS = {
    "F": ("read in the source itself", "read by us"),
    "F2": ("read in another publication that quotes it", "read about in another publication"),
    "M": ("known, not yet read again", "known to us, its text not yet read again"),
    "J": ("judgement of the clinic", "our own judgement"),
}
TAGS = frozenset(TAG_WORDS)
JUDGEMENT_TAGS = frozenset({"M", "J"})
CHOICE_KINDS = frozenset({"one", "many", "place"})
QUESTION_KINDS = CHOICE_KINDS | {"date", "number", "text", "devices"}


class ProtocolError(ValueError):
    """The protocol file cannot be used; says the line, what is wrong and what to do."""

    def __init__(self, line: int, wrong: str, remedy: str) -> None:
        self.line, self.wrong, self.remedy = line, wrong, remedy
        super().__init__(f"line {line}: {wrong}. {remedy}.")


class _Worded(IntEnum):
    @property
    def word(self) -> str:
        return self.name.lower()


class Severity(_Worded):
    NONE = 0
    NOTE = 1
    CAUTION = 2
    STOP = 3

    @classmethod
    def from_word(cls, word: str) -> Severity:
        return cls[word.upper()]


class Effect(_Worded):
    OK = 0
    MODIFY = 1
    AVOID = 2

    @classmethod
    def from_word(cls, word: str) -> Effect:
        return cls[word.upper()]
