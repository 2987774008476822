"""The provider's pages: my day, and one page per appointment to review and sign."""

from flask import Blueprint

provider = Blueprint("provider", __name__, url_prefix="/provider")

from screening.provider import actions, signing, verifying, views  # noqa: E402, F401  (they need the blueprint)
