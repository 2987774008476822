"""Encryption of what is stored about people. Knows no database.

A master key of the settings protects a content key for each patient; the content key protects the values. So a
new master key re-wraps small keys and never touches a record, and destroying a content key makes all of a patient's
content unreadable. AES-256-GCM throughout, with a fresh random nonce for each value.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from config import DataKey

_FORMAT = "1"
_NONCE_BYTES = 12


class VaultError(Exception):
    """A stored value cannot be opened."""


class Tampered(VaultError):
    """The value is not the one that was written to this place, or belongs to another key."""


class UnknownMasterKey(VaultError):
    """The settings lack the master key with which a content key was wrapped."""


@dataclass(frozen=True)
class ContentKey:
    """The key of one patient's values."""

    secret: bytes

    @property
    def mark(self) -> str:
        """Names the key in each value, and tells nothing about it."""
        return hashlib.sha256(b"content key " + self.secret).hexdigest()[:8]

    def seal(self, plain: str, place: str) -> str:
        """Encrypts; the result opens only at the same place (table, column and row)."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = _cipher(self.secret).encrypt(nonce, plain.encode(), place.encode())
        return f"{_FORMAT}.{self.mark}.{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, place: str) -> str:
        """Raises Tampered."""
        form, _, rest = sealed.partition(".")
        mark, _, written = rest.partition(".")
        if form != _FORMAT or mark != self.mark:
            raise Tampered(f"a value of another key stands at {place}")
        return _opened(self.secret, written, place).decode()


class Vault:
    """The master keys, newest first."""

    def __init__(self, keys: Sequence[DataKey]) -> None:
        self._keys = {key.id: key.secret for key in keys}
        self.current = keys[0].id
        self._unwrapped = lru_cache(maxsize=5_000)(self._unwrap)

    @property
    def ids(self) -> tuple[str, ...]:
        """The master keys that the settings name, newest first."""
        return tuple(self._keys)

    def new_content_key(self, owner: str) -> str:
        """A fresh content key for a patient, wrapped."""
        return self.wrap(ContentKey(secrets.token_bytes(32)), owner)

    def wrap(self, key: ContentKey, owner: str) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = _cipher(self._keys[self.current]).encrypt(nonce, key.secret, _owned(owner))
        return f"{self.current}.{base64.b64encode(nonce + sealed).decode()}"

    def unwrap(self, wrapped: str, owner: str) -> ContentKey:
        """Raises UnknownMasterKey, or Tampered where the key is another patient's."""
        return self._unwrapped(wrapped, owner)

    def _unwrap(self, wrapped: str, owner: str) -> ContentKey:
        name, _, written = wrapped.partition(".")
        return ContentKey(_opened(self._master(name), written, _owned(owner).decode()))

    def _master(self, name: str) -> bytes:
        if name not in self._keys:
            raise UnknownMasterKey(f"SCREENING_DATA_KEYS has no key {name!r}, which this database needs")
        return self._keys[name]

    def seal(self, plain: str, purpose: str, place: str) -> str:
        """Encrypts what is no patient's: under a key for this purpose alone; it opens only at the same place."""
        key = ContentKey(derived(self._master(self.current), purpose))
        return f"{self.current}.{key.seal(plain, place)}"

    def open(self, sealed: str, purpose: str, place: str) -> str:
        """Raises UnknownMasterKey, or Tampered where it was sealed for another place."""
        name, _, value = sealed.partition(".")
        return ContentKey(derived(self._master(name), purpose)).open(value, place)

    def derived(self, purpose: str) -> dict[str, bytes]:
        """A key for another purpose from each master key, by id, the newest first."""
        return {name: derived(secret, purpose) for name, secret in self._keys.items()}


def master_of(wrapped: str) -> str:
    """The id of the master key under which a content key is wrapped, or a value sealed."""
    return wrapped.partition(".")[0]


def derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"screening {purpose}".encode()).derive(secret)


@lru_cache(maxsize=5_000)
def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(secret)


def _owned(owner: str) -> bytes:
    return f"content key of {owner}".encode()


def _opened(secret: bytes, written: str, place: str) -> bytes:
    try:
        raw = base64.b64decode(written, validate=True)
        return _cipher(secret).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as problem:
        raise Tampered(f"the value at {place} was not written there") from problem
