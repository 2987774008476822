"""Guessing at the door, slowed down without locking anybody out.

A counter belongs to an account *and* an address, so a stranger uses up the tries of the stranger's own address only;
and who signed in before from a device has counters of their own there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete

from screening.extensions import db
from screening.records.rate_counters import count_try, forget_tries, tries
from screening.storage.models import Tries

WITHIN = timedelta(minutes=15)
FROM_A_KNOWN_DEVICE = 10
FROM_AN_ADDRESS = 5
WHILE_GUESSED_AT = 1
"""Of an address for an account that many others are trying, too: slow, and still no lock."""
GUESSED_AT = 50
GUESSED_WITHIN = timedelta(hours=1)
OVER_ALL_ACCOUNTS = 100
"""Of an address: a clinic shares one, so it is the looser limit."""
KNOWN_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Trying:
    """Who tries what, from where. The account is what was typed, whether or not there is one of that name."""

    what: str
    account: str
    address: str
    device: str = ""

    @property
    def at_device(self) -> str:
        return f"{self.what} of {self.account} at device {self.device}"

    @property
    def at_address(self) -> str:
        return f"{self.what} of {self.account} at {self.address}"

    @property
    def anywhere(self) -> str:
        return f"{self.what} of {self.account} anywhere"

    @property
    def any_account(self) -> str:
        return f"{self.what} at {self.address}"

    @property
    def known(self) -> str:
        return f"device {self.device} of {self.account}"


def one_more_try(trying: Trying, at: datetime) -> int:
    """Counts a try before it is made. How many there are too many: 0 where it may be made, 1 for the first refused."""
    db.session.execute(delete(Tries).where(Tries.ends_at <= at))
    if _is_known(trying, at):
        return max(0, count_try(trying.at_device, at, WITHIN) - FROM_A_KNOWN_DEVICE)
    most = WHILE_GUESSED_AT if tries(trying.anywhere, at) >= GUESSED_AT else FROM_AN_ADDRESS
    over = max(
        count_try(trying.at_address, at, WITHIN) - most,
        count_try(trying.any_account, at, WITHIN) - OVER_ALL_ACCOUNTS,
    )
    if over <= 0:
        count_try(trying.anywhere, at, GUESSED_WITHIN)
    return max(0, over)


def was_right(trying: Trying, at: datetime) -> None:
    """Who knows the password is no guesser; what others tried for the account elsewhere still counts."""
    forget_tries(trying.at_device if _is_known(trying, at) else trying.at_address)


def remember_device(account: str, device: str, at: datetime) -> None:
    known = Trying("", account, "", device).known
    forget_tries(known)
    count_try(known, at, KNOWN_FOR)


def _is_known(trying: Trying, at: datetime) -> bool:
    return bool(trying.device) and tries(trying.known, at) > 0
