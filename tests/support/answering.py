"""A patient who answers the form in a browser, page by page, as the pages ask."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from tests.support.pages import parsed

_BORN = {"born-day": "27", "born-month": "3", "born-year": "1980"}


def begin(client: Any, token: str) -> Any:
    """Opens the link, presses Start and confirms the date of birth; gives the first page of questions."""
    page = follow(client, client.send(client.get(f"/s/{token}")))
    return follow(client, client.send(page, _BORN))


def follow(client: Any, answer: Any) -> Any:
    assert answer.status_code == 303, (answer.status_code, answer.text[:2000])
    return client.get(answer.location)


def fill_in(client: Any, page: Any, answers: Mapping[str, Any]) -> Any:
    """Answers every page from here on; gives the page on which they are checked."""
    for _ in range(40):
        if page.request.path.endswith("/check"):
            return page
        page = follow(client, client.send(page, fields_for(page, answers), button="Continue"))
    raise AssertionError("the form has no end")


def answer_everything(client: Any, token: str, answers: Mapping[str, Any]) -> Any:
    """From the link to the page that says that the answers were received."""
    check = fill_in(client, begin(client, token), answers)
    return follow(client, client.send(check, button="Send my answers"))


def fields_for(page: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the patient types and ticks on this page."""
    tree = parsed(page.text)
    names = {
        control.get("name") or "" for tag in ("input", "select", "textarea") for control in tree.iter(tag)
    }
    (key,) = (control.get("value") or "" for control in tree.iter("input") if control.get("name") == "page")
    return fields_named(names, key, answers)


def fields_named(names: Set[str], key: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What is typed and ticked on the page with this key, whose controls have these names."""
    asked = {name.partition("-")[0] for name in names if "." in name or name == "also"}
    values = _values(key, answers)
    fields: dict[str, Any] = {}
    for question in asked:
        fields |= _field(question, values.get(question), f"{question}-day" in names)
    return fields


def _values(key: str, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    devices = answers.get("imp.devices")
    if key == "kinds":
        told = [each if isinstance(each, str) else each["kind"] for each in devices or []]
        return {"imp.kind": told}
    if key.startswith("device:") and isinstance(devices, list):
        device = devices[int(key.split(":")[1])]
        return {
            **{f"imp.{name}": value for name, value in device.items()},
            "imp.kind.text": device.get("text"),
        }
    return answers


def _field(question: str, value: Any, is_date: bool) -> dict[str, Any]:
    if value is None:
        return {}
    if not is_date:
        return {question: value if isinstance(value, list) else str(value)}
    if value in ("not-sure", "in-person"):
        return {f"{question}-other": value}
    year, month, day = str(value).split("-")
    return {f"{question}-day": day, f"{question}-month": month, f"{question}-year": year}
