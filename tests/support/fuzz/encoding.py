"""Fields as bodies: the way a form sends them, and the ways it never does."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from urllib.parse import quote_plus

from tests.support.fuzz.forms import Pairs

URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_BOUNDARY = "----fuzz7MA4YWxk"


def urlencoded(pairs: Pairs) -> bytes:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs).encode()


def _quoted(text: str) -> str:
    # Halves of letters go out as the bytes that no decoder may accept.
    return quote_plus(text.encode("utf-8", "surrogatepass"))


def multipart(pairs: Pairs, files: Pairs = [], extra: bytes = b"") -> bytes:  # noqa: B006  (never changed)
    parts = [_part(f'name="{_name(name)}"', value) for name, value in pairs]
    parts += [
        _part(f'name="{_name(name)}"; filename="x.txt"\r\nContent-Type: text/plain', value)
        for name, value in files
    ]
    end = f"--{_BOUNDARY}--\r\n".encode()
    return b"".join(parts) + extra + end


def _name(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "").replace("\n", "")


def _part(about: str, value: str) -> bytes:
    head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {about}\r\n\r\n"
    return head.encode("utf-8", "surrogatepass") + value.encode("utf-8", "surrogatepass") + b"\r\n"


def content_type(kind: str) -> str:
    return f"{MULTIPART}; boundary={_BOUNDARY}" if kind == MULTIPART else kind


Encoded = tuple[str | None, bytes]
"""The content type, or none, and the body."""


def _as_json(pairs: Pairs, _random: Random) -> Encoded:
    return "application/json", json.dumps(dict(pairs)).encode()


def _deep_json(_pairs: Pairs, _random: Random) -> Encoded:
    return "application/json", b"[" * 50_000


def _as_text(pairs: Pairs, _random: Random) -> Encoded:
    return "text/plain", urlencoded(pairs)


def _without_type(pairs: Pairs, _random: Random) -> Encoded:
    return None, urlencoded(pairs)


def _with_file(pairs: Pairs, _random: Random) -> Encoded:
    return content_type(MULTIPART), multipart(pairs, [("file", "x")])


def _file_in_place_of_a_field(pairs: Pairs, random: Random) -> Encoded:
    name = random.choice(pairs)[0] if pairs else "name"
    return content_type(MULTIPART), multipart([pair for pair in pairs if pair[0] != name], [(name, "yes")])


def _part_without_name(pairs: Pairs, _random: Random) -> Encoded:
    return content_type(MULTIPART), multipart(pairs, extra=_part("x=1", "y"))


def _part_without_head(pairs: Pairs, _random: Random) -> Encoded:
    return content_type(MULTIPART), multipart(pairs, extra=f"--{_BOUNDARY}\r\n\r\nx\r\n".encode())


def _part_in_bad_utf8(pairs: Pairs, _random: Random) -> Encoded:
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="name"\r\n\r\n'.encode()
    return content_type(MULTIPART), multipart(pairs, extra=head + b"\xff\xfe\xed\xa0\x80\r\n")


def _strange_charset(pairs: Pairs, _random: Random) -> Encoded:
    head = 'name="name"\r\nContent-Type: text/plain; charset=utf-7'
    return content_type(MULTIPART), multipart(pairs, extra=_part(head, "+AGEAYg-"))


def _cut_off(pairs: Pairs, random: Random) -> Encoded:
    body = multipart(pairs)
    return content_type(MULTIPART), body[: random.randrange(len(body))]


def _without_boundary(pairs: Pairs, _random: Random) -> Encoded:
    return MULTIPART, multipart(pairs)


def _strange_boundary(pairs: Pairs, random: Random) -> Encoded:
    boundary = random.choice(('""', "ä", "x" * 300, "--", "(.*)+$", "a b"))
    return f"{MULTIPART}; boundary={boundary}", multipart(pairs)


def _raw_bytes(pairs: Pairs, _random: Random) -> Encoded:
    return URLENCODED, urlencoded(pairs) + b"&name=\xff\xfe"


def _other_charset(pairs: Pairs, _random: Random) -> Encoded:
    return f"{URLENCODED}; charset=utf-16", urlencoded(pairs)


def _no_type_at_all(pairs: Pairs, random: Random) -> Encoded:
    return random.choice(
        ("", ";", "x", "multipart/", "text/html;;;=", "a/b" * 200, "MULTIPART/FORM-DATA")
    ), urlencoded(pairs)


def _separators_only(_pairs: Pairs, _random: Random) -> Encoded:
    return URLENCODED, b"&&==&;&%&%zz&=&+"


STRANGE: tuple[Callable[[Pairs, Random], Encoded], ...] = (
    _as_json,
    _deep_json,
    _as_text,
    _without_type,
    _with_file,
    _file_in_place_of_a_field,
    _part_without_name,
    _part_without_head,
    _part_in_bad_utf8,
    _strange_charset,
    _cut_off,
    _without_boundary,
    _strange_boundary,
    _raw_bytes,
    _other_charset,
    _no_type_at_all,
    _separators_only,
)


def _large_text(_pairs: Pairs, _random: Random) -> Encoded:
    return URLENCODED, b"name=" + b"x" * 1_000_000


def _large_part(_pairs: Pairs, _random: Random) -> Encoded:
    return content_type(MULTIPART), multipart([("name", "x" * 1_000_000)])


def _large_file(_pairs: Pairs, _random: Random) -> Encoded:
    return content_type(MULTIPART), multipart([], [("file", "x" * 1_000_000)])


def _large_json(_pairs: Pairs, _random: Random) -> Encoded:
    return "application/json", b'{"name": "' + b"x" * 1_000_000 + b'"}'


def _many_parameters(_pairs: Pairs, _random: Random) -> Encoded:
    return URLENCODED, b"&".join([b"q=x"] * 100_000)


def _many_small_parameters(_pairs: Pairs, _random: Random) -> Encoded:
    """As many as fit into a body that is not too large."""
    return URLENCODED, b"&" * 65_000


def _many_parts(_pairs: Pairs, _random: Random) -> Encoded:
    return content_type(MULTIPART), multipart([("q", "x")] * 10_000)


LARGE: tuple[Callable[[Pairs, Random], Encoded], ...] = (
    _large_text,
    _large_part,
    _large_file,
    _large_json,
    _many_parameters,
    _many_small_parameters,
    _many_parts,
)
