"""The report as a page of plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from screening.domain.verification.report import Report

_HARDEST = 5
_PROVEN = (
    "every combination gets a severity and an effect for each modality",
    "L2, L3: reporting more, or not knowing, is never read as less than nothing to report",
    "L2: not knowing is never milder than the mildest answer, and never counts as no",
    "L4: every rule has its reason, sources and sections; L5: every question earns its place",
    "L11: what is not known is stop, and avoid everywhere",
    "every rule can fire, none is in another's way, no two contradict each other",
    "L12: no patient text reassures or tells to stop a medicine; every id has its words",
)


def as_text(report: Report) -> str:
    return "\n".join([*_heading(report), *_findings(report), *([] if report.is_quick else _lists(report))])


def _heading(report: Report) -> Iterator[str]:
    form = "quick form" if report.is_quick else "in full"
    yield f"Protocol {report.protocol}, version {report.version} ({report.status}), {report.digest[:12]}: {form}"


def _findings(report: Report) -> Iterator[str]:
    yield ""
    if report.passed:
        yield "Nothing was found." if report.is_quick else "Proven:"
        yield from () if report.is_quick else (f"  {line}" for line in _PROVEN)
        return
    yield f"{len(report.findings)} to put right:" if len(report.findings) > 1 else "To put right:"
    yield from (f"  [{finding.check}] {finding.about}: {finding.says}" for finding in report.findings)


def _lists(report: Report) -> Iterator[str]:
    yield from _covered(report)
    yield from _list("Known answers that call for more than not knowing does", report.milder_when_unknown)
    yield from _list("Answers that only the provider reads", report.only_for_the_reader)
    yield from _list("Rules that others always match, and that add their reason", report.only_add_a_reason)
    yield from _list("Parts of rules that only answers from elsewhere need", report.only_from_outside)
    yield from _reading(report)


def _covered(report: Report) -> Iterator[str]:
    yield ""
    yield "Covered, every combination of answers that the form can produce:"
    for part in report.topics:
        yield f"  {part.name}: {_number(part.combinations)} combinations of {part.questions} questions"
    walked = sum(part.walked for part in report.rules)
    yield f"  the whole form: {_number(report.whole)}, with one device at most; more devices only add"
    yield f"  {len(report.rules)} rules, each over the whole space of its own questions: together"
    yield f"  {_number(sum(part.combinations for part in report.rules))} combinations, of which the rules tell"
    yield f"  {walked:,} apart; each of these was walked, and read by the program as a whole form"
    yield f"  across topics: {'; '.join(report.across) or 'none'}"


def _number(count: int) -> str:
    return f"{count:,}" if count < 10**12 else f"{count:.1e}"


def _list(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield f"{title} ({len(lines)}):"
        yield from (f"  {line}" for line in lines)


def _reading(report: Report) -> Iterator[str]:
    yield ""
    yield f"Reading age of the form: {report.average_age} (at most 11). The hardest texts of 8 words or more:"
    long_ones = [text for text in report.reading_ages if text.words >= 8]
    hardest = sorted(long_ones, key=lambda text: -text.age)[:_HARDEST]
    yield from (f"  {text.age:>4}  {text.name}" for text in hardest)
