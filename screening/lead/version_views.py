"""Versions: loading a changed file, reading what it would change, and signing it by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.clock import now
from screening.domain.comparing.difference import Difference, Direction
from screening.domain.comparing.replaying import Replay
from screening.domain.comparing.versions import compare
from screening.domain.protocol.model import Protocol
from screening.lead.blueprint import lead
from screening.lead.forms import LoadForm, PublishForm
from screening.lead.protocol_views import version_or_404
from screening.lead.replays import Ahead, replay_ahead, replay_past
from screening.lead.verification_report import CheckResult, check_result_of
from screening.records.actors import LEAD
from screening.records.errors import Conflict
from screening.records.protocol_releases import load_version, publications, publish
from screening.records.protocol_versions import (
    current_protocol,
    known_versions,
    shipped_protocol,
    signature_under,
)
from screening.records.transaction import writing
from screening.web.access import actor

_WEEKS, _MOST_WEEKS = 8, 104


@lead.get("/versions")
def versions() -> str:
    return _list(LoadForm())


@lead.post("/versions", endpoint="load")
def load_file() -> ResponseReturnValue:
    form = LoadForm()
    if not form.validate() or form.protocol is None:
        return _list(form), 422
    try:
        with writing():
            load_version(form.protocol, now(), actor(LEAD))
    except Conflict as problem:
        form.text.errors = [str(problem)]
        return _list(form), 409
    return redirect(url_for("lead.version", digest=form.protocol.digest), 303)


def _list(form: LoadForm) -> str:
    return render_template(
        "lead/versions.html",
        form=form,
        errors=form.problems(),
        known=known_versions(),
        in_use=current_protocol().digest,
        shipped=shipped_protocol().digest,
        signed={each.digest: each for each in reversed(publications())},
    )


@lead.get("/versions/<digest>")
def version(digest: str) -> str:
    return _page(version_or_404(digest))


@lead.post("/versions/<digest>/sign", endpoint="sign")
def sign_version(digest: str) -> ResponseReturnValue:
    candidate = version_or_404(digest)
    form = _publish_form(candidate)
    if not check_result_of(candidate).passed:
        return _page(candidate, form, problem=UNPROVED), 409
    if not form.validate():
        is_signed = current_protocol().digest == candidate.digest and signature_under(candidate) is not None
        return (_page(candidate, form, problem=SIGNED), 409) if is_signed else (_page(candidate, form), 422)
    ahead = replay_ahead(current_protocol(), candidate, now())
    try:
        with writing():
            publish(candidate, form.why.data or "", now(), actor(LEAD), instead_of=form.in_use.data or "")
    except Conflict as problem:
        return _page(candidate, form, problem=str(problem)), 409
    flash(_done(candidate, ahead))
    return redirect(url_for("lead.home"), 303)


UNPROVED = "The check of this version found something that must be put right first, so nothing was signed."

SIGNED = "This version was signed and put in use in the meantime, so nothing more was signed."


def _publish_form(candidate: Protocol) -> PublishForm:
    form = PublishForm()
    form.version = candidate.version
    return form


def _done(candidate: Protocol, ahead: Ahead) -> str:
    count = ahead.out_of_date
    words = f"Version {candidate.version} is signed and in use."
    if not count:
        return f"{words} No appointment to come is out of date by it."
    of = "1 appointment" if count == 1 else f"{count} appointments"
    return f"{words} {of} to come {'is' if count == 1 else 'are'} now out of date: the desk sees which."


@dataclass(frozen=True)
class Looked:
    """Everything that is known of a version against the one in use."""

    differences: tuple[Difference, ...]
    check: CheckResult
    past: Replay | None
    ahead: Ahead | None
    weeks: int

    @property
    def counts(self) -> list[tuple[Direction, int]]:
        order = (Direction.MILDER, Direction.LOOK, Direction.STRICTER, Direction.WORDS)
        found = [change.direction for each in self.differences for change in each.changes]
        return [(way, found.count(way)) for way in order]


def _looked(candidate: Protocol) -> Looked:
    in_use, weeks = current_protocol(), _weeks()
    check = check_result_of(candidate)
    if in_use.digest == candidate.digest:
        return Looked((), check, None, None, weeks)
    return Looked(
        differences=compare(in_use, candidate),
        check=check,
        past=replay_past(in_use, candidate, weeks, now()),
        ahead=replay_ahead(in_use, candidate, now()),
        weeks=weeks,
    )


def _weeks() -> int:
    asked = request.args.get("weeks", "")
    known = asked.isascii() and asked.isdecimal() and len(asked) < 4
    return min(max(int(asked), 1), _MOST_WEEKS) if known else _WEEKS


def _page(candidate: Protocol, form: PublishForm | None = None, problem: str = "") -> str:
    # A candidate is compared with what is in use now, also where that changed while the page was open.
    in_use = current_protocol()
    form = form or _publish_form(candidate)
    more: dict[str, Any] = {"errors": form.problems() if request.method == "POST" and not problem else []}
    return render_template(
        "lead/version.html",
        version=candidate,
        in_use=in_use,
        looked=_looked(candidate),
        form=form,
        problem=problem,
        signature=signature_under(candidate),
        **more,
    )
