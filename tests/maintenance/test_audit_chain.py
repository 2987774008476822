"""The chain of events: whatever is done to it with database rights, the first event that does not hold is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import event as engine_event
from sqlalchemy import select

from screening.commands.main import main
from screening.domain.decisions import Decision
from screening.extensions import db
from screening.maintenance import audit_chain
from screening.maintenance.audit_chain import Head, first_wrong, head_from, head_of, walk
from screening.records.audit import hash_of
from screening.storage.models import Event
from tests.support.events import recorded_acts
from tests.support.factories import answered, appointment, link, signed
from tests.support.tampering import with_database_rights


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        for _ in range(2):
            visit = appointment()
            link(visit)
            answered(visit)
            signed(visit, Decision.CLEARED)
        yield


def verified(*more: str) -> Any:
    return CliRunner().invoke(main, ["audit", "verify", *more])


def count() -> int:
    return len(recorded_acts())


def test_a_whole_chain_holds_and_says_its_head() -> None:
    answer = verified()
    assert answer.exit_code == 0, answer.output
    assert f"All {count()} events hold" in answer.output
    assert str(head_of(db.session)) in answer.output
    assert CliRunner().invoke(main, ["audit", "head"]).output.strip() == str(head_of(db.session))


TAMPERED = [
    ("UPDATE event SET act = 'answers opened' WHERE number = 7", 7, "changed"),
    ("UPDATE event SET actor_id = 2 WHERE number = 6", 6, "changed"),
    ("UPDATE event SET at = (SELECT e.at FROM event e WHERE e.number = 1) WHERE number = 5", 5, None),
    ("DELETE FROM event WHERE number = 8", 8, "missing"),
    ("DELETE FROM event WHERE number <= 3", 1, "missing"),
    ("UPDATE event SET hash = 'x' || substr(hash, 2) WHERE number = 9", 9, "changed"),
    ("UPDATE event SET previous = hash WHERE number = 9", 9, "changed"),
    ("UPDATE event SET number = number + 1000 WHERE number = 7", 7, "missing"),
    ("UPDATE event SET number = 0 WHERE number = 7", 1, "number 0 stands"),
    ("UPDATE event SET \"on\" = '{}' WHERE number = 10", 10, "changed"),
]


@pytest.mark.parametrize(("statement", "first", "why"), TAMPERED)
def test_the_first_event_that_was_changed_or_removed_is_named(
    statement: str, first: int, why: str | None, clock: Any
) -> None:
    clock.pass_time(minutes=1)
    link(appointment())
    if why is None:
        statement, why = statement.replace("e.number = 1", f"e.number = {count()}"), "changed"
    with_database_rights(statement)
    answer = verified()
    assert answer.exit_code == 1
    assert f"Event {first} is the first that does not hold: " in answer.output
    assert why in answer.output


def test_two_events_that_changed_places_are_named() -> None:
    with_database_rights(
        "UPDATE event SET number = -1 WHERE number = 8",
        "UPDATE event SET number = 8 WHERE number = 9",
        "UPDATE event SET number = 9 WHERE number = -1",
    )
    answer = verified()
    assert answer.exit_code == 1
    assert "Event 8 is the first" in answer.output


def test_an_event_that_was_put_in_between_is_named() -> None:
    """Even one with a right hash of its own: the next one does not follow on from it."""
    _shift(8)
    copied = _rehashed(8, act="answers opened")
    with_database_rights(
        'INSERT INTO event (number, at, act, actor_kind, actor_id, "on", previous, hash) '
        "SELECT 8, at, 'answers opened', actor_kind, actor_id, \"on\", :previous, :hash FROM event WHERE number = 9",
        **copied,
    )
    assert first_broken() == 9


def _shift(start: int) -> None:
    with_database_rights(
        f"UPDATE event SET number = -number - 1 WHERE number >= {start}",  # noqa: S608
        "UPDATE event SET number = -number WHERE number < 0",
    )


def _rehashed(number: int, act: str) -> dict[str, str]:
    after = db.session.scalars(select(Event).where(Event.number == number + 1)).one()
    before = db.session.scalars(select(Event.hash).where(Event.number == number - 1)).one()
    made = Event(
        number=number,
        at=after.at,
        act=act,
        actor_kind=after.actor_kind,
        actor_id=after.actor_id,
        on=after.on,
        previous=before,
    )
    return {"previous": before, "hash": hash_of(made)}


def first_broken() -> int:
    broken = walk(db.session).broken
    assert broken is not None
    return broken.number


def test_a_chain_that_was_cut_holds_by_itself_and_not_against_an_earlier_head() -> None:
    known = str(head_of(db.session))
    with_database_rights("DELETE FROM event WHERE number > 6")
    assert walk(db.session).broken is None
    answer = verified("--head", known)
    assert answer.exit_code == 1
    assert "Event 7 is the first that does not hold: the chain was cut" in answer.output


def test_a_chain_that_was_written_anew_does_not_hold_against_an_earlier_head() -> None:
    known = head_of(db.session)
    with_database_rights("UPDATE event SET actor_id = 5 WHERE number = 7")
    for number in range(7, count() + 1):
        _write_anew(number)
    assert walk(db.session).broken is None
    broken = walk(db.session, known).broken
    assert broken is not None
    assert broken.number == known.number


def _write_anew(number: int) -> None:
    """What a thief of the database would do to hide a change: every later hash is made again."""
    row = db.session.scalars(select(Event).where(Event.number == number)).one()
    before = db.session.scalars(select(Event.hash).where(Event.number == number - 1)).one()
    made = Event(
        number=row.number,
        at=row.at,
        act=row.act,
        actor_kind=row.actor_kind,
        actor_id=row.actor_id,
        on=row.on,
        previous=before,
    )
    with_database_rights(
        "UPDATE event SET previous = :previous, hash = :hash WHERE number = :number",
        previous=before,
        hash=hash_of(made),
        number=number,
    )
    db.session.expire_all()


def test_a_head_of_before_still_fits_after_more_happened() -> None:
    known = str(head_of(db.session))
    link(appointment())
    assert verified("--head", known).exit_code == 0


@pytest.mark.parametrize("text", ["", "7", "7:abc", "x:" + "0" * 64, "-1:" + "0" * 64])
def test_a_head_that_is_none_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match="a head is"):
        head_from(text)
    if text:
        answer = verified("--head", text)
        assert answer.exit_code == 2
        assert len(answer.output.strip().splitlines()) == 1


def test_the_walk_reads_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory stays the same however long the chain is: no statement reads more than a slice."""
    whole = walk(db.session)
    monkeypatch.setattr(audit_chain, "_AT_ONCE", 4)
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    engine_event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert walk(db.session) == whole
    finally:
        engine_event.remove(db.engine, "before_cursor_execute", note)
    read = [statement for statement in seen if "FROM event" in statement]
    assert len(read) == count() // 4 + 1
    assert all("LIMIT" in statement for statement in read)


def test_of_a_few_events_the_first_wrong_one_is_found() -> None:
    shown = db.session.scalars(select(Event).where(Event.number.in_([6, 7, 11])).order_by(Event.number)).all()
    assert first_wrong(db.session, shown) is None
    with_database_rights("UPDATE event SET hash = 'x' || substr(hash, 2) WHERE number = 10")
    db.session.expire_all()
    shown = db.session.scalars(select(Event).where(Event.number.in_([6, 7, 11])).order_by(Event.number)).all()
    assert first_wrong(db.session, shown) == 11


def test_a_clinic_without_events_has_a_head_too() -> None:
    with_database_rights("DELETE FROM event")
    assert head_of(db.session) == Head(0, "0" * 64)
    assert walk(db.session).broken is None
