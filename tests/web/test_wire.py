"""What only the real server shows: what can be read in two ways is not read at all, and no version is told."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.wire import HOST, Server

pytestmark = pytest.mark.drill

SENT = f"POST /staff/sign-in HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n"
HIDDEN = f"GET /nowhere HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-Proto: https\r\n\r\n"
LENGTH = f"Content-Length: {len(HIDDEN)}\r\n"
# A proxy might believe one of two lengths, and the server the other: then a hidden request counts as somebody else's.
TWO_WAYS = {
    "two lengths": f"{SENT}Content-Length: 0\r\n{LENGTH}\r\n{HIDDEN}",
    "a list of lengths": f"{SENT}Content-Length: 0, {len(HIDDEN)}\r\n\r\n{HIDDEN}",
    "a signed length": f"{SENT}Content-Length: +0\r\n\r\n{HIDDEN}",
    "pieces under another name": f"{SENT}Transfer-Encoding: xchunked\r\n\r\n{HIDDEN}",
    "a name with a space": f"{SENT}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{HIDDEN}",
    "a folded line": f"{SENT}Transfer-Encoding:\r\n chunked\r\n{LENGTH}\r\n0\r\n\r\n{HIDDEN}",
    "a piece of a strange size": f"{SENT}Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n{HIDDEN}",
    "a length and pieces": f"{SENT}{LENGTH}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}",
}


@pytest.fixture
def server(tmp_path: Path, database_url: str) -> Iterator[Server]:
    server = Server(tmp_path, database_url)
    server.start()
    yield server
    server.stop()


def statuses(server: Server, text: str) -> list[bytes]:
    """What the server answers on one connection, until it says no more."""
    heard = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=2) as connection:
        connection.sendall(text.encode())
        try:
            while part := connection.recv(65_536):
                heard += part
        except TimeoutError:
            pass
    return re.findall(rb"HTTP/1\.1 (\d{3}) ", heard)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_request_that_can_be_read_in_two_ways_hides_no_other(server: Server) -> None:
    # Two plain requests behind each other are two, so a hidden one would be heard.
    assert statuses(server, f"{SENT}Content-Length: 0\r\n\r\n{HIDDEN}") == [b"400", b"404"]
    for name, text in TWO_WAYS.items():
        assert statuses(server, text) == [b"400"], name


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_answer_names_a_version_of_the_server(server: Server) -> None:
    for path in ("/", "/nowhere", "/static/site.css", "/live"):
        connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("GET", path, headers={"Host": HOST, "X-Forwarded-Proto": "https"})
        answer = connection.getresponse()
        assert answer.getheader("Server", "granian") == "granian"
        assert not [name for name, _ in answer.getheaders() if name.lower() in ("x-powered-by", "via")]
        connection.close()
