"""The front desk's pages: the day's queue, and each appointment with what there is to do for it."""

from flask import Blueprint

desk = Blueprint("desk", __name__, url_prefix="/desk")

from screening.desk import actions, appointments, booking, phone, views  # noqa: E402, F401  (they need the blueprint)
