"""The provider's forms. The one to sign is made from the flags: one decision each, and nothing chosen beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, RadioField, TextAreaField
from wtforms.validators import ValidationError

from screening.domain.assessment import Flag
from screening.domain.decisions import Decided, Decision, needs_patient_said, needs_reason, rests_on_unknown
from screening.provider.merge_decisions import Typed
from screening.staff.forms import CalendarField, Plain, StaffForm, choices, note, stripped

DECISIONS = {
    "cleared": "Cleared: treat as planned",
    "adapt": "Adapt the treatment",
    "postpone": "Postpone",
    "refer": "Refer: do not treat until answered",
}
_LONGEST = 2000


class CallForm(StaffForm):
    seen = HiddenField()
    about = note("What shall the desk ask the patient?", blank="Write what the desk shall ask")


class HoldForm(StaffForm):
    mark = HiddenField()
    reason = note("Why was the session held all the same?")


class StartForm(StaffForm):
    mark = HiddenField()
    reason = TextAreaField(
        "Why does the session go ahead all the same?",
        id="start-reason",
        filters=[stripped],
        validators=[Plain(1000)],
    )


class SignForm(StaffForm):
    digest = HiddenField()
    submission = HiddenField()
    """The answers that the page was made of."""
    seen = HiddenField()
    """The sign-off that stood on the page."""
    postponed_until = CalendarField("Postpone until", filters=[stripped], validators=[Plain(10)])

    flags: tuple[tuple[UUID, Flag], ...] = ()

    def rows(self) -> list[tuple[Flag, Field, Field, Field | None]]:
        """Each flag with its decision, its reason and, where an answer is unknown, what the patient said."""
        return [
            (
                flag,
                self[f"decision-{flag_id.hex}"],
                self[f"reason-{flag_id.hex}"],
                self[f"said-{flag_id.hex}"] if rests_on_unknown(flag) else None,
            )
            for flag_id, flag in self.flags
        ]

    def decisions(self) -> dict[UUID, Decided]:
        return {
            flag_id: Decided(
                Decision.from_word(str(self[f"decision-{flag_id.hex}"].data)),
                self[f"reason-{flag_id.hex}"].data or "",
                (self[f"said-{flag_id.hex}"].data or "") if rests_on_unknown(flag) else "",
            )
            for flag_id, flag in self.flags
        }

    def typed(self) -> list[Typed]:
        """Whatever was typed, whether it is complete or not."""
        return [
            Typed(
                flag,
                decision.data if decision.data in DECISIONS else "",
                reason.data or "",
                (said.data or "") if said is not None else "",
            )
            for flag, decision, reason, said in self.rows()
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        for flag, decision, reason, said in self.rows():
            _judge(flag, decision, reason, said)
            is_valid = is_valid and not (
                decision.errors or reason.errors or (said is not None and said.errors)
            )
        if self._is_postponed() and not self.postponed_until.errors and self.postponed_until.day() is None:
            self.postponed_until.errors = ["Choose the day until which you postpone"]
            is_valid = False
        return bool(is_valid)

    def _is_postponed(self) -> bool:
        chosen = [decision.data for _, decision, _, _ in self.rows()]
        return "postpone" in chosen and "refer" not in chosen

    def strays(self) -> bool:
        """Whether a decision came along for something that is not on this page."""
        known = {field.name for field in self}
        return any(name not in known for name in request.form)


def _judge(flag: Flag, decision: Field, reason: Field, said: Field | None) -> None:
    if decision.errors:
        return
    chosen = Decision.from_word(str(decision.data))
    if needs_reason(flag, chosen) and not reason.data and not reason.errors:
        reason.errors = [f"Write why {flag.rule} can be cleared"]
    if said is not None and needs_patient_said(flag, chosen) and not said.data and not said.errors:
        said.errors = [f"Write what the patient said about {flag.rule}"]


class _Decision(RadioField):
    def __init__(self, rule: str, **options: Any) -> None:
        super().__init__(
            f"What do you decide on {rule}?", choices=choices(DECISIONS), validate_choice=False, **options
        )
        self.rule = rule

    def pre_validate(self, _form: Any) -> None:
        if self.data not in DECISIONS:
            raise ValidationError(f"Choose what you decide on {self.rule}")


def sign_form(flags: Sequence[tuple[UUID, Flag]], typed: Mapping[str, str] | None = None) -> SignForm:
    """Takes what was sent, or what is passed in as `typed` from a page that was made of other answers."""
    fields: dict[str, Any] = {"flags": tuple(flags)}
    for flag_id, flag in flags:
        fields[f"decision-{flag_id.hex}"] = _Decision(flag.rule)
        fields[f"reason-{flag_id.hex}"] = note("Reason, and what to change", _LONGEST)
        if rests_on_unknown(flag):
            fields[f"said-{flag_id.hex}"] = note("What the patient said when you asked", _LONGEST)
    made = type("SignForm", (SignForm,), fields)
    form: SignForm = made() if typed is None else made(formdata=MultiDict(typed))
    return form


def typed_fields(kept: Mapping[UUID, Typed], postponed_until: str) -> dict[str, str]:
    """The names and values under which carried words stand in the form of the new flags."""
    fields = {"postponed_until": postponed_until}
    for flag_id, typed in kept.items():
        fields[f"decision-{flag_id.hex}"] = typed.decision
        fields[f"reason-{flag_id.hex}"] = typed.reason
        fields[f"said-{flag_id.hex}"] = typed.said
    return fields
