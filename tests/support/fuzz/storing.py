"""What was typed, what is stored and what the page shows are the same, or it is a finding.

Read apart from the forms of the product: only the names of fields and the tables are shared with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from screening.clock import local, now
from screening.domain.protocol.model import Protocol, Question
from screening.extensions import db
from screening.questionnaire.draft_store import unfinished
from screening.records.protocol_versions import current_protocol
from screening.storage.models import Appointment, Call, Disposition, Override, SignOff, VerifiedAnswer
from tests.support.fuzz.checks import cleaned, escape_as_jinja
from tests.support.fuzz.forms import read_forms
from tests.support.fuzz.generator import Sent

Get = Callable[[str], Any]
Fields = dict[str, list[str]]


def differences(app: Flask, sent: Sent, answer: Any, get: Get, visit: UUID) -> list[str] | None:
    """Compares after a request that stored something; None where there was nothing to compare."""
    if answer.status_code != 303 or sent.form is None or sent.method != "POST":
        return None
    endpoint, values = app.url_map.bind("localhost").match(sent.path.decode(), "POST")
    compare = _COMPARE.get(endpoint)
    # Who is on the phone is asked again first; then nothing was stored.
    if compare is None or answer.headers["Location"].partition("?")[0].endswith("/phone"):
        return None
    # Whoever came in by a link of their own answers for another appointment than the one that is looked at here.
    if sent.role == "nobody" and endpoint.startswith("intake."):
        return None
    fields: Fields = {}
    for name, value in sent.pairs:
        fields.setdefault(name, []).append(value)
    stored = _Stored(fields, values, sent, answer.headers["Location"], get, visit)
    with app.app_context():
        compare(stored)
    # A page is asked for afterwards: inside, it would share this context's user and session.
    for look in stored.looks:
        look()
    return stored.found


class _Stored:
    """One request, and where to look for what it left behind."""

    def __init__(
        self, fields: Fields, values: Mapping[str, Any], sent: Sent, location: str, get: Get, visit: UUID
    ) -> None:
        self.fields, self.values, self.sent, self.location = fields, values, sent, location
        self._get, self.visit = get, visit
        self.found: list[str] = []
        self.looks: list[Callable[[], None]] = []

    @property
    def appointment_id(self) -> UUID:
        return UUID(str(self.values["appointment_id"]))

    def typed(self, name: str) -> str:
        return cleaned("".join(self.fields.get(name, [""])))

    def page(self, address: str = "") -> str:
        return escape_as_jinja(self._get(address or self.location).get_data(as_text=True))

    def same(self, what: str, stored: object, typed: object) -> None:
        if stored != typed:
            self.found.append(f"{what}: stored {stored!r}, typed {typed!r}")

    def shows(self, *words: str) -> None:
        self.looks.append(lambda: self._look_for(words))

    def _look_for(self, words: tuple[str, ...]) -> None:
        page = self.page()
        self.found += [f"the page does not show {each!r}" for each in words if escape(each) not in page]


def _booked(stored: _Stored) -> None:
    kept = db.session.get_one(Appointment, UUID(stored.location.partition("?")[0].rpartition("/")[2]))
    starts = local(kept.starts_at)
    now_stored = {
        "contact": kept.patient.contact,
        "day": starts.date().isoformat(),
        "time": f"{starts:%H:%M}",
        "provider": str(kept.provider_id),
    }
    # What was not sent at all stays as the page had it.
    for name in now_stored.keys() & stored.fields.keys():
        stored.same(name, now_stored[name], stored.typed(name))
    stored.same("planned", sorted(kept.planned), sorted(stored.fields.get("planned", [])))
    if "name" in stored.fields:
        stored.same("name", kept.patient.name, stored.typed("name"))
        stored.same("born", kept.patient.birth_date.isoformat(), stored.typed("born"))
    stored.shows(kept.patient.name, kept.patient.contact)


def _call_asked(stored: _Stored) -> None:
    call = db.session.scalars(_calls(stored).where(Call.closed_at.is_(None))).one()
    if call.about != stored.typed("about"):
        stored.same("about", call.about.endswith("\n" + stored.typed("about")), True)
    stored.shows(call.about)


def _call_noted(stored: _Stored) -> None:
    call = db.session.get_one(Call, UUID(stored.typed("call")))
    stored.same("what was said", call.what_was_said, stored.typed("what_was_said"))
    stored.shows(call.what_was_said or "")


def _calls(stored: _Stored) -> Any:
    return select(Call).where(Call.appointment_id == stored.appointment_id)


def _started(stored: _Stored) -> None:
    query = select(Override).where(Override.appointment_id == stored.appointment_id)
    override = db.session.scalars(query).one_or_none()
    if override is None or "reason" not in stored.fields or "session-held" in stored.sent.path.decode():
        return
    stored.same("reason", override.reason, stored.typed("reason"))


def _signed(stored: _Stored) -> None:
    query = select(SignOff).where(SignOff.submission_id == UUID(stored.typed("submission")))
    signed = db.session.scalars(query.order_by(SignOff.signed_at.desc()).limit(1)).one()
    decided = db.session.scalars(select(Disposition).where(Disposition.sign_off_id == signed.id)).all()
    for each in decided:
        mark = each.flag_id.hex
        stored.same("decision", [each.decision], stored.fields[f"decision-{mark}"])
        stored.same("reason", each.reason, stored.typed(f"reason-{mark}"))
        if f"said-{mark}" in stored.sent.form_kinds:
            stored.same("said", each.patient_said, stored.typed(f"said-{mark}"))
    count = len([name for name in stored.fields if name.startswith("decision-")])
    stored.same("how many decisions", len(decided), count)
    stored.shows(*(each.reason for each in decided))


def _verified(stored: _Stored) -> None:
    query = select(VerifiedAnswer).where(VerifiedAnswer.submission_id == UUID(stored.typed("submission")))
    noted = db.session.scalars(query.order_by(VerifiedAnswer.at.desc()).limit(1)).one()
    name, _, device = stored.typed("question").partition(":")
    stored.same("question", (noted.question, str(noted.device or "0")), (name, device or "0"))
    stored.same("source", [noted.source], stored.fields["source"])
    question = current_protocol().questions[name]
    if question.kind in ("text", "number", "one", "place", "many"):
        typed = _answer(question, {question.id: stored.fields.get("answer", [])})
        stored.same("answer", noted.answer, typed)
    if question.kind == "text":
        stored.shows(str(noted.answer))


def _called(stored: _Stored) -> None:
    appointment = db.session.get_one(Appointment, stored.appointment_id)
    kept = unfinished(appointment, now()).draft.calls
    who = {"name": stored.typed("name"), "relation": stored.typed("relation")}
    stored.same("who answers", who in kept.values(), True)


def _answered(stored: _Stored) -> None:
    if stored.typed("step") in ("remove", "another"):
        return
    protocol, form = current_protocol(), stored.sent.form
    assert form is not None
    appointment = db.session.get_one(Appointment, _appointment_of(stored))
    begun = unfinished(appointment, now())
    if not begun.is_begun:
        return
    kept = {**begun.draft.dropped, **begun.draft.answers}
    given = _on_page(stored.typed("page"), kept)
    names = {name.partition("-")[0] for name in form.kinds}
    for question in (protocol.questions[name] for name in names if name in protocol.questions):
        key = question.device_key if stored.typed("page").startswith("device:") else question.id
        typed = _answer(question, stored.fields)
        stored.same(question.id, _in_order(question, given.get(key)), typed)
    stored.looks.append(lambda: _shown_again(stored, protocol, given))


def _appointment_of(stored: _Stored) -> UUID:
    return stored.appointment_id if "appointment_id" in stored.values else stored.visit


def _on_page(key: str, answers: dict[str, Any]) -> dict[str, Any]:
    devices = answers.get("imp.devices")
    if key == "kinds":
        kinds = [each["kind"] for each in devices] if isinstance(devices, list) else [devices]
        return {"imp.kind": list(dict.fromkeys(kinds))}
    if key.startswith("device:") and isinstance(devices, list):
        return dict(devices[int(key.split(":")[1])])
    return answers


def _answer(question: Question, fields: Fields) -> Any:
    """The answer that these fields mean."""
    values = [value for value in fields.get(question.id, []) if value.strip()]
    if question.kind == "date":
        other = fields.get(f"{question.id}-other")
        parts = [
            "".join(fields.get(f"{question.id}-{part}", [])).strip() for part in ("year", "month", "day")
        ]
        if other:
            return other[0]
        return f"{int(parts[0]):04}-{int(parts[1]):02}-{int(parts[2]):02}" if any(parts) else None
    if not values:
        return None
    if question.kind == "number":
        return float(values[0])
    if question.kind == "many" or (question.is_device and question.device_key == "kind"):
        return sorted(values)
    return cleaned(values[0])


def _in_order(question: Question, stored: Any) -> Any:
    if isinstance(stored, list):
        return sorted(stored)
    return float(stored) if question.kind == "number" and stored is not None else stored


def _shown_again(stored: _Stored, protocol: Protocol, given: dict[str, Any]) -> None:
    """The same page, opened again, shows exactly what is stored."""
    address = stored.sent.path.decode()
    for again in read_forms(address, stored.page(address)):
        if again.value("page") != stored.typed("page"):
            continue
        shown: Fields = {}
        for name, value in again.pairs:
            shown.setdefault(name, []).append(value)
        for name in {name.partition("-")[0] for name in again.kinds} & protocol.questions.keys():
            question = protocol.questions[name]
            key = question.device_key if stored.typed("page").startswith("device:") else name
            stored.same(f"{name} as shown", _answer(question, shown), _in_order(question, given.get(key)))


_COMPARE: dict[str, Callable[[_Stored], None]] = {
    "desk.add": _booked,
    "desk.add_another": _booked,
    "desk.change": _booked,
    "desk.ask_for_call": _call_asked,
    "provider.ask_for_call": _call_asked,
    "desk.note_call": _call_noted,
    "provider.start": _started,
    "provider.sign": _signed,
    "provider.verify": _verified,
    "desk.phone": _called,
    "desk.phone_questions": _answered,
    "desk.phone_more": _answered,
    "intake.questions": _answered,
    "intake.more": _answered,
}
