"""The desk's forms."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import select
from wtforms import HiddenField, RadioField, StringField
from wtforms.validators import ValidationError

from screening.clock import zone
from screening.extensions import db
from screening.records.actors import PROVIDER
from screening.records.protocol_versions import current_protocol
from screening.staff.forms import (
    CalendarField,
    Chosen,
    DayGiven,
    StaffForm,
    Tick,
    Ticks,
    TimeGiven,
    choices,
    line,
    note,
    stripped,
    time_from,
)
from screening.storage.models import Role, User

WHO_ANSWERS = {"patient": "The patient", "other": "Somebody for the patient"}


class PersonForm(StaffForm):
    """Who the patient is."""

    name = line("Patient's full name", 120, "Enter the patient's full name")
    born = CalendarField("Patient's date of birth", filters=[stripped], validators=[DayGiven()])

    today: date = date.max

    def birth_date(self) -> date:
        born = self.born.day()
        if born is None:
            raise ValueError("only to be asked after the form was judged")
        return born

    def validate_born(self, field: Any) -> None:
        born = field.day()
        if born and born > self.today:
            raise ValidationError("Enter a date of birth that is not in the future")


class VisitForm(StaffForm):
    """When the patient comes, to whom, and for what."""

    several = ("planned",)

    contact = line("Phone number or e-mail address", 120, "Enter a phone number or an e-mail address")
    day = CalendarField("Day of the appointment", filters=[stripped], validators=[DayGiven()])
    time = StringField("Time of the appointment", filters=[stripped], validators=[TimeGiven()])
    provider = Chosen("Provider")
    planned = Ticks("What is planned")

    def offer(self) -> None:
        """Fills in who and what can be chosen."""
        modalities = current_protocol().modalities
        self.provider.choices = choices({"": "Choose a provider", **providers()})
        self.planned.choices = choices({code: each.name for code, each in modalities.items()})

    def starts_at(self) -> datetime:
        moment = time_from(self.time.data)
        day = self.day.day()
        if day is None or moment is None:
            raise ValueError("only to be asked after the form was judged")
        return datetime.combine(day, moment, zone())

    def validate_time(self, field: Any) -> None:
        """Once a year an hour does not exist: no appointment can start in it."""
        day, moment = self.day.day(), time_from(field.data)
        if day and moment and not _exists(day, moment):
            raise ValidationError("The clocks go forward that night, so this time does not exist")


class AppointmentForm(PersonForm, VisitForm):
    """A new appointment of a new patient."""


class ChangeForm(VisitForm):
    seen = HiddenField()
    """A mark of the appointment as it stood on the page."""


class CancelForm(StaffForm):
    seen = HiddenField()


class ArrivalForm(StaffForm):
    submission = HiddenField()
    """The answers that the patient was asked about."""


class CallForm(StaffForm):
    seen = HiddenField()
    about = note("What is the call about?", blank="Write what the call is about")


class CalledForm(StaffForm):
    call = HiddenField()
    """Which call was on the page: another one may ask for more."""
    what_was_said = note("What was said?", blank="Write what was said, or that nobody answered")


class CallerForm(StaffForm):
    """Who is on the phone: two identifiers of the patient, and who answers."""

    said_name = Tick()
    born = CalendarField("Date of birth that the caller says", filters=[stripped], validators=[DayGiven()])
    who = RadioField("Who answers?", choices=choices(WHO_ANSWERS), validate_choice=False)
    name = line("Name of the person who answers", 120)
    relation = line("Relation to the patient", 60)

    def validate_said_name(self, field: Any) -> None:
        if not field.data:
            raise ValidationError("Ask the caller for the full name, and tick when it is this one")

    def validate_who(self, field: Any) -> None:
        if field.data not in WHO_ANSWERS:
            raise ValidationError("Choose who answers")

    def validate_name(self, field: Any) -> None:
        self._belongs_to_somebody_else(field, "Write the name of the person who answers")

    def validate_relation(self, field: Any) -> None:
        self._belongs_to_somebody_else(field, "Write the relation to the patient, such as daughter")

    def _belongs_to_somebody_else(self, field: Any, blank: str) -> None:
        if self.who.data == "other" and not field.data:
            raise ValidationError(blank)
        if self.who.data == "patient" and field.data:
            raise ValidationError("Leave this empty where the patient answers")


def providers() -> dict[str, str]:
    query = select(User.id, User.name).join(User.roles).where(Role.name == PROVIDER, User.active)
    return {str(row.id): row.name for row in db.session.execute(query.order_by(User.name))}


def _exists(day: date, moment: time) -> bool:
    local = datetime.combine(day, moment, zone())
    return local.astimezone(UTC).astimezone(zone()).time() == moment
