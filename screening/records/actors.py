"""Who acts: a patient, a member of staff in one of their roles, or the system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

DESK, PROVIDER, LEAD, ADMIN = ROLES = ("front-desk", "provider", "clinical-lead", "admin")
"""What a member of staff does in the clinic."""


@dataclass(frozen=True)
class Actor:
    """Who acts: a patient, a member of staff, or the system."""

    kind: str
    user_id: int | None
    name: str


class Named(Protocol):
    """An account, or what is known of it."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


PATIENT = Actor("patient", None, "Patient")
SYSTEM = Actor("system", None, "The person who runs this service")
STRANGER = Actor("system", None, "Nobody")
"""At the door: nobody knows who it is."""


def staff_actor(user: Named, kind: str = "staff") -> Actor:
    """A member of staff, acting in a role or, without one, for themselves."""
    return Actor(kind, user.id, user.name)
