"""Everything that a provider reads of one appointment, put together from the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import abort
from sqlalchemy import select

from screening.clock import now
from screening.domain.assessment import Flag
from screening.domain.protocol.blocks import in_core_words
from screening.domain.protocol.model import Protocol
from screening.domain.states import State
from screening.extensions import db
from screening.questionnaire.answer_diff import ChangedAnswer, changes, unchanged
from screening.questionnaire.draft_store import unfinished
from screening.records.actors import PROVIDER
from screening.records.answers import changed_by_protocol, flags_of, latest_submission
from screening.records.calls import open_call
from screening.records.freshness import expired_answers
from screening.records.protocol_versions import current_protocol
from screening.records.review import last_signed, sign_offs_of, valid_sign_off
from screening.records.sessions import Gate, gate_of, needs_arrival_check
from screening.staff.answers_shown import AnswerShown, answers_of, protocol_of
from screening.staff.flags_shown import ShownFlag, shown_flag
from screening.staff.grid import Grid, grid_of
from screening.staff.history import Happened, history_of
from screening.staff.verified_shown import Key, VerifiedShown, verified_shown
from screening.storage.models import Appointment, Override, SignOff, Submission


@dataclass(frozen=True)
class Review:
    appointment: Appointment
    state: State
    submission: Submission | None
    protocol: Protocol
    """The version that the answers were given on."""
    flags: tuple[tuple[UUID, Flag], ...]
    shown: tuple[ShownFlag, ...]
    grid: Grid
    answers: tuple[AnswerShown, ...]
    changed: tuple[ChangedAnswer, ...] | None
    """Against the answers that were signed last; None where nothing was signed before."""
    unchanged: tuple[AnswerShown, ...]
    """What reads as it did when it was signed last."""
    corrected: tuple[ChangedAnswer, ...] | None
    """Against the version that these answers correct, where that is not the one above."""
    signed: SignOff | None
    voided: tuple[SignOff, ...]
    """Sign-offs for this appointment that no longer count, newest first."""
    history: tuple[Happened, ...]
    needs_arrival_check: bool
    is_changed_by_protocol: bool
    expired: tuple[str, ...]
    """The questions, in words, whose answers no longer hold when the appointment starts."""
    is_being_corrected: bool
    """A change of these answers was begun and is not sent."""
    call: Any
    gate: Gate
    override: Override | None
    """Why the session was started without a valid screening."""
    verified: Mapping[Key, Sequence[VerifiedShown]]

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


def appointment_or_404(appointment_id: UUID) -> Appointment:
    return db.session.get(Appointment, appointment_id) or abort(404)


def review_of(appointment_id: UUID) -> Review:
    appointment = appointment_or_404(appointment_id)
    submission = latest_submission(appointment.id)
    protocol = protocol_of(submission) if submission else current_protocol()
    answers: Mapping[str, Any] = submission.answers if submission else {}
    now_shown = tuple(answers_of(submission)) if submission else ()
    before = _signed_before(appointment, submission)
    flags = tuple((row.id, flag) for row, flag in flags_of(submission)) if submission else ()
    gate = gate_of(appointment, now())
    override = select(Override).where(Override.appointment_id == appointment.id)
    return Review(
        appointment=appointment,
        state=gate.state,
        submission=submission,
        protocol=protocol,
        flags=flags,
        shown=tuple(shown_flag(protocol, flag, answers) for _, flag in flags),
        grid=grid_of(protocol.modalities, [flag for _, flag in flags], appointment.planned),
        answers=now_shown,
        changed=None if before is None else tuple(changes(before, now_shown)),
        unchanged=() if before is None else tuple(unchanged(before, now_shown)),
        corrected=_corrected(appointment, submission),
        signed=valid_sign_off(submission) if submission else None,
        voided=tuple(signed for signed in sign_offs_of(appointment.id) if signed.void),
        history=tuple(history_of(appointment, {PROVIDER})),
        needs_arrival_check=bool(submission and needs_arrival_check(submission)),
        is_changed_by_protocol=bool(submission and changed_by_protocol(submission)),
        expired=_expired(submission, protocol) if submission else (),
        is_being_corrected=unfinished(appointment, now()).corrects is not None,
        call=open_call(appointment.id),
        gate=gate,
        override=db.session.scalars(override).one_or_none(),
        verified=verified_shown(submission) if submission else {},
    )


def _expired(submission: Submission, protocol: Protocol) -> tuple[str, ...]:
    return tuple(protocol.questions[name].wording for name in expired_answers(submission))


def _signed_before(appointment: Appointment, submission: Submission | None) -> list[AnswerShown] | None:
    """The answers that were signed last, if they are other ones than these."""
    signed = last_signed(appointment.patient_id)
    if submission is None or signed is None or signed.submission_id == submission.id:
        return None
    return answers_of(signed.submission)


def _corrected(appointment: Appointment, submission: Submission | None) -> tuple[ChangedAnswer, ...] | None:
    before = submission.corrects if submission else None
    signed = last_signed(appointment.patient_id)
    if submission is None or before is None or (signed and signed.submission_id == before.id):
        return None
    return tuple(changes(answers_of(before), answers_of(submission)))
