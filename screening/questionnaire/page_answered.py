"""What a page does to a draft: its answers replace those given there before, and what hangs on them may fall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from screening.domain.protocol.conditions import Answers
from screening.domain.protocol.vocabulary import IN_PERSON, MOST_DEVICES
from screening.questionnaire.draft import DraftContent, listed, settled
from screening.questionnaire.earlier_answers import hearing, with_kept
from screening.questionnaire.routing import KINDS_PAGE, Page, kind_question, kinds_of


def with_page(draft: DraftContent, page: Page, given: Mapping[str, Any]) -> DraftContent:
    """The draft after a page."""
    if page.key == KINDS_PAGE:
        return _with_kinds(draft, given.get(kind_question(draft.protocol).id) or [])
    if page.device is not None:
        return _with_device(draft, page, page.device, given)
    if page.position == 0:
        draft = _heard(draft, given)
    asked = {question.id for question in page.questions}
    others = {name: answer for name, answer in draft.answers.items() if name not in asked}
    new = {name: answer for name, answer in given.items() if name in draft.protocol.questions}
    return settled(draft, others | new)


def with_another(draft: DraftContent, page: Page) -> DraftContent:
    """One more device of the same kind, right after this one."""
    devices = list(draft.journey.devices)
    if page.device is None or len(devices) >= MOST_DEVICES:
        return draft
    devices.insert(page.device + 1, {"kind": devices[page.device]["kind"]})
    return _with_devices(draft, devices)


def without_device(draft: DraftContent, page: Page) -> DraftContent:
    devices = list(draft.journey.devices)
    if page.device is None:
        return draft
    removed = devices.pop(page.device)
    return _removing(_with_devices(draft, devices), [removed])


def _heard(draft: DraftContent, given: Mapping[str, Any]) -> DraftContent:
    """What was answered anew falls where the patient says after all that nothing has changed."""
    before, after = draft.returning, hearing(draft.returning, given)
    answers = with_kept(before, after, draft.answers)
    fallen = {name: answer for name, answer in draft.answers.items() if name in after.held - before.held}
    return replace(draft, answers=answers, dropped=dict(draft.dropped) | fallen, returning=after)


def _with_kinds(draft: DraftContent, ticked: list[str]) -> DraftContent:
    """Devices whose kind is still ticked stay as they are; the others go, and new kinds come after them."""
    before = draft.journey.devices
    if ticked == [IN_PERSON]:
        return _removing(_with_devices(draft, IN_PERSON), before)
    staying = [device for device in before if device.get("kind") in ticked]
    known = kinds_of(staying)
    devices = staying + [{"kind": kind} for kind in ticked if kind not in known]
    removed = [device for device in before if device.get("kind") not in ticked]
    return _removing(_with_devices(draft, devices), removed)


def _with_device(draft: DraftContent, page: Page, place: int, given: Mapping[str, Any]) -> DraftContent:
    devices = list(draft.journey.devices)
    asked = {question.device_key for question in page.questions}
    others = {name: answer for name, answer in devices[place].items() if name not in asked}
    by_key = {question.device_key: given[question.id] for question in page.questions if question.id in given}
    devices[place] = others | by_key
    return _with_devices(draft, devices)


def _with_devices(draft: DraftContent, devices: Sequence[Answers] | str) -> DraftContent:
    question = draft.protocol.devices_question
    if question is None:
        return draft
    others = {name: answer for name, answer in draft.answers.items() if name != question.id}
    return settled(draft, others | {question.id: devices} if devices else others)


def _removing(draft: DraftContent, removed: Sequence[Answers]) -> DraftContent:
    """Removed devices are shown as dropped, those with nothing said about them are not worth a line."""
    question = draft.protocol.devices_question
    told = [dict(device) for device in removed if len(device) > 1]
    if question is None or not told:
        return draft
    earlier = draft.dropped.get(question.id)
    return replace(draft, dropped=dict(draft.dropped) | {question.id: listed(earlier) + told})
