"""Stand-in until the article is there."""

from flask import Blueprint

article = Blueprint("article", __name__, url_prefix="/article")
