"""Signing in, and one's own account; for those who look after accounts, everybody's."""

from flask import Blueprint

account = Blueprint("account", __name__, url_prefix="/staff")
people = Blueprint("people", __name__, url_prefix="/staff/accounts")

from screening.account import (  # noqa: E402, F401
    accounts,
    factors,
    own,
    proof,
    second_step,
    sign_in,
    welcome,
)
