"""What the verification says of a version. A version never changes, so it is proved once per process."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from screening.dates import large_number, plain_number
from screening.domain.protocol.model import Protocol
from screening.domain.verification.checks import verify


@dataclass(frozen=True)
class CheckResult:
    findings: tuple[tuple[str, str], ...]
    """What each is about, and what it says."""
    covered: str
    """How many combinations of answers were looked at."""

    @property
    def passed(self) -> bool:
        return not self.findings


def check_result_of(protocol: Protocol) -> CheckResult:
    known: dict[str, CheckResult] = current_app.extensions.setdefault("check_results", {})
    if protocol.digest not in known:
        known[protocol.digest] = _checked(protocol)
    return known[protocol.digest]


def _checked(protocol: Protocol) -> CheckResult:
    report = verify(protocol)
    combinations = sum(part.combinations for part in report.rules)
    return CheckResult(
        tuple((finding.about, finding.says) for finding in report.findings),
        f"{plain_number(len(report.rules))} rules were read over {large_number(combinations)} combinations of "
        "answers: reporting more, or not knowing, is never read as less than nothing to report.",
    )
