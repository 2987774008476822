"""A patient's unfinished answers, as they are kept between pages. Knows no web and no database.

Only answers that passed their page are here. An answer whose parent changed is moved to `dropped`, to be shown as
dropped; it is never brought back by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from screening.domain.earlier_answers import NOTHING_TOLD, Recap
from screening.domain.protocol.answers import AnswerError, checked_answers, pruned
from screening.domain.protocol.model import Protocol
from screening.questionnaire.earlier_answers import FIRST_VISIT, Returning, resumed, with_kept
from screening.questionnaire.routing import Journey, devices_answer, kinds_of


@dataclass(frozen=True)
class DraftContent:
    protocol: Protocol = field(repr=False)
    """The version on which the answers are given; its digest is stored with them."""
    key: UUID = field(default_factory=uuid4)
    """Sent along with the answers, so that sending twice stores once."""
    answers: Mapping[str, Any] = field(default_factory=dict)
    dropped: Mapping[str, Any] = field(default_factory=dict)
    returning: Returning = FIRST_VISIT
    """What the patient told last time, and what they said of it now."""
    corrects: UUID | None = None
    """The submission that these answers replace once they are sent."""
    moments: Mapping[str, str] = field(default_factory=dict)
    """Answers that were taken over from it: question id, and when it was given."""
    calls: Mapping[str, Any] = field(default_factory=dict)
    """Who answers on the phone, by the member of staff who types."""

    @cached_property
    def journey(self) -> Journey:
        return Journey(self.protocol, self.answers, self.returning)

    @cached_property
    def final(self) -> dict[str, Any]:
        """The answers as they would be sent now."""
        return pruned(self.protocol, checked_answers(self.protocol, self.answers))[0]

    def as_json(self) -> dict[str, Any]:
        """Kept answers are not in it: each time that it is read, they come from where they were signed."""
        held = self.returning.held
        return {
            "key": str(self.key),
            "digest": self.protocol.digest,
            "answers": {name: answer for name, answer in self.answers.items() if name not in held},
            "dropped": dict(self.dropped),
            "recap": self.returning.recap.mark if self.returning.said else "",
            "unchanged": dict(self.returning.said),
            "corrects": str(self.corrects) if self.corrects else None,
            "kept": dict(self.moments),
            "calls": dict(self.calls),
        }


def restored(
    protocol: Protocol, stored: Mapping[str, Any] | None, recap: Recap = NOTHING_TOLD
) -> DraftContent:
    """The draft as it was stored; what a newer protocol no longer knows is dropped and asked again.

    `recap` is what can be kept now: what was said of other old answers, or of some that ended, is asked again.
    """
    if not stored:
        return _resumed(DraftContent(protocol), FIRST_VISIT, recap)
    draft = DraftContent(
        protocol,
        key=UUID(stored["key"]),
        answers=stored["answers"],
        dropped=stored["dropped"],
        corrects=UUID(stored["corrects"]) if stored.get("corrects") else None,
        moments=stored.get("kept") or {},
        calls=stored.get("calls") or {},
    )
    draft = draft if stored["digest"] == protocol.digest else _moved(draft)
    said = Returning(Recap(stored.get("recap", "")), stored.get("unchanged", {}))
    return _resumed(draft, said, recap)


def settled(draft: DraftContent, answers: Mapping[str, Any]) -> DraftContent:
    """Prunes the answers and notes what fell away; an answer given again is no longer a dropped one."""
    left, names = pruned(draft.protocol, answers)
    fallen = {name: answers[name] for name in names if name in answers}
    earlier = {name: answer for name, answer in draft.dropped.items() if name not in left}
    devices = draft.protocol.devices_question
    if devices and devices.id in draft.dropped and devices.id in left:
        now = kinds_of(devices_answer(draft.protocol, left))
        gone = [device for device in listed(draft.dropped[devices.id]) if device.get("kind") not in now]
        earlier |= {devices.id: gone} if gone else {}
    return replace(draft, answers=left, dropped=earlier | fallen)


def listed(devices: Any) -> list[dict[str, Any]]:
    """The devices, where the answer is a list of them."""
    return list(devices) if isinstance(devices, list) else []


def _resumed(draft: DraftContent, said: Returning, recap: Recap) -> DraftContent:
    returning = resumed(said, recap, draft.answers)
    return replace(draft, answers=with_kept(FIRST_VISIT, returning, draft.answers), returning=returning)


def _moved(draft: DraftContent) -> DraftContent:
    """The draft under a newer protocol version: answers that it does not know are asked again."""
    known: dict[str, Any] = {}
    for name, answer in draft.answers.items():
        try:
            known |= checked_answers(draft.protocol, {name: answer})
        except AnswerError:
            continue
    dropped = {name: answer for name, answer in draft.dropped.items() if name in draft.protocol.questions}
    return settled(replace(draft, dropped=dropped), known)
