"""The addresses under which these pages stand. Apart from the views, so that each view can name it."""

from flask import Blueprint

desk = Blueprint("desk", "screening.desk", url_prefix="/desk")
