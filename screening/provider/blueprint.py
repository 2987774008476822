"""The addresses under which these pages stand. Apart from the views, so that each view can name it."""

from flask import Blueprint

provider = Blueprint("provider", "screening.provider", url_prefix="/provider")
