"""Everything that the page of one appointment shows, put together from the records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import abort

from screening.clock import now, zone
from screening.extensions import db
from screening.flags import Flag
from screening.models import Appointment, SignOff, Submission
from screening.protocol import Protocol
from screening.questionnaire.changes import Change, changes
from screening.questionnaire.unfinished import unfinished
from screening.records import (
    changed_by_protocol,
    facts_of,
    flags_of,
    last_signed,
    latest_submission,
    needs_arrival_check,
    open_call,
    sign_offs_of,
    valid_sign_off,
)
from screening.staff.answers_shown import AnswerShown, answers_shown, protocol_of
from screening.staff.answers_shown import shown as answers_of
from screening.staff.flags_shown import ShownFlag, shown_flag
from screening.staff.grid import Grid, grid_of
from screening.staff.history import Happened, history_of
from screening.states import State, state_of
from screening.versions import current_protocol


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
    changed: tuple[Change, ...] | None
    """Against the answers that were signed last; None where nothing was signed before."""
    corrected: tuple[Change, ...] | None
    """Against the version that these answers correct, where that is not the one above."""
    signed: SignOff | None
    voided: tuple[SignOff, ...]
    """Sign-offs for this appointment that no longer count, newest first."""
    history: tuple[Happened, ...]
    needs_arrival_check: bool
    is_changed_by_protocol: bool
    is_being_corrected: bool
    """A change of these answers was begun and is not sent."""
    call: Any

    @property
    def unresolved(self) -> list[AnswerShown]:
        return [answer for answer in self.answers if answer.is_unresolved]

    @property
    def question_to_provider(self) -> str:
        found = (answer for answer in self.answers if answer.question_id == "ask.provider")
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
    flags = tuple((row.id, flag) for row, flag in flags_of(submission)) if submission else ()
    return Review(
        appointment=appointment,
        state=state_of(facts_of(appointment), now(), zone()),
        submission=submission,
        protocol=protocol,
        flags=flags,
        shown=tuple(shown_flag(protocol, flag, answers) for _, flag in flags),
        grid=grid_of(protocol.modalities, [flag for _, flag in flags], appointment.planned),
        answers=tuple(answers_shown(protocol, answers)) if submission else (),
        changed=_changed(appointment, submission),
        corrected=_corrected(appointment, submission),
        signed=valid_sign_off(submission) if submission else None,
        voided=tuple(signed for signed in sign_offs_of(appointment.id) if signed.void),
        history=tuple(history_of(appointment)),
        needs_arrival_check=bool(submission and needs_arrival_check(submission)),
        is_changed_by_protocol=bool(submission and changed_by_protocol(submission)),
        is_being_corrected=unfinished(appointment, now()).corrects is not None,
        call=open_call(appointment.id),
    )


def _changed(appointment: Appointment, submission: Submission | None) -> tuple[Change, ...] | None:
    signed = last_signed(appointment.patient_id)
    if submission is None or signed is None or signed.submission_id == submission.id:
        return None
    return tuple(changes(answers_of(signed.submission), answers_of(submission)))


def _corrected(appointment: Appointment, submission: Submission | None) -> tuple[Change, ...] | None:
    before = submission.corrects if submission else None
    signed = last_signed(appointment.patient_id)
    if submission is None or before is None or (signed and signed.submission_id == before.id):
        return None
    return tuple(changes(answers_of(before), answers_of(submission)))
