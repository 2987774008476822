"""The codes of an authenticator app (RFC 6238): six digits, each for half a minute. Pure."""

from __future__ import annotations

import json
from datetime import datetime
from hmac import compare_digest

from pyotp import TOTP, random_base32


def new_app_key() -> str:
    """A secret for an app, as it is written before it is sealed."""
    return json.dumps({"key": random_base32(), "type": "totp", "v": 1}, separators=(",", ":"))


def matching_step(written: str, code: str, at: datetime, after: int | None) -> int | None:
    """The half minute that this code belongs to: now, or one away, since a clock that is a step off is still a clock.
    None for a wrong code, and for one of a half minute up to that whose code was used last."""
    app = _app(written)
    now = app.timecode(at)
    steps = [step for step in (now - 1, now, now + 1) if after is None or step > after]
    return next((step for step in steps if compare_digest(app.generate_otp(step), code)), None)


def app_key_in_groups(written: str) -> str:
    """For typing it into an app by hand."""
    key = _key(written)
    return "-".join(key[at : at + 4] for at in range(0, len(key), 4))


def app_address(written: str, account: str, issuer: str) -> str:
    """What an app reads from the picture; a colon would end the issuer's name there."""
    return _app(written).provisioning_uri(name=account, issuer_name=issuer.replace(":", " "))


def _app(written: str) -> TOTP:
    return TOTP(_key(written))


def _key(written: str) -> str:
    return str(json.loads(written)["key"])
