"""The article's one page. It is public, so it knows nothing of who reads it."""

from __future__ import annotations

from flask import render_template
from markupsafe import Markup

from screening.article.blueprint import article
from screening.article.rendering import opening, references, sections
from screening.records.protocol_versions import current_protocol


@article.get("/")
def read() -> str:
    protocol = current_protocol()
    found = sections(protocol)
    return render_template(
        "article/read.html",
        opening=Markup(opening()),  # noqa: S704  (our own text, rendered without raw HTML)
        sections=[(section, Markup(section.html)) for section in found],  # noqa: S704
        references=references(protocol),
    )
