"""`screening assess`, `screening protocol` and `screening verify`: the pure core, without web and database."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from screening.article.patient_texts import patient_pages
from screening.commands.output import failed, print_text, text_of
from screening.domain.assessment_json import AssessError, assess_json, protocol_json
from screening.domain.protocol.loading import acupuncture, load
from screening.domain.protocol.vocabulary import ProtocolError
from screening.domain.verification.checks import verify
from screening.domain.verification.printing import as_text


@click.command("assess")
@click.argument("file")
def assess_command(file: str) -> None:
    """Read answers as JSON from FILE (or -) and print their flags."""
    try:
        print_text(assess_json(text_of(file)))
    except (AssessError, ProtocolError) as problem:
        raise failed(problem) from problem


@click.command("protocol")
def protocol_command() -> None:
    """Print the protocol as JSON: questions, options, rules, sources."""
    try:
        print_text(protocol_json())
    except ProtocolError as problem:
        raise failed(problem) from problem


@click.command("verify")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--quick", is_flag=True, help="Only what every start checks.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify_command(file: Path | None, quick: bool, as_json: bool) -> None:
    """Prove the safety of a protocol FILE over all answers; of the product's own without one."""
    try:
        checked = load(file) if file else acupuncture()
    except (ProtocolError, OSError) as problem:
        raise failed(problem) from problem
    with _progress() as show:
        report = verify(checked, patient_pages(), quick=quick, progress=show)
    print_text(json.dumps(report.as_json(), indent=2, ensure_ascii=False) if as_json else as_text(report))
    if not report.passed:
        sys.exit(1)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal; nothing where the output is read by a program."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    with click.progressbar(length=100, label="Verifying", file=sys.stderr) as bar:
        yield lambda done, of: bar.update(done * 100 // of - bar.pos)
