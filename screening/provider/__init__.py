"""Stand-in until the provider pages are there."""

from flask import Blueprint

provider = Blueprint("provider", __name__, url_prefix="/provider")
