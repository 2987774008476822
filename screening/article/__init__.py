"""The patient article: one public page whose sections explain every question and every flag."""

from flask import Blueprint

article = Blueprint("article", __name__, url_prefix="/article")

from screening.article import views  # noqa: E402, F401  (it needs the blueprint)
