"""The job that removes what has reached the end of its time; once a day is enough."""

from __future__ import annotations

from dataclasses import dataclass

from screening.clock import now
from screening.extensions import current_config, db
from screening.maintenance.scrubbing import scrub
from screening.records.actors import SYSTEM
from screening.records.retention import count_ended, delete_ended, patients_past, remove_content
from screening.records.transaction import writing


@dataclass(frozen=True)
class Ended:
    counts: dict[str, int]
    """What was deleted, by kind."""
    patients: int
    """Whose content became unreadable."""
    is_scrubbed: bool = True
    """Whether the old keys are gone from the database's files as well."""


def what_would_end() -> Ended:
    """Changes nothing."""
    at = now()
    return Ended(count_ended(at), sum(1 for _ in patients_past(at, current_config().keep_years)))


def end_what_is_due() -> Ended:
    """Each patient is a transaction of its own: a run that was stopped goes on where it was."""
    at, years = now(), current_config().keep_years
    with writing():
        counts = delete_ended(at, SYSTEM)
    patients = 0
    for patient_id in list(patients_past(at, years)):
        with writing():
            patients += remove_content(patient_id, at, SYSTEM, years)
    # What was read last still holds the database as it was before.
    db.session.rollback()
    return Ended(counts, patients, scrub(db.engine))
