"""Words that stand nowhere else, typed into every field that holds something personal, and the search for them."""

from __future__ import annotations

import base64
import re
import secrets
import tempfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, inspect, text

from screening.extensions import db
from screening.maintenance.backup import back_up
from tests.support.pages import PageClient, find, parsed, words

# A day on which nobody else of these tests was born, as it is stored, typed and read.
BORN: Final = {"year": "1931", "month": "7", "day": "19"}
BORN_SPELLINGS: Final = ("1931-07-19", "19310719", "19 July 1931", "19.7.1931", "19/07/1931")
_ERROR_PAGES: Final = (400, 403, 404, 405, 410, 413, 429, 500, 503)

_GIVEN_BACK: Final = ("Send this page again", "Open the form again", "Confirm and go on")


PREFIX: Final = "kanarie"


class Canaries(dict[str, str]):
    """A word of its own for each field, made when it is first asked for."""

    def __missing__(self, field_name: str) -> str:
        self[field_name] = f"{PREFIX}{secrets.token_hex(6)}"
        return self[field_name]


def spellings(word: str) -> Iterator[bytes]:
    """As it is, and as it would look in base64 or in hex: what is only encoded is not encrypted."""
    plain = word.encode()
    yield plain
    yield plain.hex().encode()
    for shift in range(3):
        coded = base64.b64encode(b"." * shift + plain)
        # Six bits to a letter: those at its ends depend on what stands beside it.
        yield coded[-(-8 * shift // 6) : 8 * (shift + len(plain)) // 6]


def found_in(places: Mapping[str, bytes], hidden: Mapping[str, str]) -> list[str]:
    """Which word lies where, in whatever spelling."""
    looks = {name: tuple(spellings(word)) for name, word in hidden.items()}
    first = [
        *spellings(PREFIX),
        *(look for name, word in hidden.items() if PREFIX not in word for look in looks[name]),
    ]
    return [
        f"{name} in {place}"
        for place, content in places.items()
        if any(look in content for look in first)
        for name in looks
        if any(look in content for look in looks[name])
    ]


@dataclass
class Overheard:
    """What browsers, proxies and histories come to see: everything but the pages themselves."""

    addresses: list[str] = field(default_factory=list)
    patient_titles: list[str] = field(default_factory=list)
    staff_titles: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    cookies: list[bytes] = field(default_factory=list)
    error_pages: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    pages: list[str] = field(default_factory=list)
    """What was shown to who may read it."""
    statuses: set[int] = field(default_factory=set)

    def note(self, answer: Any) -> None:
        self.statuses.add(answer.status_code)
        self.addresses.append(answer.request.url)
        self.headers += [f"{name}: {value}" for name, value in answer.headers if name != "Set-Cookie"]
        self.cookies += [_decoded(value) for value in answer.headers.getlist("Set-Cookie")]
        if answer.mimetype != "text/html" or answer.status_code in (301, 302, 303, 308):
            return
        title = words(find(parsed(answer.text), "title")[0])
        is_patient = answer.request.path.startswith(("/s/", "/article"))
        (self.patient_titles if is_patient else self.staff_titles).append(title)
        # A page that came too late goes back to who sent it, to be sent again: that is no error page.
        is_error = answer.status_code in _ERROR_PAGES and not any(
            words in answer.text for words in _GIVEN_BACK
        )
        (self.error_pages[answer.status_code] if is_error else self.pages).append(answer.text)


def _decoded(cookie: str) -> bytes:
    """The cookie as it is, and what its parts hold once they are read as what they look like."""
    value = cookie.partition("=")[2].partition(";")[0].strip('"')
    parts = [cookie.encode()]
    for part in value.split("."):
        try:
            plain = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        except ValueError:
            continue
        parts.append(plain)
        try:
            parts.append(zlib.decompress(plain))
        except zlib.error:
            continue
    return b" ".join(parts)


OVERHEARD: Final = "overheard"


class Listening(PageClient):
    """A browser whose traffic is noted. Unlike in other tests, a failure of ours is a page to be read, too."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        answer = FlaskClient.open(self, *args, **kwargs)
        overheard: Overheard = self.application.extensions[OVERHEARD]
        overheard.note(answer)
        return answer


def listen(app: Flask) -> Overheard:
    """From now on every browser of this application is listened to, where it is one of `Listening`."""
    overheard = Overheard()
    app.extensions[OVERHEARD] = overheard
    return overheard


# The reviewed file itself is public, and holds every question, option and rule.
_PUBLIC: Final = {("protocol_version", "text")}


def places_to_search(app: Flask) -> dict[str, bytes]:
    """Everything that is kept of a clinic, as somebody without the keys would find it. Add each further place here."""
    with app.app_context():
        url = db.engine.url
    engine = create_engine(url)
    places = dict(_rows(engine)) | dict(_files(engine)) | _backup(app)
    engine.dispose()
    return places


def _backup(app: Flask) -> dict[str, bytes]:
    """The file of a backup, and what somebody without the keys could unpack of it."""
    with tempfile.TemporaryDirectory() as directory, app.app_context():
        file = Path(directory) / "backup"
        assert back_up(file)
        content = file.read_bytes()
    return {"/backup": content, "/backup, unpacked": b"".join(_unpacked(content))}


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Compressed is not encrypted: whatever inflates is looked at."""
    for place in re.finditer(rb"\x1f\x8b\x08", content):
        with suppress(zlib.error):
            yield zlib.decompressobj(wbits=31).decompress(content[place.start() :])


def _rows(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Each column of each table as plain text, read past the product."""
    known = inspect(engine)
    with engine.connect() as connection:
        for table in known.get_table_names():
            for column in known.get_columns(table):
                name = (table, str(column["name"]))
                if name in _PUBLIC:
                    continue
                query = f'SELECT CAST("{name[1]}" AS TEXT) FROM "{table}"'  # noqa: S608
                found = connection.execute(text(query)).scalars()
                yield f"{table}.{name[1]}", "\n".join(str(value) for value in found).encode()


def _files(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """The database's own: tables, write-ahead log, shared memory, temporary files, what the server itself logs."""
    if engine.dialect.name == "sqlite":
        database = Path(str(engine.url.database))
        paths = [*database.parent.glob(f"{database.name}*")]
    else:
        with engine.connect() as connection:
            paths = [*Path(str(connection.scalar(text("SHOW data_directory")))).rglob("*")]
    return ((str(path), path.read_bytes()) for path in paths if path.is_file())
