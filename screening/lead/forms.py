"""The clinical lead's forms: a changed protocol file, and the signature under a version. Nothing is ticked before."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField
from wtforms import Field, HiddenField, TextAreaField
from wtforms.validators import ValidationError

from screening.domain.protocol.loading import parse
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.vocabulary import ProtocolError
from screening.staff.forms import StaffForm, Tick, line, note


class LoadForm(StaffForm):
    text = TextAreaField("The whole file, pasted")
    file = FileField("Or the file itself")

    protocol: Protocol | None = None
    problem: ProtocolError | None = None

    def validate(self, extra_validators: Any = None) -> bool:
        """Reads the file as the program does at its start: one mistake, with its line and what to do."""
        is_valid = super().validate(extra_validators)
        self.text.data = (self.text.data or "").replace("\r\n", "\n")
        if not is_valid or not self._takes_file():
            return False
        if not self.text.data.strip():
            self.text.errors = ["Paste a protocol file, or choose one"]
            return False
        try:
            self.protocol = parse(self.text.data)
        except ProtocolError as problem:
            self.problem = problem
            self.text.errors = [f"Line {problem.line}: {problem.wrong}. {problem.remedy}."]
        return self.problem is None

    def _takes_file(self) -> bool:
        """A chosen file becomes the text, so that it can be put right on the page."""
        if not self.file.data:
            return True
        if self.text.data:
            self.file.errors = ["Choose a file or paste its text, not both"]
            return False
        try:
            self.text.data = self.file.data.read().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            self.file.errors = ["This file is not UTF-8 text. Save it as UTF-8 and choose it again"]
            return False
        return True

    def lines_around(self) -> list[tuple[int, str, bool]]:
        """The line of the mistake and its neighbours: number, text, and whether it is the one."""
        if self.problem is None:
            return []
        found = list(enumerate((self.text.data or "").split("\n"), start=1))
        here = self.problem.line
        return [(number, text, number == here) for number, text in found[max(here - 4, 0) : here + 3]]


class PublishForm(StaffForm):
    in_use = HiddenField()
    number = line("Type the number of the version that you sign", 40, "Type the number of the version")
    why = note("What changed and why, or what you read it with", 1000, "Write a few words for the record")
    has_read = Tick("I have read what this version changes, and I answer for it", value="yes")

    version: str = ""

    def validate_number(self, field: Field) -> None:
        if field.data and field.data != self.version:
            raise ValidationError(f"This is not the number of the version on this page, {self.version}")

    def validate_has_read(self, field: Field) -> None:
        if not field.data:
            raise ValidationError("Tick that you have read it")
