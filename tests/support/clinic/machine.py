"""A whole clinic at play: patients on two phones, the desk, two providers, a clinical lead, the clock, new protocols.

Each step is a request to the real application on a real database; after each, the laws are looked at (`laws.py`).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from screening.clock import now
from screening.domain.assessment import assess, flag_summaries
from screening.domain.protocol.loading import acupuncture, parse
from screening.domain.protocol.model import Protocol
from screening.extensions import db
from screening.records.actors import Actor
from screening.records.answers import flags_of, latest_submission
from screening.records.protocol_releases import publish
from screening.records.protocol_versions import current_protocol
from screening.records.transaction import writing
from screening.storage.models import Appointment, User
from tests.conftest import Clock, still_here
from tests.support.clinic.answers import pool
from tests.support.clinic.browser import Browser, Page
from tests.support.clinic.expected import (
    OUTCOME,
    STRICTEST,
    ZONE,
    Signature,
    Version,
    Visit,
    expected_state,
    must_be_asked_again,
)
from tests.support.clinic.laws import Laws
from tests.support.clinic.people import Phone, Staff, answer_pages, reference_on
from tests.support.databases import close

PLANS = (("MA",), ("MA", "EA"), ("CU",), ())
whole = st.integers(0, 10_000)


def versions_of_the_protocol() -> list[Protocol]:
    text = acupuncture().text
    worded = text.replace("title: Pregnancy", "title: When pregnant", 1)
    start = text.index("- id: O5\n")
    stricter = text[:start] + text[start:].replace("MA: ok", "MA: modify", 1)
    level = text[:start] + text[start:].replace("severity: note", "severity: caution", 1)
    changed = (worded, stricter, level)
    return [acupuncture(), *(parse(each.replace('"1"', f'"{n}"', 1)) for n, each in enumerate(changed, 2))]


class ClinicMachine(RuleBasedStateMachine):
    protocols: ClassVar[list[Protocol]] = versions_of_the_protocol()
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.app = self.new_clinic(self.clock)
        self.phones = [Phone(self.app), Phone(self.app)]
        self.desk = Staff(self.app, "desk")
        self.providers = [Staff(self.app, "provider"), Staff(self.app, "second")]
        self.visits: list[Visit] = []
        self.open_pages: list[tuple[int, Visit, Page]] = []
        self.laws = Laws(self.app, [*self.phones, self.desk, *self.providers])

    def new_clinic(self, clock: Clock) -> Flask:
        """An application on a database that holds nothing but its staff."""
        raise NotImplementedError

    def teardown(self) -> None:
        close(self.app)

    @property
    def now(self) -> datetime:
        return self.clock()

    def some_visit(self, number: int) -> Visit:
        return self.visits[number % len(self.visits)]

    # The desk

    @initialize(hours=st.integers(1, 40))
    def open_the_clinic(self, hours: int) -> None:
        self._add(hours, 0)

    @rule(hours=st.integers(1, 24 * 50), plan=whole)
    def the_desk_adds_an_appointment(self, hours: int, plan: int) -> None:
        if len(self.visits) < 4:
            self._add(hours, plan)

    def _add(self, hours: int, plan: int) -> None:
        starts, planned = self._moment(hours), PLANS[plan % len(PLANS)]
        fields = {**self._when(starts), "provider": "2", "planned": list(planned), "contact": "020 7946 0000"}
        fields |= {"name": f"Patient {len(self.visits)}", "born": "1980-03-27"}
        self.desk.press(self.desk.get("/desk/new"), "Add the appointment", fields)
        with self.app.app_context():
            known = {visit.id for visit in self.visits}
            (added,) = set(db.session.scalars(select(Appointment.id))) - known
        self.visits.append(Visit(added, starts, frozenset(planned)))

    def _moment(self, hours: int) -> datetime:
        later = (self.now + timedelta(hours=hours)).astimezone(ZONE)
        return later.replace(hour=9 + later.hour % 9, minute=0, second=0, microsecond=0)

    def _when(self, starts: datetime) -> dict[str, str]:
        local = starts.astimezone(ZONE)
        return {"day": local.date().isoformat(), "time": f"{local:%H:%M}"}

    @precondition(lambda self: self.visits)
    @rule(which=whole)
    def the_desk_gives_a_link(self, which: int) -> None:
        visit = self.some_visit(which)
        link = self.desk.new_link(visit.id)
        if link:
            visit.token, visit.was_sent = link, True

    @precondition(lambda self: self.visits)
    @rule(which=whole, hours=st.integers(1, 24 * 40), plan=whole, keeps_plan=st.booleans())
    def the_desk_changes_an_appointment(self, which: int, hours: int, plan: int, keeps_plan: bool) -> None:
        visit = self.some_visit(which)
        page = self.desk.get(f"/desk/appointments/{visit.id}/change")
        starts = self._moment(hours)
        planned = visit.planned if keeps_plan else frozenset(PLANS[plan % len(PLANS)])
        fields = {**self._when(starts), "provider": "2", "planned": sorted(planned)}
        done = self.desk.press(page, "Save the change", fields) if page.form("Save the change") else page
        if done.status == 200 and not self._is_closed(visit) and not visit.is_started:
            visit.starts_at = starts
            if planned != visit.planned:
                visit.planned, visit.signature = planned, None

    def _is_closed(self, visit: Visit) -> bool:
        return visit.is_cancelled or visit.is_held

    @precondition(lambda self: len(self.visits) > 2)
    @rule(which=whole)
    def the_desk_cancels(self, which: int) -> None:
        visit = self.some_visit(which)
        page = self.desk.get(f"/desk/appointments/{visit.id}/cancel")
        done = self.desk.press(page, "Cancel the appointment") if page.form("Cancel the") else page
        visit.is_cancelled |= done.status == 200 and not visit.is_held and not visit.is_started

    @precondition(lambda self: self.visits)
    @rule(which=whole, by_provider=st.booleans())
    def somebody_asks_for_a_call(self, which: int, by_provider: bool) -> None:
        visit = self.some_visit(which)
        who, address = (self.providers[0], "provider") if by_provider else (self.desk, "desk")
        page = who.get(f"/{address}/appointments/{visit.id}")
        form = next((form for form in page.forms if form.action.partition("?")[0].endswith("/call")), None)
        if form and who.post(form.action, {**form.fields, "about": "How are you?"}).status == 200:
            visit.call_asked_at = self.now

    @precondition(lambda self: any(visit.call_asked_at for visit in self.visits))
    @rule(which=whole)
    def the_desk_notes_a_call(self, which: int) -> None:
        called = [visit for visit in self.visits if visit.call_asked_at]
        visit = called[which % len(called)]
        page = self.desk.get(f"/desk/appointments/{visit.id}")
        if page.form("Save the note"):
            self.desk.press(page, "Save the note", {"what_was_said": "All is well"})
            visit.call_asked_at = None

    @precondition(lambda self: self.visits)
    @rule(which=whole)
    def the_desk_asks_again_on_arrival(self, which: int) -> None:
        visit = self.some_visit(which)
        page = self.desk.get(f"/desk/appointments/{visit.id}")
        if page.form("Asked again") and visit.latest:
            self.desk.press(page, "Asked again")
            visit.latest.asked_again_on.add(self.now.astimezone(ZONE).date())

    @precondition(lambda self: self.visits)
    @rule(which=whole)
    def the_desk_opens_the_answers(self, which: int) -> None:
        page = self.desk.get(f"/desk/appointments/{self.some_visit(which).id}")
        if page.form("Open the answers"):
            self.desk.press(page, "Open the answers")

    # Patients

    @precondition(lambda self: any(visit.token for visit in self.visits))
    @rule(which=whole, phone=st.integers(0, 1), said=whole, pages=st.integers(0, 9), twice=st.booleans())
    def a_patient_answers(self, which: int, phone: int, said: int, pages: int, twice: bool) -> None:
        """Begins or goes on, as far as they like; at the end they send, perhaps twice."""
        visit, browser = self._linked(which), self.phones[phone]
        page = answer_pages(browser, browser.begin(visit.token), self._told(said), pages, visit.posted)
        self._send(visit, browser, page, twice)

    @precondition(lambda self: any(visit.token and visit.versions for visit in self.visits))
    @rule(which=whole, phone=st.integers(0, 1), said=whole, pages=st.integers(0, 9), keeps=st.booleans())
    def a_patient_changes_what_was_sent(
        self, which: int, phone: int, said: int, pages: int, keeps: bool
    ) -> None:
        visit, browser = self._linked(which), self.phones[phone]
        page = browser.begin(visit.token)
        if page.form("Change my answers"):
            browser.press(page, "Change my answers")
            page = answer_pages(browser, browser.get("/s/questions"), self._told(said), pages, visit.posted)
            page = browser.get("/s/check")
        if keeps and page.form("Keep my answers"):
            browser.press(page, "Keep my answers")
        else:
            self._send(visit, browser, page, twice=False)

    @precondition(lambda self: self.visits)
    @rule(which=whole, said=whole, pages=st.integers(0, 9))
    def the_desk_takes_answers_by_phone(self, which: int, said: int, pages: int) -> None:
        visit = self.some_visit(which)
        start = f"/desk/appointments/{visit.id}/phone"
        page = self.desk.get(start)
        if page.form("Begin the questions"):
            caller = {"said_name": "y", "born": "1980-03-27", "who": "patient"}
            self.desk.press(page, "Begin the questions", caller)
            page = self.desk.get(f"{start}/questions")
            page = answer_pages(self.desk, page, self._told(said), pages, visit.posted)
            visit.was_sent = True  # who answers on the phone is kept in the draft
            self._send(visit, self.desk, self.desk.get(f"{start}/check"), twice=False)

    def _linked(self, which: int) -> Visit:
        linked = [visit for visit in self.visits if visit.token]
        return linked[which % len(linked)]

    def _told(self, said: int) -> dict[str, Any]:
        answers = pool(self.now.astimezone(ZONE).date())
        return answers[said % len(answers)]

    def _send(self, visit: Visit, browser: Browser, page: Page, twice: bool) -> None:
        """L9: what somebody was told is received is stored, once."""
        button = next(
            (words for form in page.forms for *_, words in form.buttons if words[:5] == "Send "), ""
        )
        if button:
            sent = browser.press(page, button)
            again = browser.press(page, button) if twice else sent
            assert reference_on(again) == reference_on(sent), "L9"
            self._received(visit, reference_on(sent))

    def _received(self, visit: Visit, reference: str) -> None:
        with self.app.app_context():
            found = latest_submission(visit.id)
            if reference:
                assert found is not None, "L9: received, and nothing is stored"
                assert found.reference == reference, "L9: another reference than the stored one"
            if found is None or found.number <= len(visit.versions):
                return
            assert found.number == len(visit.versions) + 1, "L9: stored twice"
            stored = [flag for _, flag in flags_of(found)]
            kept = {name: datetime.fromisoformat(at) for name, at in (found.kept or {}).items()}
            visit.versions.append(Version(found.answers, self.now, flag_summaries(stored), kept))
            visit.signature = None

    # Providers

    @precondition(lambda self: any(visit.versions for visit in self.visits))
    @rule(which=whole, who=st.integers(0, 1))
    def a_provider_opens_a_page(self, which: int, who: int) -> None:
        """The page stays open: it may be signed much later, when other things have happened."""
        answered = [visit for visit in self.visits if visit.versions]
        visit = answered[which % len(answered)]
        page = self.providers[who].get(f"/provider/appointments/{visit.id}?again=1")
        if page.form("Save and sign"):
            self.open_pages = [*self.open_pages[-5:], (who, visit, page)]

    @precondition(lambda self: self.open_pages)
    @rule(which=whole, decision=st.sampled_from(STRICTEST), days=st.integers(1, 20))
    def a_provider_signs(self, which: int, decision: str, days: int) -> None:
        who, visit, page = self.open_pages[which % len(self.open_pages)]
        form = page.form("Save and sign")
        assert form
        marks = [name.removeprefix("reason-") for name in form.names if name.startswith("reason-")]
        until = (self.now.astimezone(ZONE) + timedelta(days=days)).date()
        fields: dict[str, Any] = {"postponed_until": until.isoformat()} if marks else {}
        for mark in marks:
            fields |= {f"decision-{mark}": decision, f"reason-{mark}": "Talked it through"}
            fields |= {f"said-{mark}": "Asked, and told"} if f"said-{mark}" in form.names else {}
        done = self.providers[who].press(page, "Save and sign", fields)
        self._signed(visit, done, OUTCOME[decision if marks else "cleared"], until)

    def _signed(self, visit: Visit, done: Page, outcome: str, until: Any) -> None:
        if done.status != 200:
            return
        holds = until if outcome == "postponed" else None
        visit.signature = Signature(len(visit.versions), visit.planned, outcome, holds)
        visit.call_asked_at = None

    @precondition(lambda self: self.visits)
    @rule(which=whole, who=st.integers(0, 1), all_the_same=st.booleans(), ends=st.booleans())
    def a_provider_holds_a_session(self, which: int, who: int, all_the_same: bool, ends: bool) -> None:
        """L1, L8: the gate is open only where the model says so, or with a reason that is counted."""
        visit, browser = self.some_visit(which), self.providers[who]
        page = browser.get(f"/provider/appointments/{visit.id}")
        if page.form("Start the session"):
            assert self._may_start(visit), "L1: the gate is open without a valid screening"
            page = browser.press(page, "Start the session")
            visit.is_started = page.status == 200
        elif page.form("Start it, with this reason"):
            assert not self._may_start(visit), "the gate is closed without need"
            refused = browser.press(page, "Start it, with this reason")
            assert refused.status == 409, "L1: an override without a reason"
            if all_the_same:
                page = browser.press(page, "Start it, with this reason", {"reason": "It had to be"})
                visit.is_started, visit.overrides = page.status == 200, visit.overrides + 1
        if ends and visit.is_started and page.form("Mark the session as held"):
            visit.is_held = browser.press(page, "Mark the session as held").status == 200

    def _may_start(self, visit: Visit) -> bool:
        with self.app.app_context():
            state = expected_state(visit, self.now, self._outcome_now(visit))
        return state in ("ready", "ready-with-changes") and not must_be_asked_again(visit)

    # The lead, and the clock

    @rule(which=whole)
    def the_lead_signs_a_version(self, which: int) -> None:
        with self.app.app_context(), writing():
            user = db.session.scalars(select(User).where(User.email == "lead@clinic.example")).one()
            by = Actor("clinical-lead", user.id, user.name)
            publish(self.protocols[which % len(self.protocols)], "Read", now(), by)

    @rule(minutes=st.sampled_from((1, 5, 30, 180, 60 * 20, 60 * 24 * 3, 60 * 24 * 15)))
    def time_passes(self, minutes: int) -> None:
        self.clock.pass_time(minutes=minutes)
        still_here(self.app, self.clock)

    # After every step

    @invariant()
    def the_laws_hold(self) -> None:
        type(self).steps += 1
        with self.app.app_context():
            outcomes = {visit.id: self._outcome_now(visit) for visit in self.visits}
            self.laws.check(self.visits, outcomes, self.now)

    def _outcome_now(self, visit: Visit) -> Any:
        if visit.latest is None:
            return None
        assert latest_submission(visit.id) is not None
        day = visit.starts_at.astimezone(ZONE).date()
        return flag_summaries(assess(current_protocol(), visit.latest.answers, (), day).flags)
