"""`screening serve` for a real clinic, and `screening demo` for an invented one."""

from __future__ import annotations

import click

from screening.commands.database import database
from screening.commands.output import failed
from screening.demo.clinic import RefusedError, run_demo
from screening.domain.protocol.vocabulary import ProtocolError
from screening.domain.verification.checks import NotVerified
from screening.storage.encryption import VaultError
from screening.web import health


@click.command("serve")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; the proxy's side."
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
def serve_command(host: str, port: int, workers: int) -> None:
    """Run the service for a real clinic, behind a proxy that speaks HTTPS."""
    with database():
        try:
            health.must_be_ready()
        except (health.NotReady, NotVerified, ProtocolError, VaultError) as problem:
            raise failed(problem) from problem
    # Only who serves needs the server.
    from screening.commands.server import run_server

    run_server(host, port, workers)


@click.command("demo")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo_command(port: int) -> None:
    """Start an invented clinic on this machine, with appointments for today."""
    try:
        run_demo(port, click.echo)
    except OSError as problem:
        raise failed(
            f"Port {port} cannot be used ({problem.strerror}). Try: screening demo --port 8001"
        ) from problem
    except RefusedError as problem:
        raise failed(problem) from problem
