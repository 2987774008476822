"""The forms on the patient's way in: Start, and the date of birth."""

from __future__ import annotations

from wtforms import HiddenField, StringField

from screening.questionnaire.date_fields import DayField
from screening.questionnaire.forms import PageForm
from screening.web.csrf import LinkToken


class BirthDateForm(PageForm):
    born = DayField("What is your date of birth?", id="born")
    visit = HiddenField()


class LinkForm(PageForm):
    class Meta:
        csrf_class = LinkToken


class TabletCodeForm(PageForm):
    """The tablet keeps nothing between two patients, so its token is made from nothing either."""

    class Meta:
        csrf_class = LinkToken
        link = "tablet"

    code = StringField("Code from the front desk")
