"""What two people at the desk wanted of one appointment, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from screening.dates import long_day, time_of_day
from screening.desk.forms import VisitForm, providers
from screening.staff.flags_shown import modality_name
from screening.storage.models import Appointment


@dataclass(frozen=True)
class TypedDifference:
    what: str
    there: str
    typed: str

    @property
    def differs(self) -> bool:
        return self.there != self.typed


def differences(appointment: Appointment, form: VisitForm) -> list[TypedDifference]:
    """Only to be asked after the form was judged."""
    there, typed = appointment.starts_at, form.starts_at()
    names = providers()
    return [
        TypedDifference("Day", long_day(there), long_day(typed)),
        TypedDifference("Time", time_of_day(there), time_of_day(typed)),
        TypedDifference("Provider", appointment.provider.name, names.get(str(form.provider.data), "")),
        TypedDifference("Planned", _plan(appointment.planned), _plan(form.planned.data or [])),
        TypedDifference("Contact", appointment.patient.contact, form.contact.data or ""),
    ]


def _plan(codes: list[str]) -> str:
    return ", ".join(modality_name(code) for code in sorted(codes)) or "Nothing yet"
