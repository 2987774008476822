"""A clinic in which every text was typed by somebody hostile: names, answers, notes, reasons, words of the protocol."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import yaml
from sqlalchemy import select

from screening.clock import local, now, today, zone
from screening.domain.decisions import Decided, Decision
from screening.domain.protocol.loading import acupuncture, parse
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.tree import read_tree
from screening.extensions import db
from screening.questionnaire.draft import DraftContent
from screening.records.actors import Actor
from screening.records.answers import save_draft, submit
from screening.records.appointments import add_appointment, change_appointment
from screening.records.calls import ask_for_call, close_call
from screening.records.links import issue_link
from screening.records.protocol_releases import publish
from screening.records.protocol_versions import current_protocol
from screening.records.respondents import PHONE, Respondent
from screening.records.review import sign_off
from screening.records.sessions import start_session
from screening.records.transaction import writing
from screening.records.verified_answers import verify_answer
from screening.storage.models import Appointment, Submission, User
from tests.support.factories import anew
from tests.support.payloads import PAYLOADS, every_way_out, everything, in_parts

BORN = date(1980, 3, 27)
_AT_ONCE, _TEXTS = 4, 5


@dataclass(frozen=True)
class Visit:
    """An appointment, and every text that somebody typed for it."""

    id: UUID
    texts: tuple[str, ...]
    token: str

    @property
    def is_everything(self) -> bool:
        return len(self.texts) == 1


@dataclass(frozen=True)
class Hostile:
    names_on: date
    """The day on which each patient is called one payload."""
    visits_on: date
    visits: tuple[Visit, ...]
    """Of each of them every field holds a payload; of the first, every field holds all."""


class _People:
    def __init__(self) -> None:
        found = {user.email.partition("@")[0]: user for user in db.session.scalars(select(User))}
        self.desk = self._actor(found["desk"], "front-desk")
        self.provider = self._actor(found["provider"], "provider")
        self.lead = self._actor(found["lead"], "clinical-lead")

    def _actor(self, user: User, kind: str) -> Actor:
        assert user.id is not None
        return Actor(kind, user.id, user.name)


def call_staff(text: str) -> None:
    """Every account is called so, from now on."""
    with writing():
        for user in db.session.scalars(select(User)):
            user.name = f"{user.email} {text}"


def fill() -> Hostile:
    people = _People()
    day = today() + timedelta(days=1)
    with writing():
        for number, payload in enumerate(PAYLOADS):
            _booked(people, day, number, payload)
    texts = ["\n".join(part) for part in in_parts(_AT_ONCE)]
    visits_with = [
        (everything(),),
        *(tuple(texts[start : start + _TEXTS]) for start in range(0, len(texts), _TEXTS)),
    ]
    visits = [
        _lived(people, day + timedelta(days=1), number, part) for number, part in enumerate(visits_with)
    ]
    return Hostile(day, day + timedelta(days=1), tuple(visits))


def _booked(people: _People, day: date, number: int, text: str) -> Appointment:
    assert people.provider.user_id is not None
    return add_appointment(
        name=text,
        birth_date=BORN,
        contact=text,
        starts_at=datetime.combine(day, time(8 + number // 60, number % 60), zone()),
        provider_id=people.provider.user_id,
        planned=("MA",),
        at=now(),
        by=people.desk,
    )


def _lived(people: _People, day: date, number: int, texts: tuple[str, ...]) -> Visit:
    """Calls, answers by phone with corrections, signatures, verified answers, and a start against the gate."""
    with writing():
        appointment = _booked(people, day, number, texts[0])
        token = issue_link(anew(appointment), now(), people.desk)
        for text in texts:
            _called(people, appointment, text)
            _decided(people, _answered(people, appointment, text), text)
        ask_for_call(anew(appointment), "\n".join(texts), now(), people.desk)
        return Visit(appointment.id, texts, token)


def new_visit(texts: tuple[str, ...]) -> Visit:
    return _lived(_People(), today() + timedelta(days=3), 0, texts)


def answer_again(visit: Visit) -> None:
    """New answers that nobody has signed."""
    with writing():
        _answered(_People(), db.session.get_one(Appointment, visit.id), visit.texts[-1])


def answer_differently(visit: Visit) -> None:
    """What raised the flags is gone, and other flags are there."""
    other = {"preg.status": "not-sure", "bleed.condition": "no", "bleed.medicine": ["none"], "imp.any": "no"}
    people = _People()
    with writing():
        appointment = db.session.get_one(Appointment, visit.id)
        _answered(
            people, appointment, visit.texts[-1], other | {"also": ["none"], "ask.provider": visit.texts[-1]}
        )


def change_contact(visit: Visit, text: str) -> None:
    with writing():
        appointment = db.session.get_one(Appointment, visit.id)
        change_appointment(
            anew(appointment),
            contact=text,
            starts_at=appointment.starts_at,
            provider_id=appointment.provider_id,
            planned=appointment.planned,
            at=now(),
            by=_People().desk,
        )


def link_with_draft(text: str) -> str:
    """A patient who has written this wherever something can be written, and has not sent it."""
    people = _People()
    with writing():
        appointment = _booked(people, today(), 700, text)
        draft = DraftContent(current_protocol(), answers=answers_with(text))
        save_draft(appointment, draft.as_json(), now())
        return issue_link(anew(appointment), now(), people.desk)


def begin_sessions(visits: Iterable[Visit]) -> None:
    """Against the gate: the last answers of each are not signed."""
    people = _People()
    with writing():
        for visit in visits:
            appointment = db.session.get_one(Appointment, visit.id)
            _answered(people, appointment, visit.texts[-1])
            start_session(anew(appointment), now(), people.provider, "\n".join(visit.texts))


def answers_with(text: str) -> dict[str, Any]:
    """The text stands wherever a patient writes."""
    device = {"kind": "other", "text": text, "loc": "spine", "date": "over-1-year", "state": "working"}
    return {
        "preg.status": "no",
        "bleed.condition": "other",
        "bleed.condition.text": text,
        "bleed.medicine": ["other"],
        "bleed.medicine.text": text,
        "bleed.why": "other",
        "imp.any": "yes",
        "imp.devices": [device | {"issue": "no", "card": "yes"}],
        "also": ["none"],
        "ask.provider": text,
    }


def _called(people: _People, appointment: Appointment, text: str) -> None:
    ask_for_call(anew(appointment), text, now(), people.desk)
    visit = anew(appointment)
    assert visit.call is not None
    close_call(visit, visit.call, text, now(), people.desk)


def _answered(
    people: _People, appointment: Appointment, text: str, answers: dict[str, Any] | None = None
) -> Submission:
    assert people.desk.user_id is not None
    visit = anew(appointment)
    return submit(
        appointment,
        answers or answers_with(text),
        uuid4(),
        now(),
        by=people.desk,
        protocol=current_protocol(),
        planned=appointment.planned,
        respondent=Respondent(PHONE, text, text, people.desk.user_id),
        corrects=visit.submission,
    )


def _decided(people: _People, submission: Submission, text: str) -> None:
    visit = anew(submission.appointment_id)
    for question, device in (("ask.provider", None), ("bleed.medicine.text", None), ("imp.kind.text", 0)):
        verify_answer(visit, submission.id, question, device, text, "said", now(), people.provider)
    decided = Decided(Decision.ADAPT, text, text)
    decisions = {flag_id: decided for flag_id, _ in visit.flags}
    sign_off(visit, submission.id, decisions, visit.signing_digest, now(), people.provider)


_WORDS = (
    "wording help why label term group task unsure_label in_person_label title name citation year covers "
    "reason advice contested support_note text link"
)


def hostile_protocol(text: str) -> Protocol:
    """The product's own protocol in which every text that anybody reads goes on with something hostile."""
    plain: dict[str, Any] = json.loads(json.dumps(read_tree(acupuncture().text)))
    changed: dict[str, Any] = _with(plain, text)
    changed["patient_texts"] = {name: f"{words} {text}" for name, words in plain["patient_texts"].items()}
    changed["version"] = "2"
    for rule in changed["rules"]:
        rule["where"] = {code: text for code, effect in rule["effects"].items() if effect != "ok"}
    return parse(yaml.safe_dump(changed, allow_unicode=True, sort_keys=False, width=10_000))


def _with(value: Any, text: str, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _with(inner, text, str(name)) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with(inner, text) for inner in value]
    return f"{value} {text}" if key in _WORDS.split() and isinstance(value, str) else value


def publish_hostile_protocol() -> Protocol:
    protocol = hostile_protocol(every_way_out())
    with writing():
        publish(protocol, everything(), now(), _People().lead)
    return protocol


def day_of(visit: Visit) -> str:
    return local(db.session.get_one(Appointment, visit.id).starts_at).date().isoformat()


def shipped_digest() -> str:
    return acupuncture().digest
