"""The `screening` command; `flask --app screening` knows the same commands. Thin over what the pages use."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from config import ConfigError
from screening.account.invitations import invitation_of, link_for
from screening.article.patient_texts import patient_pages
from screening.commands import settings_file
from screening.commands.database import database as _database
from screening.commands.database import failed as _fail
from screening.commands.records import audit, keys, retention
from screening.demo import clinic as invented
from screening.domain.assessment_json import AssessError, assess_json, protocol_json
from screening.domain.protocol.loading import acupuncture, load
from screening.domain.protocol.vocabulary import ProtocolError
from screening.domain.verification.checks import NotVerified
from screening.domain.verification.checks import verify as verify_protocol
from screening.domain.verification.printing import as_text
from screening.extensions import db
from screening.maintenance import backup as backups
from screening.records.accounts import ROLES, AccountError
from screening.records.errors import Conflict
from screening.records.invitations import PASSWORD, SECOND_FACTOR
from screening.storage import migrations
from screening.storage.encryption import VaultError
from screening.web import health


@click.group()
def main() -> None:
    """A safety screening form to answer before acupuncture."""
    # What the command writes (settings, the database) is for its own user only.
    os.umask(0o077)


def _print(text: str) -> None:
    """What programs may read is UTF-8, whatever the terminal speaks."""
    click.echo(text.encode())


def _text_of(file: str) -> str:
    try:
        with click.open_file(file, "rb") as opened:
            # Some editors begin a file with a mark that is no part of the JSON.
            return bytes(opened.read()).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise _fail("this is not UTF-8 text") from problem
    except OSError as problem:
        raise _fail(f"{file} cannot be read: {problem.strerror}") from problem


@main.command()
@click.argument("file")
def assess(file: str) -> None:
    """Read answers as JSON from FILE (or -) and print their flags."""
    try:
        _print(assess_json(_text_of(file)))
    except (AssessError, ProtocolError) as problem:
        raise _fail(problem) from problem


@main.command()
def protocol() -> None:
    """Print the protocol as JSON: questions, options, rules, sources."""
    try:
        _print(protocol_json())
    except ProtocolError as problem:
        raise _fail(problem) from problem


@main.command()
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--quick", is_flag=True, help="Only what every start checks.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def verify(file: Path | None, quick: bool, as_json: bool) -> None:
    """Prove the safety of a protocol FILE over all answers; of the product's own without one."""
    try:
        checked = load(file) if file else acupuncture()
    except (ProtocolError, OSError) as problem:
        raise _fail(problem) from problem
    with _progress() as show:
        report = verify_protocol(checked, patient_pages(), quick=quick, progress=show)
    _print(json.dumps(report.as_json(), indent=2, ensure_ascii=False) if as_json else as_text(report))
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


@main.command()
@click.option("--name", prompt="Name of the clinic")
@click.option("--zone", prompt="Time zone, such as Europe/London")
@click.option("--phone", prompt="Phone number for patients")
@click.option("--emergency", prompt="Emergency number of your country, such as 112")
@click.option("--address", prompt="Address of the service, such as https://forms.example.org")
@click.option(
    "--database", default="", help="Where records are kept; screening.db in this folder if left out."
)
def init(name: str, zone: str, phone: str, emergency: str, address: str, database: str) -> None:
    """Write a .env file with the clinic's settings and fresh secrets."""
    try:
        settings_file.write(
            Path(".env"),
            name=name,
            zone=zone,
            phone=phone,
            emergency=emergency,
            address=address,
            database=database or f"sqlite:///{Path.cwd() / 'screening.db'}",
        )
    except (ConfigError, FileExistsError) as problem:
        raise _fail(problem) from problem
    click.echo("Wrote .env. Keep it secret, and keep a copy in a secure place. Next: screening db upgrade")


for group in (audit, keys, retention):
    main.add_command(group)


@main.group("db")
def database() -> None:
    """Look after the database."""


@database.command()
def upgrade() -> None:
    """Bring the database to what this version needs; safe to run again."""
    with _database(is_ready=False):
        migrations.upgrade(db.engine)
    click.echo("The database is up to date.")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write everything on record to FILE, encrypted with the newest of the data keys."""
    with _database():
        try:
            count = backups.back_up(file)
        except backups.BackupError as problem:
            raise _fail(problem) from problem
    click.echo(
        f"Wrote {file} with {count} rows. Without SCREENING_DATA_KEYS nobody can read it: keep both, apart."
    )


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
def restore(file: Path) -> None:
    """Put the backup FILE into an empty database."""
    with _database():
        try:
            restored = backups.restore(file)
        except backups.BackupError as problem:
            raise _fail(problem) from problem
    click.echo(f"Restored {restored.rows} rows.")
    if restored.first_broken is not None:
        click.echo(
            f"The record of events does not fit together from event {restored.first_broken} on.", err=True
        )
        sys.exit(1)


@main.group()
def user() -> None:
    """Look after staff accounts."""


@user.command("add")
@click.argument("email")
@click.option("--name", prompt="Name, as patients and staff know it")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), required=True)
def add_user(email: str, name: str, roles: tuple[str, ...]) -> None:
    """Add an account with one or more roles, and print the link with which its owner opens it."""
    with _account_link() as made:
        made(invitation_of(email, name, roles))


@user.command("link")
@click.argument("email")
@click.option("--for", "purpose", type=click.Choice((PASSWORD, SECOND_FACTOR)), required=True)
def user_link(email: str, purpose: str) -> None:
    """Print a link with which somebody sets a new password, or sets up a new second step."""
    with _account_link() as made:
        made(link_for(email, purpose))


@contextmanager
def _account_link() -> Iterator[Callable[[str], None]]:
    def tell(link: str) -> None:
        click.echo(f"Hand this link over to its owner. It works once, within 48 hours:\n{link}")

    with _database():
        try:
            yield tell
        except (AccountError, Conflict) as problem:
            raise _fail(problem) from problem


@main.command()
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; the proxy's side."
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Run the service for a real clinic, behind a proxy that speaks HTTPS."""
    with _database():
        try:
            health.must_be_ready()
        except (health.NotReady, NotVerified, ProtocolError, VaultError) as problem:
            raise _fail(problem) from problem
    # Only who serves needs the server.
    from screening.commands.server import serve as start

    start(host, port, workers)


@main.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo(port: int) -> None:
    """Start an invented clinic on this machine, with appointments for today."""
    try:
        invented.run(port, click.echo)
    except OSError as problem:
        raise _fail(
            f"Port {port} cannot be used ({problem.strerror}). Try: screening demo --port 8001"
        ) from problem
    except invented.RefusedError as problem:
        raise _fail(problem) from problem


if __name__ == "__main__":
    sys.exit(main())
