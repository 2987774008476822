"""Everything that a provider reads of one appointment, put into words from what is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from screening.clock import now
from screening.domain.assessment import Flag
from screening.domain.protocol.blocks import in_core_words
from screening.domain.protocol.model import Protocol
from screening.domain.states import State
from screening.questionnaire.answer_diff import ChangedAnswer, changes, unchanged
from screening.records.actors import PROVIDER
from screening.records.gate import Gate, gate_of
from screening.records.past import Past, past_of, read_dispositions
from screening.records.visit import Visit
from screening.staff.answers_shown import AnswerShown, answers_of
from screening.staff.flags_shown import ShownFlag, shown_flag
from screening.staff.grid import Grid, grid_of
from screening.staff.history import Happened, history_of
from screening.staff.verified_shown import Key, VerifiedShown, verified_shown
from screening.storage.models import Appointment, Call, Override, SignOff, Submission


@dataclass(frozen=True)
class Review:
    visit: Visit
    gate: Gate
    shown: tuple[ShownFlag, ...]
    grid: Grid
    answers: tuple[AnswerShown, ...]
    changed: tuple[ChangedAnswer, ...] | None
    """Against the answers that were signed last; None where nothing was signed before."""
    unchanged: tuple[AnswerShown, ...]
    """What reads as it did when it was signed last."""
    corrected: tuple[ChangedAnswer, ...] | None
    """Against the version that these answers correct, where that is not the one above."""
    voided: tuple[SignOff, ...]
    """Sign-offs for this appointment that no longer count, newest first."""
    history: tuple[Happened, ...]
    verified: Mapping[Key, Sequence[VerifiedShown]]

    @property
    def appointment(self) -> Appointment:
        return self.visit.appointment

    @property
    def submission(self) -> Submission | None:
        return self.visit.submission

    @property
    def protocol(self) -> Protocol:
        """The version that the answers were given on."""
        return self.visit.protocol

    @property
    def flags(self) -> tuple[tuple[UUID, Flag], ...]:
        return self.visit.flags

    @property
    def signed(self) -> SignOff | None:
        return self.visit.signed

    @property
    def call(self) -> Call | None:
        return self.visit.call

    @property
    def override(self) -> Override | None:
        return self.visit.override

    @property
    def state(self) -> State:
        return self.gate.state

    @property
    def needs_arrival_check(self) -> bool:
        return self.visit.must_be_asked_again

    @property
    def is_changed_by_protocol(self) -> bool:
        return self.visit.is_changed_by_protocol

    @property
    def is_being_corrected(self) -> bool:
        return self.visit.is_being_corrected

    @property
    def expired(self) -> tuple[str, ...]:
        """The questions, in words, whose answers no longer hold when the appointment starts."""
        return tuple(self.protocol.questions[name].wording for name in self.visit.expired)

    @property
    def is_in_session(self) -> bool:
        return self.appointment.started_at is not None and not self.state.is_closed

    @property
    def came_during_session(self) -> bool:
        started = self.appointment.started_at
        return started is not None and self.submission is not None and self.submission.received_at > started

    def place_of(self, key: Key) -> int | None:
        """Where an answer stands in the list of all answers."""
        places = (place for place, each in enumerate(self.answers) if (each.question_id, each.device) == key)
        return next(places, None)

    @property
    def unresolved(self) -> list[AnswerShown]:
        return [answer for answer in self.answers if answer.is_unresolved]

    @property
    def kept(self) -> list[tuple[str, tuple[str, ...]]]:
        """Days, and the core questions whose answers the patient kept from that day."""
        days = dict.fromkeys(answer.since for answer in self.answers if answer.since)
        names = {day: [each.question_id for each in self.answers if each.since == day] for day in days}
        return [(day, in_core_words(self.protocol, names[day])) for day in days]

    @property
    def question_to_provider(self) -> str:
        asked = self.protocol.to_provider
        found = (answer for answer in self.answers if asked and answer.question_id == asked.id)
        return next((answer.words for answer in found if answer.words != "Nothing written"), "")

    @property
    def can_be_signed(self) -> bool:
        return self.submission is not None and not self.state.is_closed and self.state != State.OUT_OF_DATE


def review_of(visit: Visit) -> Review:
    past = past_of(visit)
    read_dispositions(past.sign_offs)
    submission, protocol = visit.submission, visit.protocol
    flags = [flag for _, flag in visit.flags]
    answers = submission.answers if submission else {}
    now_shown = tuple(answers_of(submission)) if submission else ()
    before = _signed_before(visit, past)
    return Review(
        visit=visit,
        gate=gate_of(visit, now()),
        shown=tuple(shown_flag(protocol, flag, answers) for flag in flags),
        grid=grid_of(protocol.modalities, flags, visit.appointment.planned),
        answers=now_shown,
        changed=None if before is None else tuple(changes(before, now_shown)),
        unchanged=() if before is None else tuple(unchanged(before, now_shown)),
        corrected=_corrected(visit, past, now_shown),
        voided=tuple(signed for signed in past.sign_offs if signed.void),
        history=tuple(history_of(visit, past, {PROVIDER})),
        verified=verified_shown(submission, past.verified) if submission else {},
    )


def _signed_before(visit: Visit, past: Past) -> list[AnswerShown] | None:
    """The answers that were signed last, if they are other ones than these."""
    signed, submission = past.last_signed, visit.submission
    if submission is None or signed is None or signed.submission_id == submission.id:
        return None
    return answers_of(signed.submission)


def _corrected(
    visit: Visit, past: Past, now_shown: Sequence[AnswerShown]
) -> tuple[ChangedAnswer, ...] | None:
    before, signed = visit.submission.corrects if visit.submission else None, past.last_signed
    if before is None or (signed and signed.submission_id == before.id):
        return None
    return tuple(changes(answers_of(before), now_shown))
