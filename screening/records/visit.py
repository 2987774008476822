"""What is known of one appointment, and all that follows from it: nothing here asks the database again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from screening.clock import local, zone
from screening.domain.assessment import Assessment, Flag, assess, flag_summaries
from screening.domain.decisions import Outcome
from screening.domain.protocol.freshness import expired, given_at
from screening.domain.protocol.model import Protocol
from screening.domain.states import (
    Facts,
    Received,
    Signed,
    State,
    is_out_of_date,
    is_too_old,
    must_be_asked_again,
    state_of,
)
from screening.records.protocol_versions import protocol_version
from screening.records.signature_digest import digest_for, holds
from screening.storage.models import Appointment, Call, Draft, Override, SignOff, Submission


@dataclass(frozen=True)
class AskedOnArrival:
    """The patient was asked again what holds for one visit only, and nothing had changed."""

    submission_id: UUID
    at: datetime
    by: str


@dataclass(frozen=True, eq=False)
class Visit:
    """As it was read in one go. Who writes reads it anew (`LockedVisit`)."""

    appointment: Appointment
    submission: Submission | None
    """The latest answers."""
    flags: tuple[tuple[UUID, Flag], ...]
    """As they were raised, worst first."""
    unvoided: SignOff | None
    """On these answers, and not voided; whether it still holds, `signed` says."""
    call: Call | None
    """The one that is open."""
    draft: Draft | None
    override: Override | None
    """Why the session was started without a valid screening."""
    asked_on_arrival: tuple[AskedOnArrival, ...]
    """About any of the answers, oldest first."""
    was_sent: bool
    """Somebody was asked: by a link, by a code that was typed on the tablet, or in a draft that was begun."""
    has_link: bool
    is_link_closed: bool
    """The link that counts was closed after wrong dates of birth: the desk calls the patient."""
    protocol_now: Protocol

    @property
    def id(self) -> UUID:
        return self.appointment.id

    @cached_property
    def protocol(self) -> Protocol:
        """The version that the answers were given on. It never changes, so it is known without being read."""
        return protocol_version(self.submission.protocol_digest) if self.submission else self.protocol_now

    @cached_property
    def signed(self) -> SignOff | None:
        """The sign-off that holds: for this very appointment, these answers, this protocol and this plan (L1, L7)."""
        signed, answers, planned = self.unvoided, self.submission, self.appointment.planned
        if signed is None or answers is None:
            return None
        stands_on = (self.id, answers.answers_digest, answers.protocol_digest, planned)
        return signed if holds(signed.digest, signed.planned, *stands_on) else None

    @property
    def signing_digest(self) -> str:
        """What a provider would sign now; travels with the page, so that a page of before cannot be signed."""
        if self.submission is None:
            return ""
        answers, planned = self.submission, self.appointment.planned
        return digest_for(self.id, answers.answers_digest, answers.protocol_digest, planned)

    def assessed_by(self, protocol: Protocol) -> Assessment | None:
        """The latest answers by another version, on the day of the appointment."""
        if self.submission is None:
            return None
        return assess(protocol, self.submission.answers, (), local(self.appointment.starts_at).date())

    @cached_property
    def is_changed_by_protocol(self) -> bool:
        """Whether today's protocol, or the day that it moved to, gives another severity or effect (L1)."""
        answers, day = self.submission, local(self.appointment.starts_at).date()
        known = (self.protocol_now.digest, day)
        if answers is None or (answers.protocol_digest, answers.assessed_for) == known:
            return False
        assessed = self.assessed_by(self.protocol_now)
        stored = flag_summaries([flag for _, flag in self.flags])
        return assessed is not None and flag_summaries(assessed.flags) != stored

    @property
    def received(self) -> Received | None:
        answers = self.submission
        if answers is None:
            return None
        return Received(answers.received_at, answers.fresh_until, self.is_changed_by_protocol)

    @property
    def is_too_old(self) -> bool:
        """Some of the answers no longer hold when the appointment starts (L8)."""
        answers = self.submission
        return answers is not None and is_too_old(answers.fresh_until, self.appointment.starts_at)

    @property
    def is_out_of_date(self) -> bool:
        """Such answers cannot be signed, and no signature on them counts."""
        received = self.received
        return received is not None and is_out_of_date(received, self.appointment.starts_at)

    @cached_property
    def facts(self) -> Facts:
        signed = self.signed
        return Facts(
            starts_at=self.appointment.starts_at,
            is_cancelled=self.appointment.cancelled_at is not None,
            is_held=self.appointment.held_at is not None,
            was_sent=self.was_sent,
            call_asked_at=self.call.asked_at if self.call else None,
            received=self.received,
            signed=Signed(Outcome(signed.outcome), signed.postponed_until) if signed else None,
        )

    def state(self, at: datetime) -> State:
        return state_of(self.facts, at, zone())

    @cached_property
    def expired(self) -> tuple[str, ...]:
        """The questions whose answer ends before the appointment starts, wherever it was moved to (L8)."""
        answers, starts_at = self.submission, self.appointment.starts_at
        if answers is None or not self.is_too_old:
            return ()
        given = given_at(answers.received_at, answers.kept)
        return expired(self.protocol, answers.answers, given, zone(), starts_at)

    @property
    def asked_on_the_day(self) -> AskedOnArrival | None:
        """When and by whom the patient was asked again about these answers, on the day of the appointment."""
        day, answers = local(self.appointment.starts_at).date(), self.submission
        about_these = (each for each in self.asked_on_arrival if answers and each.submission_id == answers.id)
        return next((each for each in about_these if local(each.at).date() == day), None)

    @property
    def must_be_asked_again(self) -> bool:
        """Whether what holds for one visit only must be asked again on the day itself (L8)."""
        answers, starts_at = self.submission, self.appointment.starts_at
        if answers is None or not must_be_asked_again(answers.received_at, starts_at, zone()):
            return False
        return self.asked_on_the_day is None

    @property
    def is_being_corrected(self) -> bool:
        """A change of the answers that count was begun and is not sent."""
        corrects = self.draft.answers.get("corrects") if self.draft else None
        return corrects is not None and self.submission is not None and corrects == str(self.submission.id)

    @property
    def is_begun(self) -> bool:
        """Answers were begun that would count once they are sent."""
        return self.draft is not None and (self.is_being_corrected or not self.draft.answers.get("corrects"))
