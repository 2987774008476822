"""The laws, looked at after every step of the clinic: each assertion names the one that it guards."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select

from screening.domain.assessment import Flag
from screening.domain.protocol.article_sections import ARTICLE_SLUGS
from screening.domain.protocol.conditions import is_unresolved
from screening.domain.protocol.vocabulary import Severity
from screening.extensions import db
from screening.maintenance.audit_chain import walk_along
from screening.records.protocol_versions import protocol_version
from screening.records.queue import QueueRow, day_rows
from screening.storage.models import APPEND_ONLY, Appointment, Event, FlagRow, Override, Submission
from tests.support.clinic.answers import MARK
from tests.support.clinic.browser import Browser
from tests.support.clinic.expected import Visit, expected_state, must_be_asked_again
from tests.support.events import recorded_events
from tests.support.factories import known

_REASSURING = re.compile(r"\b(safe|cleared|all clear|low risk|no risk|nothing to worry)\b", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]+>")


class Laws:
    def __init__(self, app: Flask, browsers: Sequence[Browser]) -> None:
        self.app, self.browsers = app, browsers
        self.phones = browsers[:2]
        self.written: dict[tuple[str, str], str] = {}

    def check(self, visits: Sequence[Visit], outcomes: Mapping[UUID, Any], at: datetime) -> None:
        db.session.expire_all()
        rows = {row.id: row for row in day_rows(at.date() - timedelta(days=400), 800)}
        for visit in visits:
            self._states_agree(visit, rows[visit.id], outcomes[visit.id], at)
            self._answers_are_as_chosen(visit)
        self._flags_say_why()
        self._nothing_written_changes()
        self._nothing_is_told_where_it_must_not_be()
        self._patients_are_told_nothing_reassuring()

    def _states_agree(self, visit: Visit, row: QueueRow, outcome_now: Any, at: datetime) -> None:
        """L1, L7, L8: the queue, the appointment's own page and the model of it see the same state."""
        appointment = db.session.get(Appointment, visit.id)
        assert appointment is not None
        state = known(visit.id).state(at)
        assert row.state == state, "the queue and the appointment disagree"
        assert state.code == expected_state(visit, at, outcome_now), (visit, at)
        if state.is_ready:
            assert visit.is_signed, "L1: ready without a signature on these answers and this plan"
        assert row.must_be_asked_again == must_be_asked_again(visit), "L8"

    def _answers_are_as_chosen(self, visit: Visit) -> None:
        """L2, L9: every stored answer was chosen by somebody on a page of this visit, and none is missing."""
        submissions = list(
            db.session.scalars(
                select(Submission).where(Submission.appointment_id == visit.id).order_by(Submission.number)
            )
        )
        assert len(submissions) == len(visit.versions), "L9: lost or doubled"
        for submission, version in zip(submissions, visit.versions, strict=True):
            assert submission.answers == version.answers, "L6"
            _was_chosen(submission.answers, visit)
        overrides = select(func.count()).select_from(Override).where(Override.appointment_id == visit.id)
        assert db.session.scalar(overrides) == visit.overrides, "an override that is not counted"
        if submissions:
            self._every_unknown_is_named(submissions[-1])

    def _every_unknown_is_named(self, submission: Submission) -> None:
        """L2, L3: an unknown core answer is at least a caution; the worst flag is the severity."""
        protocol = protocol_version(submission.protocol_digest)
        flags = list(db.session.scalars(select(FlagRow).where(FlagRow.submission_id == submission.id)))
        worst = max((flag.severity for flag in flags), default=0)
        assert submission.severity == worst, "L3"
        core = protocol.core_questions
        if any(is_unresolved(protocol, question, submission.answers) for question in core):
            assert worst >= Severity.CAUTION, "L2"

    def _flags_say_why(self) -> None:
        for row in db.session.scalars(select(FlagRow)):
            flag = Flag.from_json(row.flag)
            assert flag.reason, "L4"
            assert flag.sources, "L4"
            assert flag.sections, "L4"
            assert ARTICLE_SLUGS.issuperset(flag.sections), "L4"

    def _nothing_written_changes(self) -> None:
        """L6: what was once written stands unchanged; events form an unbroken chain."""
        found: dict[tuple[str, str], str] = {}
        for model in APPEND_ONLY:
            table = model.__table__
            keys = [column.name for column in table.primary_key]
            for row in db.session.execute(select(table)).mappings():
                key = (model.__tablename__, "/".join(str(row[name]) for name in keys))
                found[key] = repr(dict(row))
        for key, before in self.written.items():
            assert found.get(key) == before, f"L6: {key} changed"
        self.written = found
        events = recorded_events()
        assert walk_along(events).broken is None, "L6"

    def _nothing_is_told_where_it_must_not_be(self) -> None:
        """L10: no answer in an address, a title, an event; a read page is an event."""
        told = {words for browser in self.browsers for words in browser.seen}
        told |= {json.dumps(event.on) for event in recorded_events()}
        assert not [words for words in told if MARK in words], "L10"
        for browser in self.phones:
            titles = [words for words in browser.seen if "pregnan" in words.lower() or "pacemaker" in words]
            assert not titles, "L10"
        opened = sum(
            MARK in text and "/phone/" not in path  # what somebody types on the phone, they do not open
            for browser in self.browsers[2:]
            for path, text in browser.read
        )
        recorded = select(func.count()).select_from(Event).where(Event.act == "answers opened")
        assert (db.session.scalar(recorded) or 0) >= opened, "L10: answers were read without a record"

    def _patients_are_told_nothing_reassuring(self) -> None:
        for phone in self.phones:
            for _path, text in phone.read:
                found = _REASSURING.search(_TAGS.sub(" ", text))
                assert not found, f"L12: {found}"
            phone.read.clear()


def _was_chosen(answers: Mapping[str, Any], visit: Visit) -> None:
    """L2: nobody answers for a patient. Dates and numbers are typed in parts, devices on pages of their own."""
    for name, answer in answers.items():
        ticks = answer if isinstance(answer, list) else [answer]
        for tick in ticks if not name.endswith((".date", ".devices")) else ():
            posted = [each for sent in visit.posted.get(name, []) for each in _listed(sent)]
            assert str(tick) in posted, f"L2: nobody chose {tick} for {name}"


def _listed(sent: Any) -> list[str]:
    return [str(each) for each in sent] if isinstance(sent, list) else [str(sent)]
