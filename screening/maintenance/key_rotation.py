"""Turns the master keys: all that an older one protects is wrapped anew by the newest, batch by batch.

Each batch is a transaction of its own, so others go on working, and a run that was stopped goes on where it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from screening.clock import now
from screening.extensions import db
from screening.maintenance.scrubbing import scrub
from screening.records.accounts.app_secrets import app_secrets_by_master, rewrap_app_secrets
from screening.records.actors import SYSTEM
from screening.records.keys import content_keys_by_master, current_vault, rewrap_content_keys
from screening.records.transaction import writing


@dataclass(frozen=True)
class Holder:
    """A kind of secret that lies wrapped by a master key."""

    what: str
    rewrap: Callable[[], int]
    """Wraps one batch anew, inside `writing()`, and says how many; 0 where nothing is left."""
    by_master: Callable[[], Counter[str]]
    """How many of them need each master key."""


# Whatever else is wrapped by a master key is added here, so that no key is given up too early.
HOLDERS = (
    Holder("content keys", lambda: rewrap_content_keys(now(), SYSTEM), content_keys_by_master),
    Holder("secrets of code apps", lambda: rewrap_app_secrets(now(), SYSTEM), app_secrets_by_master),
)


@dataclass(frozen=True)
class Needed:
    """How many secrets need a master key."""

    master: str
    secrets: int
    is_current: bool

    @property
    def words(self) -> str:
        if self.is_current:
            return f"{self.master}: protects {self.secrets} and all that is new."
        if self.secrets:
            return f"{self.master}: {self.secrets} still need it. Keep it."
        return (
            f"{self.master}: nothing needs it any more. Take it out of SCREENING_DATA_KEYS "
            "when no backup that was made under it is kept."
        )


def needed_keys() -> list[Needed]:
    """Every master key of the settings, and any that the database needs beside them."""
    vault = current_vault()
    found: Counter[str] = Counter(dict.fromkeys(vault.ids, 0))
    for holder in HOLDERS:
        found.update(holder.by_master())
    return [Needed(master, secrets, master == vault.current) for master, secrets in found.items()]


def rotate(progress: Callable[[str, int], None]) -> int:
    """Goes on until nothing is left. Says how many secrets it wrapped anew."""
    total = 0
    for holder in HOLDERS:
        while True:
            with writing():
                done = holder.rewrap()
            if not done:
                break
            total += done
            progress(holder.what, total)
    if total:
        scrub(db.engine)
    return total
