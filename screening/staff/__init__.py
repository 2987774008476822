"""Staff: signing in, and the way to the page where each one works."""

from flask import Blueprint

staff = Blueprint("staff", __name__, url_prefix="/staff")

from screening.staff import audit_page, views  # noqa: E402, F401  (they need the blueprint)
