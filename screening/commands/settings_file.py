"""Writes a clinic's first `.env`, with fresh secrets, readable by its owner only."""

from __future__ import annotations

import base64
import os
import re
import secrets
from pathlib import Path

from config import from_environment


def write(
    path: Path, *, name: str, zone: str, phone: str, emergency: str, address: str, database: str
) -> None:
    """Raises FileExistsError rather than lose secrets, and ConfigError for settings that cannot be used."""
    if path.exists():
        raise FileExistsError(f"{path} exists. Move it away first: it may hold the secrets of your records.")
    values = {
        "SCREENING_CLINIC_NAME": name,
        "SCREENING_CLINIC_ZONE": zone,
        "SCREENING_CLINIC_PHONE": phone,
        "SCREENING_CLINIC_EMERGENCY": emergency,
        "SCREENING_ADDRESS": address,
        "SCREENING_DATABASE_URL": database,
        "SCREENING_STAFF_KEY": secrets.token_urlsafe(48),
        "SCREENING_PATIENT_KEY": secrets.token_urlsafe(48),
        "SCREENING_PASSWORD_SALT": secrets.token_urlsafe(48),
        "SCREENING_DATA_KEYS": new_data_key("first"),
    }
    from_environment(values)
    lines = [f"{key}='{_quoted(value)}'" for key, value in values.items()]
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def new_data_key(name: str) -> str:
    """A fresh master key as it stands in the settings. Raises ValueError for a name that cannot stand there."""
    if not re.fullmatch(r"[a-z0-9-]{1,20}", name):
        raise ValueError("a key's name has up to 20 small letters, digits and hyphens")
    return f"{name}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
