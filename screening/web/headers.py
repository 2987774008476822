"""Headers, and the shape of requests: what every response and every request have in common."""

from __future__ import annotations

import hashlib
import logging
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from flask import Response, abort, current_app, request

from config import Config
from screening import logs
from screening.extensions import current_config
from screening.web.endpoints import rules_of

REPORTS = "/reports/policy"
_POLICY = (
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    f"report-uri {REPORTS}",
    "report-to policy",
)
PATIENTS_POLICY = "; ".join(_POLICY)
# The pages of staff ask now and then whether their session still holds.
STAFF_POLICY = "; ".join((*_POLICY, "connect-src 'self'"))
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Reporting-Endpoints": f'policy="{REPORTS}"',
}
KNOWN_RULES = (
    "script-src-elem",
    "script-src-attr",
    "style-src-elem",
    "style-src-attr",
    "img-src",
    "connect-src",
)
STAFF_PATHS = ("/staff/", "/desk/", "/provider/", "/lead/")
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
LARGEST_PROTOCOL = 1_000_000
_A_YEAR = 31_536_000


def fixed_headers(config: Config) -> dict[str, str]:
    """What stands on every page, also on one that nothing else could make."""
    kept = {"Cache-Control": "no-store", "Vary": "Cookie"}
    if config.is_https:
        kept["Strict-Transport-Security"] = f"max-age={_A_YEAR}; includeSubDomains"
    return {**HEADERS, **kept}


def set_headers(response: Response) -> Response:
    """The headers of every response, errors and redirects included."""
    response.headers["Content-Security-Policy"] = STAFF_POLICY if is_staff_path() else PATIENTS_POLICY
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_config().is_https:
        response.headers["Strict-Transport-Security"] = f"max-age={_A_YEAR}; includeSubDomains"
    if request.endpoint == "static" and response.status_code in (200, 304):
        response.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response


def is_staff_path() -> bool:
    return request.path.startswith(STAFF_PATHS)


def only_on_its_host() -> None:
    """Where patients and staff have names of their own, the pages of one side are not found under the other."""
    config = current_config()
    if not config.staff_address or request.path.startswith(("/static/", "/live", "/ready", "/reports/")):
        return
    own = config.staff_address if is_staff_path() else config.address
    if request.host != urlsplit(own).netloc:
        abort(404)


def note_report() -> Response:
    """A browser kept a page's policy from being broken. Only which rule it was is noted: nothing of the page."""
    report = request.get_json(force=True, silent=True) or {}
    reported = report.get("csp-report") or report.get("body") if isinstance(report, dict) else None
    rule = str((reported or {}).get("effective-directive", "")) if isinstance(reported, dict) else ""
    logs.say("policy report", logging.ERROR, rule=rule if rule in KNOWN_RULES else "unknown")
    return Response(status=204, mimetype="text/plain")


def static_url(name: str) -> str:
    """The address of a static file with a mark of its content, so that it may be kept for a year."""
    # Written out, because error pages are drawn for requests that lead nowhere, too.
    return f"{current_app.static_url_path}/{name}?v={_mark(Path(str(current_app.static_folder)) / name)}"


@lru_cache(maxsize=100)
def _mark(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def only_forms() -> None:
    """Refuses what none of our pages sends: JSON in place of a form, and files."""
    if request.method != "POST" or request.endpoint is None or request.path == REPORTS:
        return
    # Only one page takes a file, and only from a clinical lead: access is checked before this.
    field = rules_of(request.endpoint).file
    if field:
        request.max_content_length = request.max_form_memory_size = LARGEST_PROTOCOL
    if request.mimetype not in FORM_TYPES or [name for name, _ in request.files.items(multi=True)] not in (
        [],
        [field],
    ):
        abort(400)
