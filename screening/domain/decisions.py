"""What a provider may decide on a flag, what each decision must say, and what follows for the appointment. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum

from screening.domain.assessment import Flag
from screening.domain.protocol.vocabulary import NOT_KNOWN_ANSWERS, Severity


class Decision(IntEnum):
    """Ordered: the strictest one decides the outcome."""

    CLEARED = 0
    ADAPT = 1
    POSTPONE = 2
    REFER = 3

    @property
    def word(self) -> str:
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> Decision:
        return cls[word.upper()]


class Outcome(Enum):
    READY = "ready"
    READY_WITH_CHANGES = "ready-with-changes"
    POSTPONED = "postponed"
    DO_NOT_TREAT = "do-not-treat"


_OUTCOME = {
    Decision.CLEARED: Outcome.READY,
    Decision.ADAPT: Outcome.READY_WITH_CHANGES,
    Decision.POSTPONE: Outcome.POSTPONED,
    Decision.REFER: Outcome.DO_NOT_TREAT,
}


@dataclass(frozen=True)
class Decided:
    """A provider's decision on one flag, with the reason, and what the patient said when asked."""

    decision: Decision
    reason: str = ""
    patient_said: str = ""


def outcome_of(decisions: Iterable[Decision]) -> Outcome:
    """The strictest decision wins; an appointment without flags is ready once a provider signs."""
    return _OUTCOME[max(decisions, default=Decision.CLEARED)]


def rests_on_unknown(flag: Flag) -> bool:
    """Whether an answer behind the flag is not sure, in person or unanswered."""
    return any(because.answer in NOT_KNOWN_ANSWERS for because in flag.because)


def needs_reason(flag: Flag, decision: Decision) -> bool:
    return decision == Decision.CLEARED and (flag.severity == Severity.STOP or rests_on_unknown(flag))


def needs_patient_said(flag: Flag, decision: Decision) -> bool:
    return decision == Decision.CLEARED and rests_on_unknown(flag)
