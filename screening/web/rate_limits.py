"""Coarse limits against floods, by address. The counters that matter for safety are in the database instead."""

from __future__ import annotations

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from config import Config

# A whole clinic may share one address: this stops floods, and no busy morning.
EVERYTHING = "1200 per minute"
SENDING = "240 per minute"


def limit_rates(app: Flask, config: Config) -> None:
    limiter = Limiter(
        get_remote_address,
        # The invented clinic listens on its own machine only.
        enabled=not config.is_demo,
        storage_uri=config.limits_url,
        application_limits=[EVERYTHING],
        default_limits=[SENDING],
        default_limits_exempt_when=lambda: request.method != "POST",
        # Without the store that all workers share, each counts for itself.
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    limiter.init_app(app)
    limiter.request_filter(lambda: request.endpoint in ("static", "live", "ready"))
