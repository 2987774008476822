"""What was typed and cannot be taken yet: the page that asks for something first carries all of it along."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from screening.text import with_plain_breaks

# A password is typed anew, and the token belongs to the page that sends.
_NEVER = frozenset(
    (
        "csrf_token",
        "password",
        "again",
        "old",
        "recovery_code",
        "credential",
        "proof-password",
        "proof-credential",
    )
)


def kept_fields() -> list[tuple[str, str]]:
    """Every posted field with every value, in order; line breaks as a page writes them."""
    fields = request.form.items(multi=True)
    return [(name, with_plain_breaks(value)) for name, value in fields if name not in _NEVER]


def has_files() -> bool:
    """A file cannot be carried along, and is chosen again."""
    return any(each.filename for each in request.files.values())


def signed_out() -> ResponseReturnValue:
    """Nothing that was typed when the session ended is lost."""
    page = render_template(
        "account/signed_out.html",
        fields=kept_fields(),
        has_files=has_files(),
        address=request.full_path.rstrip("?"),
        sign_in=url_for("account.login"),
    )
    return page, 403
