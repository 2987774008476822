"""The server in front of the application, for a real clinic."""

from __future__ import annotations

import os

from granian.constants import Interfaces
from granian.server import Server

from screening import logs

# A silent client holds a thread, never a worker. More than two for each core and one would only wait for each other.
_MOST_THREADS = 8


def run_server(host: str, port: int, workers: int) -> None:
    """Serves until it is stopped. A worker that dies is replaced."""
    Server(
        "screening.app:create_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=min(_MOST_THREADS, 2 * (os.cpu_count() or 1) + 1),
        respawn_failed_workers=True,
        log_access=False,
        log_dictconfig=logs.configuration(),
        websockets=False,
    ).serve()
