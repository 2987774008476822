"""The addresses under which these pages stand. Apart from the views, so that each view can name it."""

from flask import Blueprint

emergency = Blueprint("emergency", "screening.emergency", url_prefix="/staff/emergency")
