"""What an appointment's screening is now, derived from its rows and the clock that is passed in. Pure; never stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from screening.domain.decisions import Outcome


class State(Enum):
    """Code, words, tone (a colour that the style sheet knows) and who acts next. Green only where a provider signed."""

    NOT_SENT = ("not-sent", "Not sent", "grey", "desk")
    WAITING = ("waiting", "Waiting for the patient", "blue", "patient")
    CALL = ("call", "Waiting for our call", "violet", "desk")
    OUT_OF_DATE = ("out-of-date", "Out of date", "orange", "desk")
    NEEDS_REVIEW = ("needs-review", "Needs review", "yellow", "provider")
    DO_NOT_TREAT = ("do-not-treat", "Do not treat", "red", "desk")
    POSTPONED = ("postponed", "Postponed", "orange", "desk")
    READY_WITH_CHANGES = ("ready-with-changes", "Ready with changes", "green", "provider")
    READY = ("ready", "Ready", "green", "provider")
    DONE = ("done", "Done", "grey", "")
    CANCELLED = ("cancelled", "Cancelled", "grey", "")

    def __init__(self, code: str, label: str, tone: str, who_acts: str) -> None:
        self.code, self.label, self.tone, self.who_acts = code, label, tone, who_acts

    @property
    def is_closed(self) -> bool:
        return self in (State.DONE, State.CANCELLED)

    @property
    def is_ready(self) -> bool:
        return self in (State.READY, State.READY_WITH_CHANGES)

    @classmethod
    def from_code(cls, code: str) -> State:
        for state in cls:
            if state.code == code:
                return state
        raise ValueError(f"no state has the code {code}")


@dataclass(frozen=True)
class Received:
    """The latest answers of an appointment."""

    at: datetime
    fresh_until: datetime | None
    changed_by_protocol: bool = False
    """A newer protocol gives these answers another severity or effect."""


@dataclass(frozen=True)
class Signed:
    """The valid sign-off on the latest answers."""

    outcome: Outcome
    postponed_until: date | None = None


@dataclass(frozen=True)
class Facts:
    starts_at: datetime
    is_cancelled: bool = False
    is_held: bool = False
    was_sent: bool = False
    """A link was issued or a draft begun."""
    call_asked_at: datetime | None = None
    received: Received | None = None
    signed: Signed | None = None


_SIGNED_STATE = {
    Outcome.READY: State.READY,
    Outcome.READY_WITH_CHANGES: State.READY_WITH_CHANGES,
    Outcome.POSTPONED: State.POSTPONED,
    Outcome.DO_NOT_TREAT: State.DO_NOT_TREAT,
}


def state_of(facts: Facts, now: datetime, zone: ZoneInfo) -> State:
    """The first state of the design's table that holds."""
    if facts.is_cancelled or facts.is_held:
        return State.CANCELLED if facts.is_cancelled else State.DONE
    if facts.received is None:
        return State.WAITING if facts.was_sent else State.NOT_SENT
    if _is_owed_a_call(facts.call_asked_at, facts.received):
        return State.CALL
    if is_out_of_date(facts.received, facts.starts_at):
        return State.OUT_OF_DATE
    if facts.signed is None or _postponement_is_over(facts.signed, now, zone):
        return State.NEEDS_REVIEW
    return _SIGNED_STATE[facts.signed.outcome]


def is_out_of_date(received: Received, starts_at: datetime) -> bool:
    too_old = is_too_old(received.fresh_until, starts_at)
    return too_old or received.changed_by_protocol


def is_too_old(fresh_until: datetime | None, starts_at: datetime) -> bool:
    """Whether an answer no longer holds when the appointment starts, wherever that was moved to (L8)."""
    return fresh_until is not None and fresh_until <= starts_at


def must_be_asked_again(received_at: datetime, starts_at: datetime, zone: ZoneInfo) -> bool:
    """What holds for one visit only was answered before the day itself, so it is asked again on arrival (L8)."""
    return received_at.astimezone(zone).date() < starts_at.astimezone(zone).date()


def _is_owed_a_call(call_asked_at: datetime | None, received: Received) -> bool:
    """New answers after the call was asked for may have settled it, so they are looked at first."""
    return call_asked_at is not None and received.at <= call_asked_at


def _postponement_is_over(signed: Signed, now: datetime, zone: ZoneInfo) -> bool:
    if signed.outcome != Outcome.POSTPONED:
        return False
    return signed.postponed_until is None or now.astimezone(zone).date() >= signed.postponed_until
