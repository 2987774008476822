"""The addresses under which these pages stand. Apart from the views, so that each view can name it."""

from flask import Blueprint

article = Blueprint("article", "screening.article", url_prefix="/article")
