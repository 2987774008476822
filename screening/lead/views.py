"""Where the clinical lead begins: the version in use, and the ways on."""

from __future__ import annotations

from flask import render_template

from screening.lead.blueprint import lead
from screening.lead.emergencies import used_lately
from screening.records.protocol_releases import publications


@lead.get("/", endpoint="home")
def workshop() -> str:
    return render_template("lead/home.html", publications=publications(), emergencies=used_lately())
