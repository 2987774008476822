"""The tables. What L6 protects is append-only: see `APPEND_ONLY`."""

from screening.models.answers import Draft, FlagRow, ProtocolVersion, Publication, Submission
from screening.models.base import Base
from screening.models.people import Role, User
from screening.models.review import (
    ArrivalCheck,
    Call,
    Disposition,
    Event,
    Override,
    SignOff,
    SignOffVoid,
    VerifiedAnswer,
)
from screening.models.visits import Appointment, Link, Patient

APPEND_ONLY = (
    ProtocolVersion,
    Publication,
    Submission,
    FlagRow,
    Disposition,
    SignOff,
    SignOffVoid,
    ArrivalCheck,
    Override,
    VerifiedAnswer,
    Event,
)

__all__ = [
    "APPEND_ONLY",
    "Appointment",
    "ArrivalCheck",
    "Base",
    "Call",
    "Disposition",
    "Draft",
    "Event",
    "FlagRow",
    "Link",
    "Override",
    "Patient",
    "ProtocolVersion",
    "Publication",
    "Role",
    "SignOff",
    "SignOffVoid",
    "Submission",
    "User",
    "VerifiedAnswer",
]
