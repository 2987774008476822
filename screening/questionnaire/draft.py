"""A patient's page_left answers, as they are kept between pages. Knows no web and no database.

Only answers that passed their page are here. An answer whose parent changed is moved to `dropped`, to be shown as
dropped; it is never brought back by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from screening.domain.earlier_answers import NOTHING_TOLD, Recap
from screening.domain.protocol.answers import AnswerError, checked_answers, pruned
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.vocabulary import IN_PERSON, MOST_DEVICES
from screening.questionnaire.earlier_answers import NOBODY, Returning, hearing, resumed, with_kept
from screening.questionnaire.routing import (
    KINDS,
    Page,
    devices_answer,
    devices_of,
    kind_question,
    kinds_of,
    next_page,
    page_answers,
    pages,
)


@dataclass(frozen=True)
class Draft:
    key: UUID = field(default_factory=uuid4)
    """Sent along with the answers, so that sending twice stores once."""
    digest: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    dropped: Mapping[str, Any] = field(default_factory=dict)
    returning: Returning = NOBODY
    """What the patient told last time, and what they said of it now."""
    corrects: UUID | None = None
    """The submission that these answers replace once they are sent."""
    kept: Mapping[str, str] = field(default_factory=dict)
    """Answers that were taken over from it: question id, and when it was given."""
    calls: Mapping[str, Any] = field(default_factory=dict)
    """Who answers on the phone, by the member of staff who types."""

    def as_json(self) -> dict[str, Any]:
        """Kept answers are not in it: each time that it is read, they come from where they were signed."""
        held = self.returning.held
        return {
            "key": str(self.key),
            "digest": self.digest,
            "answers": {name: answer for name, answer in self.answers.items() if name not in held},
            "dropped": dict(self.dropped),
            "recap": self.returning.recap.mark if self.returning.said else "",
            "unchanged": dict(self.returning.said),
            "corrects": str(self.corrects) if self.corrects else None,
            "kept": dict(self.kept),
            "calls": dict(self.calls),
        }


def read(protocol: Protocol, stored: Mapping[str, Any] | None, recap: Recap = NOTHING_TOLD) -> Draft:
    """The draft as it was stored; what a newer protocol no longer knows is dropped and asked again.

    `recap` is what can be kept now: what was said of other old answers, or of some that ended, is asked again.
    """
    if not stored:
        return _resumed(Draft(digest=protocol.digest), NOBODY, recap)
    draft = Draft(
        key=UUID(stored["key"]),
        digest=stored["digest"],
        answers=stored["answers"],
        dropped=stored["dropped"],
        corrects=UUID(stored["corrects"]) if stored.get("corrects") else None,
        kept=stored.get("kept") or {},
        calls=stored.get("calls") or {},
    )
    draft = draft if draft.digest == protocol.digest else _moved(protocol, draft)
    said = Returning(Recap(stored.get("recap", "")), stored.get("unchanged", {}))
    return _resumed(draft, said, recap)


def _resumed(draft: Draft, said: Returning, recap: Recap) -> Draft:
    returning = resumed(said, recap, draft.answers)
    return replace(draft, answers=with_kept(NOBODY, returning, draft.answers), returning=returning)


def with_page(protocol: Protocol, draft: Draft, page: Page, given: Mapping[str, Any]) -> Draft:
    """The draft after a page: its answers replace those given there before, and what hangs on them may fall."""
    if page.key == KINDS:
        return _with_kinds(protocol, draft, given.get(kind_question(protocol).id) or [])
    if page.device is not None:
        return _with_device(protocol, draft, page, given)
    if page.position == 0:
        draft = _heard(draft, given)
    asked = {question.id for question in page.questions}
    kept = {name: answer for name, answer in draft.answers.items() if name not in asked}
    new = {name: answer for name, answer in given.items() if name in protocol.questions}
    return _settled(protocol, draft, kept | new)


def _heard(draft: Draft, given: Mapping[str, Any]) -> Draft:
    """What was answered anew falls where the patient says after all that nothing has changed."""
    before, after = draft.returning, hearing(draft.returning, given)
    answers = with_kept(before, after, draft.answers)
    fallen = {name: answer for name, answer in draft.answers.items() if name in after.held - before.held}
    return replace(draft, answers=answers, dropped=dict(draft.dropped) | fallen, returning=after)


def with_another(protocol: Protocol, draft: Draft, page: Page) -> Draft:
    """One more device of the same kind, right after this one."""
    devices = devices_of(protocol, draft.answers)
    if page.device is None or len(devices) >= MOST_DEVICES:
        return draft
    devices.insert(page.device + 1, {"kind": devices[page.device]["kind"]})
    return _with_devices(protocol, draft, devices)


def without_device(protocol: Protocol, draft: Draft, page: Page) -> Draft:
    devices = devices_of(protocol, draft.answers)
    if page.device is None:
        return draft
    removed = devices.pop(page.device)
    return _removing(protocol, _with_devices(protocol, draft, devices), [removed])


def find(protocol: Protocol, draft: Draft, key: str) -> Page | None:
    return next((page for page in all_pages(protocol, draft) if page.key == key), None)


def page_left(protocol: Protocol, draft: Draft) -> Page | None:
    """The first page on which something is still to be answered."""
    return next_page(protocol, draft.answers, draft.returning)


def all_pages(protocol: Protocol, draft: Draft) -> tuple[Page, ...]:
    return pages(protocol, draft.answers, draft.returning)


def filled_in(protocol: Protocol, draft: Draft, page: Page) -> dict[str, Any]:
    """What was answered on a page during this visit."""
    return page_answers(protocol, page, {**draft.answers, **draft.returning.on_page})


def _with_kinds(protocol: Protocol, draft: Draft, ticked: list[str]) -> Draft:
    """Devices whose kind is still ticked stay as they are; the others go, and new kinds come after them."""
    before = devices_of(protocol, draft.answers)
    if ticked == [IN_PERSON]:
        return _removing(protocol, _with_devices(protocol, draft, IN_PERSON), before)
    kept = [device for device in before if device.get("kind") in ticked]
    known = kinds_of(kept)
    devices = kept + [{"kind": kind} for kind in ticked if kind not in known]
    removed = [device for device in before if device.get("kind") not in ticked]
    return _removing(protocol, _with_devices(protocol, draft, devices), removed)


def _with_device(protocol: Protocol, draft: Draft, page: Page, given: Mapping[str, Any]) -> Draft:
    devices = devices_of(protocol, draft.answers)
    place = page.device or 0
    asked = {question.device_key for question in page.questions}
    kept = {name: answer for name, answer in devices[place].items() if name not in asked}
    by_key = {question.device_key: given[question.id] for question in page.questions if question.id in given}
    devices[place] = kept | by_key
    return _with_devices(protocol, draft, devices)


def _with_devices(protocol: Protocol, draft: Draft, devices: list[dict[str, Any]] | str) -> Draft:
    question = protocol.devices_question
    if question is None:
        return draft
    others = {name: answer for name, answer in draft.answers.items() if name != question.id}
    return _settled(protocol, draft, others | {question.id: devices} if devices else others)


def _removing(protocol: Protocol, draft: Draft, removed: list[dict[str, Any]]) -> Draft:
    """Removed devices are shown as dropped, those with nothing said about them are not worth a line."""
    question = protocol.devices_question
    told = [device for device in removed if len(device) > 1]
    if question is None or not told:
        return draft
    earlier = draft.dropped.get(question.id)
    return replace(draft, dropped=dict(draft.dropped) | {question.id: _list(earlier) + told})


def _settled(protocol: Protocol, draft: Draft, answers: Mapping[str, Any]) -> Draft:
    """Prunes the answers and notes what fell away; an answer given again is no longer a dropped one."""
    kept, names = pruned(protocol, answers)
    fallen = {name: answers[name] for name in names if name in answers}
    earlier = {name: answer for name, answer in draft.dropped.items() if name not in kept}
    devices = protocol.devices_question
    if devices and devices.id in draft.dropped and devices.id in kept:
        now = kinds_of(devices_answer(protocol, kept))
        gone = [device for device in _list(draft.dropped[devices.id]) if device.get("kind") not in now]
        earlier |= {devices.id: gone} if gone else {}
    return replace(draft, digest=protocol.digest, answers=kept, dropped=earlier | fallen)


def _list(value: Any) -> list[dict[str, Any]]:
    return list(value) if isinstance(value, list) else []


def _moved(protocol: Protocol, draft: Draft) -> Draft:
    """The draft under a newer protocol version: answers that it does not know are asked again."""
    known: dict[str, Any] = {}
    for name, answer in draft.answers.items():
        try:
            known |= checked_answers(protocol, {name: answer})
        except AnswerError:
            continue
    dropped = {name: answer for name, answer in draft.dropped.items() if name in protocol.questions}
    return _settled(protocol, replace(draft, dropped=dropped), known)
