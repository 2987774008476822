"""The patient's pages, from the link to "sent"."""

from flask import Blueprint

intake = Blueprint("intake", __name__, url_prefix="/s")

from screening.intake import correcting, question_views, received, tablet, views  # noqa: E402, F401  (they need the blueprint)
