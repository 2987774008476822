"""A file that only the clinic's own key opens, and in which nothing can be changed, moved or cut off unnoticed.

It is written in chunks, each encrypted with AES-256-GCM. The number of a chunk and whether it is the last one are
part of its nonce, and the head of the file is part of what each chunk vouches for. Every file has a key of its own,
derived from the clinic's key and a random salt, so a nonce never returns under the same key.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK = 64 * 1024
_TAG_BYTES = 16


class NotOpened(Exception):
    """The file was written with another key, or it was changed or cut off."""


def file_key(secret: bytes, salt: bytes) -> bytes:
    """The key of one file."""
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"screening backup file").derive(secret)


class Sealer(io.RawIOBase):
    """Encrypts what is written to it. Only `seal` makes the file whole: closing it early leaves it cut off."""

    def __init__(self, file: IO[bytes], key: bytes, head: bytes) -> None:
        self._file, self._cipher, self._head = file, AESGCM(key), head
        self._waiting, self._number = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def seal(self) -> None:
        self._put(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _put(self, plain: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, is_last), plain, self._head)
        self._file.write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1


class Opener(io.RawIOBase):
    """Reads such a file. Raises NotOpened at the first chunk that does not fit, and where the last one is missing."""

    def __init__(self, file: IO[bytes], key: bytes, head: bytes) -> None:
        self._file, self._cipher, self._head = file, AESGCM(key), head
        self._plain, self._chunks = b"", self._read()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray, /) -> int:  # type: ignore[override]
        while not self._plain:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._plain = chunk
        size = min(len(buffer), len(self._plain))
        buffer[:size], self._plain = self._plain[:size], self._plain[size:]
        return size

    def _read(self) -> Iterator[bytes]:
        number, size = 0, self._size()
        while size is not None:
            sealed = self._file.read(size)
            size = self._size()
            try:
                yield self._cipher.decrypt(_nonce(number, size is None), sealed, self._head)
            except InvalidTag as problem:
                raise NotOpened("it was made with another key, or was changed or cut off") from problem
            number += 1
        if number == 0:
            raise NotOpened("it is empty")

    def _size(self) -> int | None:
        written = self._file.read(4)
        if not written:
            return None
        size = struct.unpack(">I", written)[0] if len(written) == 4 else 0
        if not _TAG_BYTES <= size <= CHUNK + _TAG_BYTES:
            raise NotOpened("it was changed or cut off")
        return int(size)


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if is_last else b"\0")
