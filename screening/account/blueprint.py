"""The addresses under which these pages stand. Apart from the views, so that each view can name it."""

from flask import Blueprint

account = Blueprint("account", "screening.account", url_prefix="/staff")
people = Blueprint("people", "screening.account", url_prefix="/staff/accounts")
