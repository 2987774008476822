"""Turns one question of the file, with its options, into a frozen value."""

from __future__ import annotations

import re
from typing import Any

from screening.domain.protocol.condition_forms import Condition
from screening.domain.protocol.fields import Fields
from screening.domain.protocol.model import Option, Question
from screening.domain.protocol.parsing import read_condition
from screening.domain.protocol.tree import FileMap
from screening.domain.protocol.vocabulary import IN_PERSON, NOT_SURE, QUESTION_KINDS, QUESTION_ROLES

_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_QUESTION_ID = re.compile(r"[a-z]+(\.[a-z]+)*")
_NEVER_UNKNOWN = ("text", "number")


def _option(value: Any, line: int) -> Option:
    fields = Fields(value, line, "an option")
    code = fields.text("code")
    if not _CODE.fullmatch(code):
        raise fields.refuse(
            "code", f"the code {code!r} is not lower case with hyphens", "Write for example stent-filter"
        )
    extra = (fields.text_or_empty(name) for name in ("term", "group", "task"))
    option = Option(code, fields.text("label"), *extra)
    fields.done()
    return option


def _options(fields: Fields, kind: str) -> tuple[Option, ...]:
    """The options in the order shown; not knowing is added to every question but a number or a text."""
    own = fields.each("options", _option) if fields.has("options") else ()
    unsure = fields.text_or_empty("unsure_label") or "Not sure"
    in_person = fields.text_or_empty("in_person_label") or "I'd rather tell my provider in person"
    if kind in _NEVER_UNKNOWN:
        return own
    options = (*own, Option(NOT_SURE, unsure), Option(IN_PERSON, in_person))
    codes = [option.code for option in options]
    for code in codes:
        if codes.count(code) > 1:
            raise fields.refuse(
                "options", f"the option `{code}` is there twice", "Remove one; the unknown ones are added"
            )
    return options


def _asked(fields: Fields) -> tuple[str, Condition | None]:
    asked = fields.raw("asked")
    if isinstance(asked, FileMap):
        return "condition", read_condition(asked, asked.line)
    if asked not in ("core", "device", "listed"):
        raise fields.refuse(
            "asked", f"`asked` cannot be {asked!r}", "Write core, device, listed or a condition"
        )
    if not fields.has("asked_when"):
        return str(asked), None
    if asked != "device":
        raise fields.refuse(
            "asked_when", "`asked_when` is only for a device's question", "Write the condition at `asked`"
        )
    return "device", read_condition(fields.raw("asked_when"), fields.line)


def build_question(value: Any, line: int) -> Question:
    fields = Fields(value, line, "a question")
    question_id = fields.text("id")
    fields.what = f"question {question_id}"
    if not _QUESTION_ID.fullmatch(question_id):
        raise fields.refuse("id", "the id is not lower-case words with dots", "Write for example bleed.easy")
    kind = fields.one_of("kind", QUESTION_KINDS)
    asked, asked_when = _asked(fields)
    question = Question(
        id=question_id,
        topic=fields.text("topic"),
        kind=kind,
        short=fields.text("short"),
        wording=fields.text("wording"),
        why=fields.text("why"),
        section=fields.text("section"),
        freshness=_freshness(fields),
        asked=asked,
        asked_when=asked_when,
        help=fields.text_or_empty("help"),
        options=_options(fields, kind),
        optional=fields.yes("optional"),
        max_length=fields.count("max_length") if fields.has("max_length") else None,
        minimum=fields.number("min") if fields.has("min") else None,
        maximum=fields.number("max") if fields.has("max") else None,
        listed_as=fields.text_or_empty("listed_as"),
        nothing_to_report=fields.text_or_empty("nothing_to_report"),
        plural=fields.yes("plural"),
        role=fields.one_of("role", QUESTION_ROLES) if fields.has("role") else "",
        ordinary=fields.text_or_empty("ordinary"),
        line=line,
    )
    fields.done()
    return question


def _freshness(fields: Fields) -> int | None:
    return None if fields.raw("freshness") == "visit" else fields.count("freshness")
