"""The tables. What L6 protects is append-only: see `APPEND_ONLY`."""

from screening.storage.models.answers import Draft, FlagRow, ProtocolVersion, Publication, Submission
from screening.storage.models.base import Base
from screening.storage.models.people import AccountNotice, Invitation, Role, User, WebAuthn
from screening.storage.models.review import (
    ArrivalCheck,
    Call,
    Disposition,
    EmergencyAccess,
    Event,
    Override,
    SignOff,
    SignOffVoid,
    VerifiedAnswer,
)
from screening.storage.models.sealed import ContentRemoved, PatientKey, Personal
from screening.storage.models.visiting import Installation, PatientSession, StaffSession, Tries
from screening.storage.models.visits import Appointment, Link, Patient

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
    EmergencyAccess,
    Event,
)

__all__ = [
    "APPEND_ONLY",
    "AccountNotice",
    "Appointment",
    "ArrivalCheck",
    "Base",
    "Call",
    "ContentRemoved",
    "Disposition",
    "Draft",
    "EmergencyAccess",
    "Event",
    "FlagRow",
    "Installation",
    "Invitation",
    "Link",
    "Override",
    "Patient",
    "PatientKey",
    "PatientSession",
    "Personal",
    "ProtocolVersion",
    "Publication",
    "Role",
    "SignOff",
    "SignOffVoid",
    "StaffSession",
    "Submission",
    "Tries",
    "User",
    "VerifiedAnswer",
    "WebAuthn",
]
