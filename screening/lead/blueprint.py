"""The addresses under which these pages stand. Apart from the views, so that each view can name it."""

from flask import Blueprint

lead = Blueprint("lead", "screening.lead", url_prefix="/lead")
