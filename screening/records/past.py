"""What happened to an appointment so far: everything that was sent, signed, asked and noted, read in one go."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from screening.extensions import db
from screening.records.visit import Visit
from screening.storage.models import (
    Appointment,
    Call,
    Disposition,
    Link,
    SignOff,
    Submission,
    User,
    VerifiedAnswer,
)


@dataclass(frozen=True, eq=False)
class Past:
    """Newest first, all of it. What was voided or corrected stays in it."""

    submissions: tuple[Submission, ...]
    sign_offs: tuple[SignOff, ...]
    last_signed: SignOff | None
    """The latest on any of the patient's answers, at this visit or an earlier one, whether it holds or not."""
    calls: tuple[Call, ...]
    links: tuple[Link, ...]
    verified: tuple[VerifiedAnswer, ...]


def past_of(visit: Visit) -> Past:
    """In five statements."""
    signed = _signed_by_patient(visit.appointment.patient_id)
    last = next(iter(signed), None)
    answers = _answers(visit.id, last.submission_id if last else None)
    here = {each.id for each in answers if each.appointment_id == visit.id}
    return Past(
        submissions=tuple(each for each in answers if each.id in here),
        sign_offs=tuple(each for each in signed if each.submission_id in here),
        last_signed=last,
        calls=_calls(visit.id),
        links=_links(visit.id),
        verified=_verified(visit.id),
    )


def _signed_by_patient(patient_id: UUID) -> list[SignOff]:
    """With what voided them."""
    query = (
        select(SignOff)
        .join(Submission, SignOff.submission_id == Submission.id)
        .join(Appointment, Submission.appointment_id == Appointment.id)
        .where(Appointment.patient_id == patient_id)
        .options(joinedload(SignOff.void))
        .order_by(SignOff.signed_at.desc(), SignOff.id)
    )
    return list(db.session.scalars(query))


def _answers(appointment_id: UUID, last_signed: UUID | None) -> list[Submission]:
    """Of the appointment, and those that were signed last, which may be of an earlier one."""
    query = (
        select(Submission)
        .where(or_(Submission.appointment_id == appointment_id, Submission.id == last_signed))
        .options(joinedload(Submission.entered_by).load_only(User.name))
        .order_by(Submission.number.desc())
    )
    return list(db.session.scalars(query))


def _calls(appointment_id: UUID) -> tuple[Call, ...]:
    query = (
        select(Call)
        .where(Call.appointment_id == appointment_id)
        .options(
            joinedload(Call.asked_by).load_only(User.name), joinedload(Call.closed_by).load_only(User.name)
        )
        .order_by(Call.asked_at.desc(), Call.id)
    )
    return tuple(db.session.scalars(query))


def _links(appointment_id: UUID) -> tuple[Link, ...]:
    query = (
        select(Link).where(Link.appointment_id == appointment_id).order_by(Link.created_at.desc(), Link.id)
    )
    return tuple(db.session.scalars(query))


def _verified(appointment_id: UUID) -> tuple[VerifiedAnswer, ...]:
    query = (
        select(VerifiedAnswer)
        .join(Submission, VerifiedAnswer.submission_id == Submission.id)
        .where(Submission.appointment_id == appointment_id)
        .order_by(VerifiedAnswer.at.desc(), VerifiedAnswer.id)
    )
    return tuple(db.session.scalars(query))


def read_dispositions(signed: tuple[SignOff, ...]) -> None:
    """What was decided on each flag, for all of these sign-offs at once."""
    if not signed:
        return
    query = (
        select(Disposition)
        .where(Disposition.sign_off_id.in_([each.id for each in signed]))
        .options(joinedload(Disposition.flag))
    )
    found: dict[UUID, list[Disposition]] = {each.id: [] for each in signed}
    for disposition in db.session.scalars(query):
        found[disposition.sign_off_id].append(disposition)
    for each in signed:
        decided = sorted(found[each.id], key=lambda disposition: disposition.flag.position)
        set_committed_value(each, "dispositions", decided)
