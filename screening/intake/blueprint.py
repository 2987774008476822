"""The addresses under which these pages stand. Apart from the views, so that each view can name it."""

from flask import Blueprint

intake = Blueprint("intake", "screening.intake", url_prefix="/s")
