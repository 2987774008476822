"""`screening audit`, `screening keys` and `screening retention`. Thin over what does the work."""

from __future__ import annotations

import sys

import click

from screening.clock import system_clock
from screening.commands.database import database
from screening.commands.output import failed
from screening.commands.settings_file import new_data_key
from screening.extensions import db
from screening.maintenance.audit_chain import head_from, head_of, walk
from screening.maintenance.key_check import Opened, open_all
from screening.maintenance.key_rotation import needed_keys, rotate
from screening.maintenance.reconciliation import mismatches
from screening.maintenance.retention import Ended, end_what_is_due, what_would_end

_WORDS = {
    "drafts": "unsent drafts",
    "patient_sessions": "ended sessions of patients",
    "staff_sessions": "ended sessions of staff",
    "tries": "counters of tries",
    "invitations": "old invitations",
    "notices": "read notices",
}


@click.group("audit")
def audit_group() -> None:
    """Prove that the record of who did what is whole."""


@audit_group.command("head")
def print_head() -> None:
    """Print the number and hash of the newest event, to be kept elsewhere."""
    with database():
        click.echo(str(head_of(db.session)))


@audit_group.command("verify")
@click.option("--head", "known", default="", help="An earlier head, as NUMBER:HASH; it must still be there.")
def verify_chain(known: str) -> None:
    """Check every event, and that every record has its event."""
    try:
        head = head_from(known) if known else None
    except ValueError as problem:
        raise failed(problem) from problem
    with database():
        walked = walk(db.session, head)
        if walked.broken:
            click.echo(f"Event {walked.broken.number} is the first that does not hold: {walked.broken.why}.")
        differing = list(mismatches(db.session))
    for mismatch in differing:
        click.echo(str(mismatch))
    if walked.broken or differing:
        sys.exit(1)
    click.echo(f"All {walked.head.number} events hold, and every record has its event. Head: {walked.head}")


@click.group("keys")
def keys_group() -> None:
    """Look after the keys that protect the records."""


@keys_group.command("new")
@click.option("--name", default="", help="A short name that was never used before; the day if left out.")
def new_key(name: str) -> None:
    """Print a fresh key, to be put FIRST into SCREENING_DATA_KEYS."""
    try:
        click.echo(new_data_key(name or system_clock().date().isoformat()))
    except ValueError as problem:
        raise failed(problem) from problem


@keys_group.command("rotate")
def rotate_keys() -> None:
    """Wrap all that an older key protects anew by the newest; may be stopped and run again."""
    with database():
        done = rotate(lambda what, total: click.echo(f"{total} {what} done", err=True))
        click.echo(f"Wrapped {done} anew.")
        for needed in needed_keys():
            click.echo(needed.words)


@keys_group.command("check")
@click.option("--full", is_flag=True, help="Open every encrypted value as well.")
def check_keys(full: bool) -> None:
    """Say what each key is needed for, and whether what it protects opens."""
    with database():
        for needed in needed_keys():
            click.echo(needed.words)
        if full:
            _open_everything()


def _open_everything() -> None:
    counts, bad = Opened(), 0
    for unreadable in open_all(db.session, counts):
        bad += 1
        click.echo(f"{unreadable.table} {unreadable.row} does not open: {unreadable.why}")
    click.echo(
        f"{counts.rows} rows open, {counts.removed} were removed at the end of their time, {bad} do not open."
    )
    if bad:
        sys.exit(1)


@click.group("retention")
def retention_group() -> None:
    """Remove what has reached the end of its time."""


@retention_group.command("run")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
def run_retention(dry_run: bool) -> None:
    """Delete old drafts, sessions and invitations, and make unreadable what is kept no longer; run it once a day."""
    with database():
        ended = what_would_end() if dry_run else end_what_is_due()
    verb = "Would delete" if dry_run else "Deleted"
    click.echo(
        f"{verb} " + ", ".join(f"{number} {_WORDS[name]}" for name, number in ended.counts.items()) + "."
    )
    click.echo(_patients(ended, dry_run))


def _patients(ended: Ended, dry_run: bool) -> str:
    words = f"{ended.patients} patients' content " + (
        "would become unreadable." if dry_run else "is now unreadable."
    )
    if not ended.is_scrubbed:
        words += " The database was busy: run this again, so that its files forget the old keys."
    return words
