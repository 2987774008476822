"""The front door, for people who come without a link."""

from flask import render_template


def front_door() -> str:
    return render_template("home.html")
