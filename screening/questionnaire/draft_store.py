"""The unfinished answers of an appointment, whoever began them: one draft for the patient and for the desk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from screening.domain.protocol.answers import pruned
from screening.questionnaire.draft import DraftContent, restored
from screening.records.answers import save_draft
from screening.records.corrections import can_be_corrected, given_when, still_holds
from screening.records.drafts import answers_there
from screening.records.earlier_answers import recap_for
from screening.records.errors import Conflict
from screening.records.protocol_versions import current_protocol
from screening.storage.models import Appointment, Submission


@dataclass(frozen=True)
class Unfinished:
    draft: DraftContent
    is_begun: bool
    corrects: Submission | None
    """The version that counts until this draft is sent; None where the draft is no correction."""
    latest: Submission | None
    """What was sent last, through whichever link."""


def unfinished(appointment: Appointment, at: datetime) -> Unfinished:
    there = answers_there(appointment.id)
    protocol, recap, latest = current_protocol(), recap_for(appointment), there.latest
    draft = restored(protocol, there.draft.answers if there.draft else None, recap)
    if there.draft is None or draft.corrects is None:
        return Unfinished(draft, there.draft is not None, None, latest)
    if latest is None or latest.id != draft.corrects:
        return Unfinished(restored(protocol, None, recap), False, None, latest)
    return Unfinished(_without_expired(draft, latest, at), True, latest, latest)


def begin_correction(appointment: Appointment, at: datetime) -> None:
    """A draft filled with what was sent for this very visit; one that was begun already goes on.

    That is no pre-selection in the sense of L2, which forbids the answers of another visit: these are the patient's
    own answers to these questions, and they stay as they are unless they are changed.
    """
    if not can_be_corrected(appointment):
        raise Conflict("This appointment is closed, so its answers stay as they are.")
    open_now = unfinished(appointment, at)
    latest = open_now.latest
    if latest is None or open_now.is_begun:
        return
    draft = replace(
        draft_from(latest),
        corrects=latest.id,
        moments={name: moment.isoformat() for name, moment in given_when(latest).items()},
    )
    save_draft(appointment, draft.as_json(), at)


def draft_from(submission: Submission) -> DraftContent:
    """Answers that were sent, as the protocol of today asks them."""
    protocol = current_protocol()
    sent = DraftContent(protocol, answers=submission.answers).as_json()
    return replace(restored(protocol, sent | {"digest": submission.protocol_digest}), dropped={})


def _without_expired(draft: DraftContent, corrects: Submission, at: datetime) -> DraftContent:
    """What was taken over and no longer holds is asked again (L8)."""
    expired = {
        name
        for name in draft.moments
        if draft.answers.get(name) == corrects.answers.get(name)
        and not still_holds(draft.protocol, corrects, name, at)
    }
    if not expired:
        return draft
    answers = {name: answer for name, answer in draft.answers.items() if name not in expired}
    moments = {name: moment for name, moment in draft.moments.items() if name not in expired}
    return replace(draft, answers=pruned(draft.protocol, answers)[0], moments=moments)
