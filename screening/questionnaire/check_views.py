"""The check page, from which the answers are sent: what is stored is what was seen on it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from screening.clock import now
from screening.questionnaire.answer_diff import ChangedAnswer, answers_in_words, changes
from screening.questionnaire.answering_session import Reload, Sitting
from screening.questionnaire.draft_store import draft_from
from screening.questionnaire.forms import SendForm
from screening.questionnaire.summary import dropped_rows, parts
from screening.records.answers import submissions_of, submit
from screening.records.corrections import end_draft, still_holds
from screening.records.protocol_versions import protocol_version
from screening.records.respondents import PHONE
from screening.records.transaction import writing
from screening.storage.models import Submission

AGAIN = "Your page was open for a long time. Your answers are still here: please press {} again."
CHANGED = "Your answers were changed in another window. Please check them again."


@dataclass(frozen=True)
class CorrectionPreview:
    """What a correction would change, against the version that counts now."""

    rows: tuple[ChangedAnswer, ...]
    is_nothing: bool
    """Then there is nothing to send."""


def check_page(reload: Reload) -> ResponseReturnValue:
    """Shows every answer once more, and sends them."""
    form = SendForm()
    if request.method == "POST":
        return _take(reload, form)
    return _shown(reload(), form)


def keep_as_sent(reload: Reload) -> ResponseReturnValue:
    """Ends a correction without sending it; only what was seen is thrown away."""
    form = SendForm()
    form.validate()
    with writing():
        sitting = reload()
        is_seen = form.seen.data == sitting.seen
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
        is_seen = seen == sitting.seen
        is_due = not (sitting.sent or form.is_stale or sitting.journey.left)
        if (
            is_due
            and is_seen
            and not (sitting.corrects and correction_preview(sitting, sitting.corrects).is_nothing)
        ):
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
    draft = sitting.draft
    submit(
        sitting.appointment,
        draft.final,
        draft.key,
        now(),
        by=sitting.by,
        protocol=draft.protocol,
        planned=list(sitting.appointment.planned),
        respondent=sitting.respondent,
        corrects=sitting.corrects,
        kept=_moments(sitting),
    )


def _moments(sitting: Sitting) -> dict[str, str]:
    """What a correction leaves as it was, and what was kept from an earlier visit, stays as old as it was."""
    if sitting.corrects is None:
        return sitting.draft.returning.moments
    before, answers = sitting.corrects.answers, sitting.draft.final
    moments = sitting.draft.moments
    return {name: given for name, given in moments.items() if answers.get(name) == before.get(name)}


def correction_preview(sitting: Sitting, corrects: Submission) -> CorrectionPreview:
    protocol, answers = sitting.draft.protocol, sitting.draft.final
    before = answers_in_words(protocol_version(corrects.protocol_digest), corrects.answers)
    is_same = answers == corrects.answers and protocol.digest == corrects.protocol_digest
    # The same answer given again makes a difference where the first one no longer held.
    was_asked_again = any(not still_holds(protocol, corrects, name, now()) for name in answers)
    return CorrectionPreview(
        tuple(changes(before, answers_in_words(protocol, answers))),
        is_nothing=is_same and not was_asked_again,
    )


def _send_words(sitting: Sitting) -> str:
    return sitting.voice.send_changes if sitting.corrects else sitting.voice.send


def _shown(sitting: Sitting, form: SendForm) -> ResponseReturnValue:
    if sitting.sent:
        return redirect(sitting.places.done(), 303)
    journey, left = sitting.journey, sitting.journey.left
    if left:
        return redirect(sitting.places.of(left), 303)
    errors = form.problems()
    page = render_template(
        "questionnaire/check.html",
        layout=sitting.layout,
        sitting=sitting,
        voice=sitting.voice,
        errors=errors,
        difference=correction_preview(sitting, sitting.corrects) if sitting.corrects else None,
        send=_send_words(sitting),
        parts=parts(journey),
        dropped=dropped_rows(sitting.draft),
        place_of=sitting.places.question,
        back=sitting.places.question(journey.pages[-1].position),
        mark=sitting.mark,
        seen=sitting.seen,
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
        parts=parts(draft_from(sent).journey),
    )
    return page, 409
