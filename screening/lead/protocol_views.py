"""The protocol as a page: the version in use, or any other that was kept."""

from __future__ import annotations

import re

from flask import Response, abort, render_template

from screening.domain.protocol.model import Protocol
from screening.lead.blueprint import lead
from screening.lead.protocol_page import protocol_read
from screening.records.protocol_versions import current_protocol, protocol_version

_DIGEST = re.compile("[0-9a-f]{64}")


@lead.get("/protocol")
def protocol() -> str:
    return _page(current_protocol())


@lead.get("/versions/<digest>/protocol")
def version_protocol(digest: str) -> str:
    return _page(version_or_404(digest))


@lead.get("/versions/<digest>/file")
def version_file(digest: str) -> Response:
    """The file as it was read, to be changed and brought back."""
    version = version_or_404(digest)
    answer = Response(version.text, mimetype="text/plain")
    answer.headers.set(
        "Content-Disposition", "attachment", filename=f"{version.name}-{version.digest[:8]}.yaml"
    )
    return answer


def version_or_404(digest: str) -> Protocol:
    if not _DIGEST.fullmatch(digest):
        abort(404)
    try:
        return protocol_version(digest)
    except LookupError:
        abort(404)


def _page(version: Protocol) -> str:
    in_use = current_protocol().digest == version.digest
    return render_template("lead/protocol.html", read=protocol_read(version), in_use=in_use)
