"""The settings of one clinic. `from_environment` is the only reader of the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

_SHORTEST_SECRET = 32
_SECRETS = ("SCREENING_STAFF_KEY", "SCREENING_PATIENT_KEY", "SCREENING_PASSWORD_SALT")


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
class Config:
    clinic: Clinic
    address: str
    """Where patients and staff reach the product, such as https://screening.example.org."""
    database_url: str
    staff_key: str
    patient_key: str
    password_salt: str
    is_demo: bool = False
    hash_passwords_fast: bool = False
    """Only for tests, which sign in hundreds of times."""

    @property
    def is_https(self) -> bool:
        return urlsplit(self.address).scheme == "https"

    @property
    def hosts(self) -> list[str]:
        """The names under which requests may come; any other is refused."""
        name = urlsplit(self.address).hostname or ""
        return [name, "127.0.0.1"] if self.is_demo else [name]


def from_environment(environment: Mapping[str, str | None] | None = None) -> Config:
    """A clinic's settings, from the environment and a `.env` file beside it; raises ConfigError."""
    values = environment if environment is not None else {**dotenv_values(Path(".env")), **os.environ}
    secrets = [_secret(values, name) for name in _SECRETS]
    if len(set(secrets)) < len(secrets):
        raise ConfigError(f"{', '.join(_SECRETS)} must differ. Run `screening init` for fresh ones.")
    staff_key, patient_key, password_salt = secrets
    clinic = Clinic(
        name=_required(values, "SCREENING_CLINIC_NAME"),
        zone=_zone(_required(values, "SCREENING_CLINIC_ZONE")),
        phone=_required(values, "SCREENING_CLINIC_PHONE"),
        emergency=_required(values, "SCREENING_CLINIC_EMERGENCY"),
    )
    return Config(
        clinic=clinic,
        address=_address(_required(values, "SCREENING_ADDRESS")),
        database_url=_database(_required(values, "SCREENING_DATABASE_URL")),
        staff_key=staff_key,
        patient_key=patient_key,
        password_salt=password_salt,
    )


def _required(values: Mapping[str, str | None], name: str) -> str:
    value = (values.get(name) or "").strip()
    if not value:
        raise ConfigError(f"{name} is not set. Add it to .env; `screening init` writes a first one.")
    return value


def _secret(values: Mapping[str, str | None], name: str) -> str:
    value = _required(values, name)
    if len(value) < _SHORTEST_SECRET:
        raise ConfigError(f"{name} is shorter than {_SHORTEST_SECRET} characters. Run `screening init`.")
    return value


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise ConfigError(
            f"SCREENING_CLINIC_ZONE: {name!r} is no time zone, such as Europe/Paris."
        ) from problem


def _address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.netloc or parts.path.strip("/") or parts.query:
        raise ConfigError("SCREENING_ADDRESS must be https:// and a host, such as https://forms.example.org.")
    return address.rstrip("/")


def _database(url: str) -> str:
    # A relative path would depend on where the service is started.
    if not url.startswith(("sqlite:////", "postgresql+psycopg://")):
        raise ConfigError(
            "SCREENING_DATABASE_URL must be sqlite:/// with a full path, such as sqlite:////var/lib/screening.db, "
            "or start with postgresql+psycopg://."
        )
    return url
