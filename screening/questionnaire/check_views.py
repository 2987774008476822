"""The check page, from which the answers are sent: what is stored is what was seen on it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from screening.clock import now
from screening.domain.protocol.answers import checked_answers, pruned
from screening.questionnaire.answer_diff import Change, changes, told
from screening.questionnaire.answering_session import Reload, Sitting
from screening.questionnaire.draft import Draft, all_pages, page_left
from screening.questionnaire.draft_store import draft_from
from screening.questionnaire.forms import SendForm
from screening.questionnaire.summary import dropped_rows, parts
from screening.records.answers import digest_of, submissions_of, submit
from screening.records.corrections import end_draft, still_holds
from screening.records.protocol_versions import current_protocol, protocol_version
from screening.records.respondents import PHONE
from screening.records.transaction import writing
from screening.storage.models import Submission

AGAIN = "Your page was open for a long time. Your answers are still here: please press {} again."
CHANGED = "Your answers were changed in another window. Please check them again."


@dataclass(frozen=True)
class Difference:
    """What a correction would change, against the version that counts now."""

    rows: tuple[Change, ...]
    is_nothing: bool
    """Then there is nothing to send."""


def check(reload: Reload) -> ResponseReturnValue:
    """Shows every answer once more, and sends them."""
    form = SendForm()
    if request.method == "POST":
        return _take(reload, form)
    return _shown(reload(), form)


def keep(reload: Reload) -> ResponseReturnValue:
    """Ends a correction without sending it; only what was seen is thrown away."""
    form = SendForm()
    form.validate()
    with writing():
        sitting = reload()
        is_seen = form.seen.data == mark_of_draft(sitting.draft)
        if sitting.corrects and is_seen and not form.is_stale:
            end_draft(sitting.appointment, now(), sitting.by)
            return redirect(sitting.places.done(), 303)
    if sitting.corrects:
        form.page_error = AGAIN.format(sitting.voice.keep) if form.is_stale else CHANGED
    return _shown(sitting, form)


def _take(reload: Reload, form: SendForm) -> ResponseReturnValue:
    form.validate()
    seen = str(form.seen.data or "")
    with writing():
        sitting = reload()
        is_seen = seen == mark_of_draft(sitting.draft)
        is_due = not (sitting.sent or form.is_stale or page_left(current_protocol(), sitting.draft))
        if is_due and is_seen and not (sitting.corrects and difference(sitting, sitting.corrects).is_nothing):
            _send(sitting)
            return redirect(sitting.places.done(), 303)
    if sitting.sent:
        done = redirect(sitting.places.done(), 303)
        return done if _was_sent(sitting, seen, request.form.get("draft", "")) else _overtaken(sitting)
    if form.is_stale:
        form.page_error = AGAIN.format(_send_words(sitting))
    elif not is_seen:
        form.page_error = CHANGED
    return _shown(sitting, form)


def _was_sent(sitting: Sitting, seen: str, key: str) -> bool:
    """Whether exactly what was seen is stored, though others may have corrected it since (L9)."""
    mark = seen.partition(".")[0]
    return any(
        each.answers_digest == mark and key == str(each.idempotency_key)
        for each in submissions_of(sitting.appointment.id)
    )


def _send(sitting: Sitting) -> None:
    protocol = current_protocol()
    answers = _final(sitting.draft)
    submit(
        sitting.appointment,
        answers,
        sitting.draft.key,
        now(),
        by=sitting.by,
        protocol=protocol,
        planned=list(sitting.appointment.planned),
        respondent=sitting.respondent,
        corrects=sitting.corrects,
        kept=_kept(sitting, answers),
    )


def _final(draft: Draft) -> dict[str, Any]:
    protocol = current_protocol()
    return pruned(protocol, checked_answers(protocol, draft.answers))[0]


def _kept(sitting: Sitting, answers: Mapping[str, Any]) -> dict[str, str]:
    """What a correction leaves as it was, and what was kept from an earlier visit, stays as old as it was."""
    if sitting.corrects is None:
        return sitting.draft.returning.moments
    before = sitting.corrects.answers
    return {
        name: given for name, given in sitting.draft.kept.items() if answers.get(name) == before.get(name)
    }


def difference(sitting: Sitting, corrects: Submission) -> Difference:
    protocol = current_protocol()
    answers = _final(sitting.draft)
    before = told(protocol_version(corrects.protocol_digest), corrects.answers)
    is_same = answers == corrects.answers and protocol.digest == corrects.protocol_digest
    # The same answer given again makes a difference where the first one no longer held.
    was_asked_again = any(not still_holds(protocol, corrects, name, now()) for name in answers)
    return Difference(
        tuple(changes(before, told(protocol, answers))), is_nothing=is_same and not was_asked_again
    )


def mark_of_draft(draft: Draft) -> str:
    """Stands for everything on the check page, so that what is sent is what was seen.

    Its first part is the mark of the answers alone, by which they are known again once they were sent.
    """
    said = draft.returning.on_page
    rest = json.dumps(
        [str(draft.key), str(draft.corrects), draft.digest, draft.dropped, said], sort_keys=True
    )
    return f"{digest_of(_final(draft))}.{hashlib.sha256(rest.encode()).hexdigest()[:32]}"


def _send_words(sitting: Sitting) -> str:
    return sitting.voice.send_changes if sitting.corrects else sitting.voice.send


def _shown(sitting: Sitting, form: SendForm) -> ResponseReturnValue:
    if sitting.sent:
        return redirect(sitting.places.done(), 303)
    protocol = current_protocol()
    left = page_left(protocol, sitting.draft)
    if left:
        return redirect(sitting.places.of(left), 303)
    errors = form.problems()
    last = len(all_pages(protocol, sitting.draft)) - 1
    page = render_template(
        "questionnaire/check.html",
        layout=sitting.layout,
        sitting=sitting,
        voice=sitting.voice,
        errors=errors,
        difference=difference(sitting, sitting.corrects) if sitting.corrects else None,
        send=_send_words(sitting),
        parts=parts(protocol, sitting.draft),
        dropped=dropped_rows(protocol, sitting.draft),
        place_of=sitting.places.question,
        back=sitting.places.question(last),
        mark=sitting.mark,
        seen=mark_of_draft(sitting.draft),
    )
    return page, 422 if errors else 200


def _overtaken(sitting: Sitting) -> ResponseReturnValue:
    """Others sent other answers while this page was open: these count now, and are shown."""
    sent = sitting.sent
    assert sent is not None
    page = render_template(
        "questionnaire/overtaken.html",
        layout=sitting.layout,
        sitting=sitting,
        is_by_phone=sent.channel == PHONE,
        parts=parts(current_protocol(), draft_from(sent)),
    )
    return page, 409
