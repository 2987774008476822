"""A safety screening form to answer before acupuncture. Nothing is loaded here: the rooms are useful one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app() -> Flask:
    """The door for `flask --app screening`: the application of `screening.app`, loaded when it is asked for."""
    from screening.app import create_app as create

    return create()
