"""Emergency access: staff without the provider's role read, and only read, when nobody else is there."""

from flask import Blueprint

emergency = Blueprint("emergency", __name__, url_prefix="/staff/emergency")

from screening.emergency import views  # noqa: E402, F401  (it needs the blueprint)
