"""No password can be read over a shoulder while it is typed, and each field tells password managers what it is."""

from typing import Any

from tests.support.pages import find, parsed

AUTOCOMPLETE = {
    "/staff/sign-in": ["current-password"],
    "/staff/account/password": ["current-password", "new-password"],
}


def test_passwords_are_masked_while_they_are_typed(desk_client: Any, client: Any) -> None:
    for path, kinds in AUTOCOMPLETE.items():
        page = (client if path.endswith("sign-in") else desk_client).get(path)
        named = [
            field
            for field in find(parsed(page.text), "input")
            if "password" in (field.get("autocomplete") or "")
        ]
        assert {field.get("type") for field in named} == {"password"}
        assert sorted({field.get("autocomplete") or "" for field in named}) == sorted(kinds)
        assert not [field for field in named if field.get("value")]
