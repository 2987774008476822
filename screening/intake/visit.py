"""Who is answering: the link in the patient's session, checked again on every request."""

from __future__ import annotations

import hashlib
from uuid import UUID

from flask import render_template, request, session, url_for

from screening.clock import now
from screening.questionnaire.answering_session import Places, Sitting
from screening.questionnaire.draft_store import unfinished
from screening.records.actors import PATIENT
from screening.records.answers import latest_submission
from screening.records.links import find_by_id, link_problem
from screening.storage.models import Link, Submission
from screening.web.sessions import current_session

STOPPED = {
    "unasked": (
        403,
        "Please open your link again",
        "For your privacy this page was closed. Every page that you finished is kept.",
    ),
    "another": (
        409,
        "Please open your link again",
        "Another form was opened in this browser, so nothing on this page was saved.",
    ),
    "expired": (
        410,
        "This link has ended",
        "The time for this link is over. What you answered so far is kept.",
    ),
    "given-back": (
        410,
        "The tablet was given back",
        "For your privacy this form was closed. What was sent before is kept.",
    ),
    "guessed": (
        429,
        "Please try again later",
        "Many wrong dates of birth came from where you are. To protect all patients we wait for an hour.",
    ),
    "replaced": (
        410,
        "This link was replaced",
        "We sent you a newer link: please use that one. What you answered so far is kept.",
    ),
    "cancelled": (410, "This appointment was cancelled", "There is nothing for you to answer."),
    "begun": (
        410,
        "Your session has begun",
        "Your answers can no longer be changed here. If one of them is not right, please tell your provider now.",
    ),
    "closed": (
        410,
        "This link is closed",
        "The date of birth did not match several times, so we closed this link to protect your answers.",
    ),
}


class Stopped(Exception):
    """The patient cannot go on with this link; the page says kindly why, and how to reach the clinic."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


def mark_of_link(link_id: UUID) -> str:
    return hashlib.sha256(str(link_id).encode()).hexdigest()[:16]


def is_on_tablet() -> bool:
    """Whether this is the clinic's own tablet, which is to forget who used it."""
    return bool(session.get("tablet"))


def open_visit(link: Link) -> None:
    session.clear()
    current_session().renew()
    session["link"] = str(link.id)
    if link.is_for_tablet:
        session["tablet"] = True


def confirm_visit(link: Link) -> None:
    session["confirmed"] = str(link.id)


def must_have_come_by_link() -> None:
    """Who did not is told so before anything waits for the lock."""
    if "link" not in session:
        raise Stopped("unasked")


def linked() -> Link:
    """The link of this session while it can be used."""
    link = find_by_id(UUID(session["link"])) if "link" in session else None
    if link is None:
        raise Stopped("unasked")
    problem = link_problem(link, now())
    if problem:
        raise Stopped(problem)
    if request.method == "POST" and request.form.get("visit") != mark_of_link(link.id):
        raise Stopped("another")
    return link


def is_confirmed(link: Link) -> bool:
    return bool(session.get("confirmed") == str(link.id))


def current_visit() -> Sitting:
    link = linked()
    if not is_confirmed(link):
        raise Stopped("unasked")
    open_now = unfinished(link.appointment, now())
    return Sitting(
        appointment=link.appointment,
        draft=open_now.draft,
        sent=None if open_now.corrects else _counts(link, open_now.latest),
        mark=mark_of_link(link.id),
        by=PATIENT,
        layout="base.html",
        places=PLACES,
        is_begun=open_now.is_begun,
        corrects=open_now.corrects,
    )


def place_of(position: int) -> str:
    return url_for("intake.more", position=position) if position else url_for("intake.questions")


PLACES = Places(
    question=place_of,
    check=lambda: url_for("intake.check"),
    done=lambda: url_for("intake.sent"),
    keep_as_sent=lambda: url_for("intake.keep"),
)


def received(link: Link) -> Submission | None:
    """What came in through this link or after it; what was sent before a new link was given does not count."""
    return _counts(link, latest_submission(link.appointment_id))


def _counts(link: Link, latest: Submission | None) -> Submission | None:
    return latest if latest and latest.received_at >= link.created_at else None


def stopped_page(stopped: Stopped) -> tuple[str, int]:
    status, heading, words = STOPPED[stopped.kind]
    page = render_template(
        "intake/stopped.html",
        heading=heading,
        words=words,
        can_answer=stopped.kind != "begun",
        typed=_typed() if stopped.kind == "unasked" else (),
    )
    return page, status


def _typed() -> list[tuple[str, str]]:
    """What was on a page that was left open too long: it travels along, to be sent again after the link is opened."""
    if request.method != "POST" or "tablet" in request.form:
        return []
    return [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
