"""The settings of one clinic. `from_environment` is the only reader of the environment."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

_SHORTEST_SECRET = 32
_SECRETS = ("SCREENING_STAFF_KEY", "SCREENING_PATIENT_KEY", "SCREENING_PASSWORD_SALT")
_DATA_KEY_BYTES = 32
# A random text of 32 characters has more; one that somebody thought up, or repeated, seldom has.
_DIFFERENT_CHARACTERS = 10
# Each of these changes, outside of the settings, which server PostgreSQL's own library speaks to.
_ELSEWHERE = ("PGHOST", "PGHOSTADDR", "PGSERVICE", "PGSSLMODE")
_KEEP_YEARS = "10"


class ConfigError(ValueError):
    """The settings cannot be used; says which, and what to do."""


@dataclass(frozen=True)
class Clinic:
    name: str
    zone: ZoneInfo
    phone: str
    emergency: str
    """The number that patients call in an emergency, such as 112."""


@dataclass(frozen=True)
class DataKey:
    """A master key: it protects the keys of the patients, which protect what is stored about them."""

    id: str
    secret: bytes = field(repr=False)
    """32 bytes, for AES-256."""


@dataclass(frozen=True)
class Config:
    clinic: Clinic
    address: str
    """Where patients and staff reach the product, such as https://screening.example.org."""
    database_url: str = field(repr=False)
    staff_key: str = field(repr=False)
    patient_key: str = field(repr=False)
    password_salt: str = field(repr=False)
    data_keys: tuple[DataKey, ...]
    """The first protects what is written; the others are kept for what was written before a rotation."""
    staff_address: str = ""
    """Where staff reach the product, where that is another name than the patients'; empty where it is the same."""
    proxies: frozenset[str] = frozenset()
    """The addresses of the proxies whose word on where a request came from is taken."""
    limits_url: str = "memory://"
    """Where the coarse limits are counted: in each process, or in a Redis or Valkey that all of them share."""
    keep_years: int = 10
    """How long after the last visit a patient's content is kept."""
    is_demo: bool = False
    hash_passwords_fast: bool = False
    """Only for tests, which sign in hundreds of times."""

    @property
    def is_https(self) -> bool:
        return urlsplit(self.address).scheme == "https"

    @property
    def staff_origin(self) -> str:
        """Where staff reach the product; passkeys belong to its name."""
        return self.staff_address or self.address

    @property
    def hosts(self) -> list[str]:
        """The names under which requests may come; any other is refused."""
        names = {
            urlsplit(address).hostname or "" for address in (self.address, self.staff_address) if address
        }
        return sorted(names | {"127.0.0.1"} if self.is_demo else names)


def from_environment(environment: Mapping[str, str | None] | None = None) -> Config:
    """A clinic's settings, from the environment and a `.env` file beside it; raises ConfigError."""
    values = environment if environment is not None else {**dotenv_values(Path(".env")), **os.environ}
    _must_not_debug(values)
    secrets = [_secret(values, name) for name in _SECRETS]
    if len(set(secrets)) < len(secrets):
        raise ConfigError(f"{', '.join(_SECRETS)} must differ. Run `screening init` for fresh ones.")
    staff_key, patient_key, password_salt = secrets
    written_keys = _required(values, "SCREENING_DATA_KEYS")
    database_url = _database(_required(values, "SCREENING_DATABASE_URL"), values)
    _must_not_be_reused(secrets, written_keys, database_url)
    clinic = Clinic(
        name=_required(values, "SCREENING_CLINIC_NAME"),
        zone=_zone(_required(values, "SCREENING_CLINIC_ZONE")),
        phone=_required(values, "SCREENING_CLINIC_PHONE"),
        emergency=_required(values, "SCREENING_CLINIC_EMERGENCY"),
    )
    return Config(
        clinic=clinic,
        address=_address(_required(values, "SCREENING_ADDRESS")),
        database_url=database_url,
        staff_key=staff_key,
        patient_key=patient_key,
        password_salt=password_salt,
        data_keys=_data_keys(written_keys),
        staff_address=_staff_address(_optional(values, "SCREENING_STAFF_ADDRESS")),
        proxies=_proxies(_optional(values, "SCREENING_PROXIES") or "127.0.0.1"),
        limits_url=_limits(_optional(values, "SCREENING_LIMITS_URL") or "memory://"),
        keep_years=_years(_optional(values, "SCREENING_KEEP_YEARS") or _KEEP_YEARS),
    )


def _required(values: Mapping[str, str | None], name: str) -> str:
    value = (values.get(name) or "").strip()
    if not value:
        raise ConfigError(f"{name} is not set. Add it to .env; `screening init` writes a first one.")
    return value


def _optional(values: Mapping[str, str | None], name: str) -> str:
    return (values.get(name) or "").strip()


def _data_keys(written: str) -> tuple[DataKey, ...]:
    """Reads `id:key` pairs, the newest first, each key 32 bytes in base64."""
    keys = tuple(_data_key(pair) for pair in written.replace(",", " ").split())
    if len({key.id for key in keys}) < len(keys) or len({key.secret for key in keys}) < len(keys):
        raise ConfigError("SCREENING_DATA_KEYS names a key twice. Each needs an id and a value of its own.")
    return keys


def _data_key(pair: str) -> DataKey:
    name, _, secret = pair.partition(":")
    try:
        value = base64.urlsafe_b64decode(secret)
    except ValueError:
        value = b""
    # A real key has no pattern; one letter typed 43 times has.
    if not re.fullmatch(r"[a-z0-9-]{1,20}", name) or len(value) != _DATA_KEY_BYTES or len(set(value)) < 16:
        raise ConfigError(
            "SCREENING_DATA_KEYS must be an id, a colon and 32 random bytes in base64. "
            "`screening init` writes a first one, `screening keys new` a further one."
        )
    return DataKey(name, value)


def _proxies(written: str) -> frozenset[str]:
    try:
        return frozenset(str(ip_address(each)) for each in written.replace(",", " ").split())
    except ValueError as problem:
        raise ConfigError("SCREENING_PROXIES must be IP addresses, such as 127.0.0.1.") from problem


def _limits(url: str) -> str:
    if not url.startswith(("memory://", "redis://", "rediss://", "valkey://", "valkeys://")):
        raise ConfigError("SCREENING_LIMITS_URL must be memory://, or begin with redis:// or valkey://.")
    return url


def _years(written: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", written) or int(written) == 0:
        raise ConfigError("SCREENING_KEEP_YEARS must be a number of years from 1 to 99.")
    return int(written)


def _secret(values: Mapping[str, str | None], name: str) -> str:
    value = _required(values, name)
    if len(value) < _SHORTEST_SECRET:
        raise ConfigError(f"{name} is shorter than {_SHORTEST_SECRET} characters. Run `screening init`.")
    if len(set(value)) < _DIFFERENT_CHARACTERS:
        raise ConfigError(f"{name} is no random text. Run `screening init` for a fresh one.")
    return value


def _must_not_debug(values: Mapping[str, str | None]) -> None:
    """Flask's debugger shows what it works on to whoever asks."""
    if _optional(values, "FLASK_DEBUG").lower() not in ("", "0", "false", "no"):
        raise ConfigError("FLASK_DEBUG is set. A real clinic never runs in debug mode: unset it.")


def _must_not_be_reused(secrets: list[str], data_keys: str, database_url: str) -> None:
    for secret in secrets:
        if secret in data_keys or secret == urlsplit(database_url).password:
            raise ConfigError("A secret is used twice in the settings. Run `screening init` for fresh ones.")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise ConfigError(
            f"SCREENING_CLINIC_ZONE: {name!r} is no time zone, such as Europe/Paris."
        ) from problem


def _address(address: str, name: str = "SCREENING_ADDRESS") -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.netloc or parts.path.strip("/") or parts.query:
        raise ConfigError(f"{name} must be https:// and a host, such as https://forms.example.org.")
    return address.rstrip("/")


def _staff_address(address: str) -> str:
    return _address(address, "SCREENING_STAFF_ADDRESS") if address else ""


def _database(url: str, values: Mapping[str, str | None]) -> str:
    # A relative path would depend on where the service is started.
    if not url.startswith(("sqlite:////", "postgresql+psycopg://")):
        raise ConfigError(
            "SCREENING_DATABASE_URL must be sqlite:/// with a full path, such as sqlite:////var/lib/screening.db, "
            "or start with postgresql+psycopg://."
        )
    if url.startswith("postgresql"):
        _must_be_verified(url, values)
    return url


def _must_be_verified(url: str, values: Mapping[str, str | None]) -> None:
    """A database on another machine proves who it is, by its certificate and name (OWASP ASVS 12.3.2)."""
    found = next((name for name in _ELSEWHERE if _optional(values, name)), None)
    if found:
        raise ConfigError(f"{found} is set. Name the server in SCREENING_DATABASE_URL only, and unset it.")
    options = parse_qs(urlsplit(url).query)
    if "service" in options:
        raise ConfigError("SCREENING_DATABASE_URL names a service. Name the server itself.")
    hosts = [urlsplit(url).hostname or "", *options.get("host", []), *options.get("hostaddr", [])]
    is_local = all(_is_local(host) for written in hosts for host in written.split(","))
    if not is_local and options.get("sslmode") != ["verify-full"]:
        raise ConfigError(
            "SCREENING_DATABASE_URL must end with ?sslmode=verify-full for a database on another machine: "
            "without it, anybody in between could read and change everything."
        )


def _is_local(host: str) -> bool:
    """A socket, or this very machine."""
    if host in ("", "localhost") or host.startswith("/"):
        return True
    try:
        return ip_address(host.partition(":")[0] if host.count(":") == 1 else host).is_loopback
    except ValueError:
        return False
