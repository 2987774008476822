"""The clinical lead's workshop: the protocol to read and sign, and what it does to real answers."""

from flask import Blueprint

lead = Blueprint("lead", __name__, url_prefix="/lead")

from screening.lead import emergencies, looking, overrides, releasing, simulator, views  # noqa: E402, F401  (they need the blueprint)
