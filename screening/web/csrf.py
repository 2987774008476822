"""Tokens against forged requests: each form carries one, and a page that was left open too long has a stale one.

A session makes its tokens from its own id (sessions.py). A link has one of its own, so that it needs no session.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from wtforms.csrf.core import CSRF
from wtforms.validators import ValidationError

from screening.extensions import current_config

TOKEN_FIELD = "csrf_token"  # noqa: S105  (a name)


class LinkToken(CSRF):
    """A token made from the link itself, so that opening a link stores nothing, not even a cookie.

    Whoever can post to a link's address knows the link; the token only shows that our page was there first.
    """

    def setup_form(self, form: Any) -> Any:
        self.link = form.meta.link
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        key = current_config().patient_key.encode()
        return hmac.new(key, f"start {self.link}".encode(), hashlib.sha256).hexdigest()

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        if not hmac.compare_digest(field.current_token.encode(), str(field.data or "").encode()):
            raise ValidationError("stale")
