"""A patient's browser over a real connection, for what only the real server shows."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from dotenv import dotenv_values

from config import Config, from_environment
from screening.commands import settings_file
from tests.support.pages import PageClient

ROOT = Path(__file__).parents[2]
HOST = "forms.example.org"


@dataclass(frozen=True)
class Answer:
    status_code: int
    text: str
    location: str
    request: Any
    """With `path` and `full_path`, as the test client of Flask gives them."""


class WireClient:
    """Speaks to the server as the proxy in front of it does, and keeps cookies as a browser does."""

    send = PageClient.send

    def __init__(self, port: int) -> None:
        self._port, self._cookies = port, SimpleCookie()

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def post(self, path: str, data: Mapping[str, Any]) -> Answer:
        return self._ask("POST", path, urlencode(data, doseq=True))

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        headers = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
        headers["Cookie"] = "; ".join(f"{name}={each.value}" for name, each in self._cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            connection.request(method, path, body, headers)
            found = connection.getresponse()
            text = found.read().decode()
        finally:
            connection.close()
        for each in found.headers.get_all("Set-Cookie") or []:
            self._cookies.load(each)
        asked = SimpleNamespace(path=path.partition("?")[0], full_path=path)
        return Answer(found.status, text, found.headers.get("Location") or "", asked)


class Server:
    """`screening serve` in a folder of its own, as a clinic runs it."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self._folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        settings_file.write(
            folder / ".env",
            name="Harbour Spine Clinic",
            zone="Europe/London",
            phone="020 7946 0000",
            emergency="999",
            address=f"https://{HOST}",
            database=database_url,
        )
        self.config: Config = from_environment(dotenv_values(folder / ".env"))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        return (self._folder / "log").read_text()

    def start(self) -> None:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("SCREENING_", "PG"))
        }
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "screening.commands.main", "serve", "--port", str(self.port)],
                cwd=self._folder,
                env={**environment, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        self._wait_until(self._is_ready, "did not get ready")

    def wait_until_it_says(self, words: str) -> None:
        self._wait_until(lambda: words in self.log, f"did not say {words!r}")

    def _is_ready(self) -> bool:
        try:
            return WireClient(self.port).get("/ready").status_code == 200
        except OSError:
            return False

    def _wait_until(self, is_so: Callable[[], bool], problem: str) -> None:
        for _ in range(600):
            if is_so():
                return
            time.sleep(0.1)
        raise AssertionError(f"the server {problem}: {self.log[-2000:]}")

    def kill(self) -> None:
        """As a power cut: every process of the server at once, in the middle of what it does."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def kill_a_worker(self) -> None:
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        os.kill(int(children[-1]), signal.SIGKILL)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._process = None
