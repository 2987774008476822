"""What is personal lies encrypted in the database, bound to its row and to the patient whose it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import Table, insert, select, text, update

from screening.clock import now
from screening.domain.decisions import Decision
from screening.extensions import db
from screening.records.actors import PATIENT
from screening.records.answers import save_draft, submit
from screening.records.protocol_versions import current_protocol
from screening.records.transaction import writing
from screening.storage import migrations
from screening.storage.encryption import Tampered
from screening.storage.models import (
    Appointment,
    Base,
    ContentRemoved,
    Disposition,
    FlagRow,
    Patient,
    PatientKey,
    SignOff,
    Submission,
)
from screening.storage.models.sealed import THE_CLINICS_OWN, TOWARDS_THE_PATIENT, personal_columns
from tests.support.factories import answered, appointment, signed
from tests.support.statements import statements_of

WARFARIN: dict[str, Any] = {"bleed.medicine": ["warfarin"], "bleed.inr": "in-range"}


@pytest.fixture(autouse=True)
def context(app: Flask) -> Any:
    with app.app_context():
        yield


def raw(query: str, **values: object) -> list[Any]:
    with db.engine.connect() as connection:
        return list(connection.execute(text(query), values).scalars())


def with_database_rights(statement: str, **values: object) -> None:
    """What somebody could do who has the database and no key: without the product, past its guards."""
    db.session.rollback()
    migrations_guard = "replica" if db.engine.dialect.name == "postgresql" else ""
    with db.engine.begin() as connection:
        if migrations_guard:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for name in (
                connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
                .scalars()
                .all()
            ):
                connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(statement), values)


def test_every_table_with_personal_content_has_an_owner() -> None:
    with_content = {table.name for table in Base.metadata.tables.values() if personal_columns(table)}
    assert with_content - {"patient"} <= {*TOWARDS_THE_PATIENT, *THE_CLINICS_OWN}


@pytest.mark.parametrize(
    "table", [table for table in Base.metadata.sorted_tables if personal_columns(table)], ids=str
)
def test_no_personal_column_can_be_read_without_the_keys(table: Table) -> None:
    visit = appointment(name="Marguerite Canary")
    answered(visit, WARFARIN)
    signed(visit, Decision.ADAPT)
    with writing():
        save_draft(visit, {"answers": {"bleed.medicine": ["canary"]}}, visit.created_at)
    for column in personal_columns(table):
        for stored in raw(f'SELECT {column.name} FROM "{table.name}"'):  # noqa: S608
            assert stored is None or stored.startswith("1."), f"{table.name}.{column.name} is readable"


def test_a_value_comes_back_as_it_was_written() -> None:
    visit = appointment(name="Zoë O'Hara ~ 🦊")
    submission = answered(visit, WARFARIN)
    visit_id, submission_id = visit.id, submission.id
    db.session.expire_all()
    again = db.session.get_one(Appointment, visit_id)
    assert again.patient.name == "Zoë O'Hara ~ 🦊"
    assert again.patient.birth_date.isoformat() == "1980-03-27"
    assert db.session.get_one(Submission, submission_id).answers["bleed.medicine"] == ["warfarin"]
    names = select(Patient.name.label("called")).join(Appointment, Appointment.patient_id == Patient.id)
    assert db.session.execute(names).scalars().all() == ["Zoë O'Hara ~ 🦊"]


def test_the_same_answers_of_two_patients_cannot_be_told_to_be_the_same() -> None:
    answered(appointment())
    answered(appointment())
    assert len(set(raw("SELECT answers_digest FROM submission"))) == 2


SWAPS = [
    "UPDATE patient SET name = (SELECT p.name FROM patient p WHERE p.id <> patient.id)",
    "UPDATE patient SET name = contact",
    "UPDATE submission SET answers = (SELECT s.answers FROM submission s WHERE s.id <> submission.id)",
    "UPDATE submission SET answers = answers_digest",
    "UPDATE flag SET flag = (SELECT f.flag FROM flag f WHERE f.id <> flag.id LIMIT 1)",
    "UPDATE appointment SET patient_id = (SELECT p.id FROM patient p WHERE p.id <> appointment.patient_id)",
    "UPDATE content_key SET wrapped = (SELECT k.wrapped FROM content_key k "
    "WHERE k.patient_id <> content_key.patient_id LIMIT 1)",
]


@pytest.mark.parametrize("swap", SWAPS)
def test_a_value_that_was_moved_is_refused_and_never_shown_as_another_patients(swap: str) -> None:
    for _ in range(2):
        answered(appointment(), WARFARIN)
    with_database_rights(swap)
    with pytest.raises(Tampered):
        _read_everything()


def _read_everything() -> None:
    for model in (Patient, Submission, FlagRow):
        db.session.scalars(select(model)).all()


def test_two_visits_of_one_patient_keep_their_own_answers() -> None:
    first, second = answered(appointment(), WARFARIN), answered(appointment())
    pair = (first.id, second.id)
    with_database_rights(
        "UPDATE submission SET appointment_id = (SELECT s.appointment_id FROM submission s WHERE s.id = :other), "
        "number = 2 WHERE id = :one",
        one=_stored_id(pair[0]),
        other=_stored_id(pair[1]),
    )
    with pytest.raises(Tampered):
        db.session.scalars(select(Submission)).all()


def _stored_id(of: UUID) -> object:
    return of if db.engine.dialect.name == "postgresql" else of.hex


def test_what_is_personal_is_neither_searched_for_nor_written_past_its_row() -> None:
    visit = appointment()
    with pytest.raises(Exception, match="never searched for"):
        db.session.scalars(select(Patient).where(Patient.name == "Robin Example")).all()
    db.session.rollback()
    with pytest.raises(Exception, match="row by row"):
        db.session.execute(update(Patient).where(Patient.id == visit.patient_id).values(name="x"))
    db.session.rollback()


def test_without_its_key_a_patients_content_is_gone_and_others_stay() -> None:
    gone, stays = answered(appointment(name="Gone")), answered(appointment(name="Stays"))
    gone_id, stays_id = gone.id, stays.id
    _destroy(gone.appointment.patient_id)
    with pytest.raises(ContentRemoved):
        db.session.get(Submission, gone_id)
    db.session.rollback()
    assert db.session.get_one(Submission, stays_id).appointment.patient.name == "Stays"


def test_nothing_more_is_written_for_a_patient_whose_content_was_removed() -> None:
    visit = appointment()
    call = {"id": uuid4(), "appointment_id": visit.id, "about": "x", "asked_by_id": 1}
    _destroy(visit.patient_id)
    with pytest.raises(ContentRemoved), db.engine.begin() as connection:
        connection.execute(Base.metadata.tables["call"].insert(), call)


def _destroy(patient_id: UUID) -> None:
    db.session.rollback()
    db.session.expunge_all()
    with db.engine.begin() as connection:
        connection.execute(update(PatientKey).where(PatientKey.patient_id == patient_id).values(wrapped=None))


def test_earlier_plain_records_are_sealed_and_can_be_unsealed_again() -> None:
    visit = appointment(name="Robin Earlier")
    answered(visit, WARFARIN)
    signed(visit, Decision.ADAPT)
    before = _all_rows()
    migrations.downgrade(db.engine, "004")
    assert raw("SELECT name FROM patient") == ['"Robin Earlier"']
    assert raw("SELECT rule FROM flag WHERE rule = ''") == []
    assert len(raw("SELECT answers_digest FROM submission")[0]) == 64
    migrations.upgrade(db.engine)
    db.session.expire_all()
    assert _all_rows() == before
    assert raw("SELECT name FROM patient")[0].startswith("1.")


def _all_rows() -> list[Any]:
    db.session.rollback()
    found = []
    for model in (Patient, Submission, FlagRow, SignOff, Disposition):
        rows = db.session.execute(select(*model.__table__.columns).order_by(model.id)).all()
        found.append([tuple(row) for row in rows])
    db.session.rollback()
    return found


def test_a_key_is_looked_for_once_for_answers_and_their_flags(app: Flask) -> None:
    visit = appointment()
    with statements_of(app) as seen:
        answered(visit, WARFARIN)
    assert len([each for each in seen if "INSERT INTO flag" in each]) == 1
    assert len([each for each in seen if each.startswith("SELECT") and "AS wrapped" in each]) == 1


def test_a_key_that_is_destroyed_seals_nothing_more_in_the_same_transaction() -> None:
    visit = appointment()
    with pytest.raises(ContentRemoved):
        _destroy_between_answers_and_a_flag(visit)


def _destroy_between_answers_and_a_flag(visit: Appointment) -> None:
    with writing() as session:
        submission = submit(visit, {}, uuid4(), now(), by=PATIENT, protocol=current_protocol(), planned=[])
        session.execute(update(PatientKey).values(wrapped=None))
        row = {"id": uuid4(), "submission_id": submission.id, "position": 90, "severity": 1, "flag": {}}
        session.execute(insert(FlagRow), [row])
