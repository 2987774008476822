"""The forms of signing in and of accounts. What is secret is never written back into a page."""

from __future__ import annotations

from typing import Any

from flask import request
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import ValidationError

from screening.account.invitations import password_problem
from screening.records.actors import ROLES
from screening.staff.forms import Plain, StaffForm, Ticks, choices, line, stripped

LONGEST_PASSWORD_SENT = 1000
OPEN_FOR_LONG = "This page was open for a long time. Please try again"
ROLE_NAMES = dict(
    zip(
        ROLES,
        ("Front desk", "Provider", "Clinical lead", "Admin: looks after accounts"),
        strict=True,
    )
)


class SignInForm(StaffForm):
    email = StringField("E-mail address", filters=[stripped])
    password = PasswordField("Password")


class AppCodeForm(StaffForm):
    code = StringField("Code of 6 digits", filters=[stripped])


class RecoveryForm(StaffForm):
    recovery_code = StringField("Recovery code", filters=[stripped])


class PasskeyForm(StaffForm):
    credential = HiddenField()


class AddPasskeyForm(PasskeyForm):
    name = line("Name for this passkey, such as “my phone”", 64, blank="Give this passkey a name")


class RemovePasskeyForm(StaffForm):
    passkey = HiddenField()


class EndSessionForm(StaffForm):
    session = HiddenField()


class NewPasswordForm(StaffForm):
    """Twice, because it is not shown while it is typed."""

    password = PasswordField("New password")
    again = PasswordField("The same password again")

    def __init__(self, name: str, email: str, **more: Any) -> None:
        super().__init__(**more)
        self._name, self._email = name, email

    def validate_password(self, field: PasswordField) -> None:
        problem = password_problem(field.data or "", self._name, self._email)
        if problem:
            raise ValidationError(problem)

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            raise ValidationError("This is not the same as above. Please type both again")


class ChangePasswordForm(NewPasswordForm):
    old = PasswordField("Password until now")


class KnownPasswordForm(StaffForm):
    password = PasswordField("Your password")


class RolesForm(StaffForm):
    several = ("roles",)

    roles = Ticks("What this person does", choices=choices(ROLE_NAMES))

    def validate_roles(self, field: Ticks) -> None:
        if not field.data:
            raise ValidationError("Choose at least one role")


class InviteForm(RolesForm):
    name = line("Name, as patients and staff know it", 120, blank="Write the person's name")
    email = StringField(
        "E-mail address", filters=[stripped], validators=[Plain(255, "Write an e-mail address")]
    )

    def validate_email(self, field: StringField) -> None:
        name, at, host = (field.data or "").partition("@")
        if not name or not at or "." not in host or " " in name + host:
            raise ValidationError("Write a whole e-mail address, such as dana@clinic.example")


def sent_password(form: Any, name: str = "password") -> str:
    """As it was typed: never stripped, never made plain. Longer than any password is none."""
    text = request.form.get(form[name].name, "")
    return text if len(text) <= LONGEST_PASSWORD_SENT else ""
