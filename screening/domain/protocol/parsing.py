"""Reads one condition of the file. There is no "not": adding a risk can never make a condition false."""

from __future__ import annotations

from typing import Any

from screening.domain.protocol.condition_forms import AnyDevice, Condition, Group, NamedCondition, Test
from screening.domain.protocol.fields import Fields
from screening.domain.protocol.vocabulary import ProtocolError

_REMEDY = (
    "Use all, any, named, any_device, or question with is, is_any, has, has_any, at_least and of, "
    "unresolved, above, older_than_days, within_days or typed"
)


def read_condition(value: Any, line: int) -> Condition:
    fields = Fields(value, line, "a condition")
    condition: Condition = _test(fields) if fields.has("question") else _combination(fields)
    fields.done()
    return condition


def _combination(fields: Fields) -> Condition:
    for form in ("all", "any"):
        if fields.has(form):
            return Group(form, fields.each(form, read_condition), fields.line)
    if fields.has("named"):
        return NamedCondition(fields.text("named"), fields.line)
    if fields.has("any_device"):
        return AnyDevice(read_condition(fields.raw("any_device"), fields.line), fields.line)
    raise ProtocolError(fields.line, "a condition says nothing that is known", _REMEDY)


def _test(fields: Fields) -> Test:
    question, line = fields.text("question"), fields.line
    for form in ("is", "has"):
        if fields.has(form):
            return Test(question, form, (fields.text(form),), line=line)
    for form in ("is_any", "has_any"):
        if fields.has(form):
            return Test(question, form, fields.texts(form), line=line)
    if fields.has("at_least"):
        return Test(question, "at_least", fields.texts("of"), fields.count("at_least"), line=line)
    for form in ("unresolved", "typed"):
        if fields.has(form) and fields.yes(form):
            return Test(question, form, line=line)
    if fields.has("above"):
        return Test(question, "above", number=fields.number("above"), line=line)
    for form in ("older_than_days", "within_days"):
        if fields.has(form):
            return Test(question, form, number=fields.count(form), line=line)
    raise ProtocolError(line, f"the condition on {question} says nothing that is known", _REMEDY)
