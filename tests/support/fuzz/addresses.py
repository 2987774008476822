"""Addresses of every route there is, with ids of one's own, of others, of what ended, of nobody, and with rubbish."""

from __future__ import annotations

import re
from random import Random
from urllib.parse import quote
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule

from screening.web.endpoints import ENDPOINTS
from tests.support.fuzz.corpus import NEXTS, NUMBERS, QUERIES, QUERY_NAMES, TEXTS

_PLACE = re.compile(r"<(?:([a-z]+)(?:\([^>]*\))?:)?([a-z_]+)>")
_POSITIONS = ("0", "1", "2", "3", "7", "19")
# These draw long pages or prove a protocol: a part of the requests is enough for them.
_HEAVY = ("protocol", "version", "simulator", "article", "sign", "load")


class Addresses:
    def __init__(self, app: Flask) -> None:
        self.rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
        self.pages = [rule for rule in self.rules if "GET" in (rule.methods or ())]
        self.ids: list[str] = []
        """Appointments that pages are about; the newest last."""
        self.tokens: list[str] = []
        self.digests: list[str] = []
        self.handles: list[str] = []
        """Accounts that may be closed, since nobody works with them here."""

    def page_for(self, random: Random, roles: frozenset[str]) -> str:
        """A page that somebody with these roles may open."""
        open_to = [rule for rule in self.pages if _roles(rule) & roles]
        rule = _rarely_heavy(open_to, random)
        return self._filled(rule, random, own=0.9)

    def any_route(self, random: Random) -> str:
        return self._filled(_rarely_heavy(self.rules, random), random, own=0.4)

    def _filled(self, rule: Rule, random: Random, own: float) -> str:
        def fill(found: re.Match[str]) -> str:
            kind, name = found[1] or "string", found[2]
            return quote(self._value(kind, name, random, own).encode("utf-8", "surrogatepass"))

        return _PLACE.sub(fill, rule.rule)

    def _value(self, kind: str, name: str, random: Random, own: float) -> str:
        is_own = random.random() < own
        if kind == "uuid":
            return self._newest(self.ids, random) if is_own else _absent(random)
        if kind == "int":
            return random.choice(_POSITIONS if is_own else NUMBERS)
        known = {
            "token": self.tokens,
            "digest": self.digests,
            "handle": self.handles,
            "filename": ["site.css", "icons.svg"],
        }.get(name)
        return self._newest(known, random) if known and is_own else random.choice(TEXTS) or "x"

    def _newest(self, known: list[str], random: Random) -> str:
        if not known:
            return _absent(random)
        return random.choice(known[-3:] if random.random() < 0.7 else known)


def _roles(rule: Rule) -> frozenset[str]:
    access = ENDPOINTS.get(rule.endpoint)
    return access.roles if access else frozenset()


def _rarely_heavy(rules: list[Rule], random: Random) -> Rule:
    rule = random.choice(rules)
    if any(word in rule.endpoint for word in _HEAVY) and random.random() < 0.8:
        rule = random.choice(rules)
    return rule


def _absent(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def query(random: Random) -> str:
    """A query string, in which something is not as a page would write it."""
    pairs = []
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        name = random.choice(QUERY_NAMES) if random.random() < 0.95 else random.choice(TEXTS)
        value = random.choice(NEXTS if name == "next" else QUERIES)
        pairs.append(f"{_escaped(name)}={_escaped(value)}")
    return "&".join(pairs)


def _escaped(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"))
