"""The forms on the patient's way in: Start, and the date of birth."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from wtforms import HiddenField, StringField
from wtforms.csrf.core import CSRF
from wtforms.validators import ValidationError

from screening.extensions import current_config
from screening.questionnaire.date_fields import DayField
from screening.questionnaire.forms import PageForm


class BirthDateForm(PageForm):
    born = DayField("What is your date of birth?", id="born")
    visit = HiddenField()


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


class LinkForm(PageForm):
    class Meta:
        csrf_class = LinkToken


class TabletCodeForm(PageForm):
    """The tablet keeps nothing between two patients, so its token is made from nothing either."""

    class Meta:
        csrf_class = LinkToken
        link = "tablet"

    code = StringField("Code from the front desk")
