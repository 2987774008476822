"""Reading what is known of appointments: a fixed number of statements, for one or for many of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from screening.domain.assessment import Flag
from screening.extensions import db
from screening.records.link_limits import WRONG_BIRTH_DATES
from screening.records.protocol_versions import current_protocol, in_use, remember_current
from screening.records.visit import AskedOnArrival, Visit
from screening.records.voiding import not_voided
from screening.storage.models import (
    Appointment,
    ArrivalCheck,
    Call,
    Draft,
    FlagRow,
    Link,
    Override,
    Patient,
    SignOff,
    Submission,
    User,
)


def visit_of(appointment_id: UUID) -> Visit | None:
    return next(iter(read_visits(Appointment.id == appointment_id)), None)


def is_kept() -> ColumnElement[bool]:
    """Of appointments: those whose content was not removed at the end of its time."""
    return Appointment.patient.has(Patient.removed_at.is_(None))


def read_visits(chosen: ColumnElement[bool]) -> list[Visit]:
    """Of the appointments that are chosen, by time: what there is now, in three statements."""
    rows: dict[UUID, Row[Any]] = {}
    for row in db.session.execute(_appointments().where(chosen)):
        # The newest comes first, where there are several calls that are open.
        rows.setdefault(row.Appointment.id, row)
        remember_current(row)
    flags, asked = _flags(chosen), _asked_on_arrival(chosen)
    return [_visit(row, flags, asked.get(id_, ())) for id_, row in rows.items()]


def _visit(
    row: Row[Any], flags: dict[UUID, list[tuple[UUID, Flag]]], asked: tuple[AskedOnArrival, ...]
) -> Visit:
    return Visit(
        appointment=row.Appointment,
        submission=row.Submission,
        flags=tuple(flags.get(row.Submission.id, ())) if row.Submission else (),
        unvoided=row.SignOff,
        call=row.Call,
        draft=row.Draft,
        override=row.Override,
        asked_on_arrival=asked,
        was_sent=row.was_given or row.Draft is not None,
        has_link=row.has_link,
        is_link_closed=row.is_link_closed,
        protocol_now=current_protocol(),
    )


def _is_latest() -> ColumnElement[bool]:
    """Joins an appointment with its latest submission."""
    numbers = select(func.max(Submission.number)).where(Submission.appointment_id == Appointment.id)
    highest = numbers.correlate(Appointment).scalar_subquery()
    return and_(Submission.appointment_id == Appointment.id, Submission.number == highest)


def _appointments() -> Any:
    of_it = Link.appointment_id == Appointment.id
    wrong = and_(Link.revoked_at.is_(None), Link.birth_date_failures >= WRONG_BIRTH_DATES)
    return (
        select(
            Appointment,
            Submission,
            SignOff,
            Call,
            Draft,
            Override,
            exists().where(of_it, Link.is_for_tablet.is_(False)).label("has_link"),
            # A code for the tablet that nobody typed has asked nobody anything.
            exists()
            .where(of_it, or_(Link.is_for_tablet.is_(False), Link.opened_at.is_not(None)))
            .label("was_given"),
            exists().where(of_it, wrong).label("is_link_closed"),
            *in_use(),
        )
        .join(Appointment.patient)
        .outerjoin(Submission, _is_latest())
        .outerjoin(SignOff, and_(SignOff.submission_id == Submission.id, not_voided()))
        .outerjoin(Call, and_(Call.appointment_id == Appointment.id, Call.closed_at.is_(None)))
        .outerjoin(Draft, Draft.appointment_id == Appointment.id)
        .outerjoin(Override, Override.appointment_id == Appointment.id)
        .options(
            contains_eager(Appointment.patient),
            joinedload(Appointment.started_by).load_only(User.name),
            joinedload(Submission.entered_by).load_only(User.name),
            joinedload(Call.asked_by).load_only(User.name),
        )
        .order_by(Appointment.starts_at, Appointment.id, SignOff.signed_at.desc(), Call.asked_at.desc())
    )


def _flags(chosen: ColumnElement[bool]) -> dict[UUID, list[tuple[UUID, Flag]]]:
    """Of the latest answers, by submission."""
    latest = select(Submission.id).select_from(Appointment).join(Submission, _is_latest()).where(chosen)
    query = (
        select(FlagRow.submission_id, FlagRow.id, FlagRow.flag)
        .where(FlagRow.submission_id.in_(latest))
        .order_by(FlagRow.submission_id, FlagRow.position)
    )
    found: dict[UUID, list[tuple[UUID, Flag]]] = {}
    for row in db.session.execute(query):
        found.setdefault(row.submission_id, []).append((row.id, Flag.from_json(row.flag)))
    return found


def _asked_on_arrival(chosen: ColumnElement[bool]) -> dict[UUID, tuple[AskedOnArrival, ...]]:
    """By appointment."""
    query = (
        select(Submission.appointment_id, ArrivalCheck.submission_id, ArrivalCheck.asked_at, User.name)
        .join(Submission, ArrivalCheck.submission_id == Submission.id)
        .join(Appointment, Submission.appointment_id == Appointment.id)
        .join(User, ArrivalCheck.asked_by_id == User.id)
        .where(chosen)
        .order_by(ArrivalCheck.asked_at, ArrivalCheck.id)
    )
    found: dict[UUID, tuple[AskedOnArrival, ...]] = {}
    for row in db.session.execute(query):
        asked = AskedOnArrival(row.submission_id, row.asked_at, row.name)
        found[row.appointment_id] = (*found.get(row.appointment_id, ()), asked)
    return found
