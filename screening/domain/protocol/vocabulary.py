"""The words that every protocol shares: severities, effects, kinds of question, tags, article sections."""

from __future__ import annotations

from enum import IntEnum

NOT_SURE, IN_PERSON = "not-sure", "in-person"
UNKNOWN_ANSWERS = frozenset({NOT_SURE, IN_PERSON})

# Options that say "nothing to report": they raise no flag on purpose, and
# in a tick list the first two exclude the rest.
EXCLUSIVE_OPTIONS = frozenset({"no", "none"})
QUIET_OPTIONS = EXCLUSIVE_OPTIONS | {"cannot-apply"}

# What every patient's last page says: always, after a `stop`, and where something cannot wait.
PATIENT_TEXTS = ("thanks", "stop", "urgent")

TAGS = frozenset({"F", "F2", "M", "J"})
JUDGEMENT_TAGS = frozenset({"M", "J"})
CHOICE_KINDS = frozenset({"one", "many", "place"})
KINDS = CHOICE_KINDS | {"date", "number", "text", "devices"}

# The article's anchors. They are stored with flags and stand in links, so a slug is never renamed or removed.
ARTICLE_SLUGS = frozenset(
    {
        "what-is-acupuncture",
        "how-acupuncture-may-support-spine-health",
        "pain-relief",
        "muscle-relaxation",
        "improved-circulation",
        "improved-mobility",
        "stress-and-nervous-system-support",
        "conditions-commonly-treated",
        "what-to-expect",
        "safety-and-considerations",
        "safety-pregnancy",
        "safety-bleeding",
        "safety-implants",
        "safety-other",
        "safety-get-help",
        "a-balanced-approach",
        "ready-to-explore",
        "references",
    }
)


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
