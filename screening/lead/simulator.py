"""The simulator: pick answers, see what the rules make of them. They travel in the form only (L10); none is stored."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from screening.clock import today
from screening.domain.assessment import Assessment, assess
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.subjects import subject
from screening.lead.blueprint import lead
from screening.lead.protocol_views import version_or_404
from screening.lead.simulator_form import Trial, begun, picked
from screening.questionnaire.patient_summary import patient_summary
from screening.records.protocol_versions import current_protocol
from screening.staff.flags_shown import shown_flag
from screening.staff.grid import grid_of


@lead.route("/simulator", methods=["GET", "POST"])
def simulator() -> ResponseReturnValue:
    return _page(current_protocol(), "/lead/simulator")


@lead.route("/versions/<digest>/simulator", methods=["GET", "POST"])
def version_simulator(digest: str) -> ResponseReturnValue:
    return _page(version_or_404(digest), f"/lead/versions/{digest}/simulator")


def _page(version: Protocol, here: str) -> ResponseReturnValue:
    is_new = request.method != "POST"
    trial = begun(version) if is_new else picked(version)
    shown = {} if is_new or trial.errors else _result(version, trial)
    page = render_template(
        "lead/simulator.html",
        version=version,
        in_use=version.digest == current_protocol().digest,
        here=here,
        trial=trial,
        errors=trial.errors,
        **shown,
    )
    return page, 422 if trial.errors else 200


def _result(version: Protocol, trial: Trial) -> dict[str, Any]:
    planned = [code for code in trial.form.planned.data or [] if code in version.modalities]
    on = trial.form.on.day() or today()
    found: Assessment = assess(version, trial.answers, planned, on)
    return {
        "found": found,
        "shown": [shown_flag(version, flag, trial.answers) for flag in found.flags],
        "grid": grid_of(version.modalities, found.flags, planned),
        "unresolved": [subject(version, name) for name in found.unresolved],
        "tasks": list(dict.fromkeys(flag.task for flag in found.flags)),
        "said": patient_summary(version, found.flags),
    }
