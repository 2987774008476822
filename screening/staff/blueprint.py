"""The addresses under which these pages stand. Apart from the views, so that each view can name it."""

from flask import Blueprint

staff = Blueprint("staff", "screening.staff", url_prefix="/staff")
