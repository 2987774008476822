"""Requests, one after the other, from a seed: what they are depends on the seed and on the pages that came back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from urllib.parse import quote, unquote_to_bytes

from tests.support.fuzz.addresses import Addresses, query
from tests.support.fuzz.corpus import HEADERS, LONG, NEXTS, RAW_PATHS, TEXTS
from tests.support.fuzz.encoding import (
    LARGE,
    MULTIPART,
    STRANGE,
    URLENCODED,
    content_type,
    multipart,
    urlencoded,
)
from tests.support.fuzz.filling import filled, harmed
from tests.support.fuzz.forms import Form, Pairs

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_RARE_METHODS = ("TRACE", "CONNECT", "PROPFIND", "x")
ROLES = {
    "nobody": frozenset({"anyone"}),
    "patient": frozenset({"anyone"}),
    "desk": frozenset({"front-desk"}),
    "provider": frozenset({"provider"}),
    "lead": frozenset({"clinical-lead"}),
    "admin": frozenset({"admin"}),
}
_WEIGHTS = (16, 28, 26, 14, 6, 10)
_MOST_FORMS = 25


@dataclass(frozen=True)
class Sent:
    """A request, whole, so that it can be sent once more."""

    role: str
    method: str
    path: bytes
    """As it arrives, decoded once; begins with a slash."""
    query: str = ""
    content_type: str | None = None
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    form: Form | None = field(default=None, compare=False)
    """The form that it came from, where all of it could be read."""
    pairs: Pairs = field(default_factory=list, compare=False)
    """What was filled in."""

    @property
    def form_kinds(self) -> dict[str, str]:
        return self.form.kinds if self.form else {}


class Generator:
    def __init__(self, seed: str, addresses: Addresses) -> None:
        self.random = Random(seed)  # noqa: S311  (to be repeated, and no secret)
        self.addresses = addresses
        self.forms: dict[str, dict[tuple[str, ...], Form]] = {role: {} for role in ROLES}
        """The last pages of each role: a form of an older one may no longer fit, as in life."""
        self.tokens: list[str] = ["", "x"]
        """Tokens of pages of whoever it was."""

    def remember(self, role: str, forms: list[Form]) -> None:
        known = self.forms[role]
        for form in forms:
            known.pop(form.key, None)
            known[form.key] = form
            self.tokens = [*self.tokens[-8:], form.value("csrf_token")]
        while len(known) > _MOST_FORMS:
            del known[next(iter(known))]

    def next(self) -> Sent:
        (role,) = self.random.choices(list(ROLES), _WEIGHTS)
        (make,) = self.random.choices(list(_KINDS), list(_KINDS.values()))
        return make(self, role)

    # The kinds of requests

    def page(self, role: str) -> Sent:
        address = self.addresses.page_for(self.random, ROLES[role])
        if role == "patient" and self.random.random() < 0.6:
            address = self.random.choice(("/s/questions", "/s/more/1", "/s/more/2", "/s/check", "/s/sent"))
        asked = query(self.random) if self.random.random() < 0.35 else ""
        return _to(role, self.random.choice(("GET", "GET", "GET", "HEAD")), address, query=asked)

    def form(self, role: str) -> Sent:
        known = list(self.forms[role].values())
        if not known:
            return self.page(role)
        form = self._chosen(known)
        pairs = filled(form, self.random)
        for _ in range(self.random.choice((0, 0, 0, 1, 1, 2))):
            pairs = harmed(form, pairs, self.random, [*self.addresses.ids[-6:], *self.addresses.digests])
        pairs = self._with_token(pairs)
        address, _, asked = form.target.partition("?")
        kind = MULTIPART if "file" in form.kinds.values() or self.random.random() < 0.2 else URLENCODED
        body = (multipart if kind == MULTIPART else urlencoded)(pairs)
        return _to(
            role,
            "POST",
            address,
            query=asked,
            content_type=content_type(kind),
            body=body,
            form=form,
            pairs=pairs,
        )

    def _chosen(self, known: list[Form]) -> Form:
        weights = [_worth(form) * (1 + place) for place, form in enumerate(known)]
        (form,) = self.random.choices(known, weights)
        return form

    def _with_token(self, pairs: Pairs) -> Pairs:
        chance = self.random.random()
        if chance < 0.86:
            return pairs
        others = [pair for pair in pairs if pair[0] != "csrf_token"]
        return others if chance < 0.91 else [*others, ("csrf_token", self.random.choice(self.tokens))]

    def strange_body(self, role: str) -> Sent:
        """A page's own fields, in an encoding that no page uses."""
        plain = self.form(role)
        kind, body = self.random.choice(STRANGE)(plain.pairs, self.random)
        return Sent(role, "POST", plain.path, plain.query, kind, body)

    def any_route(self, role: str) -> Sent:
        random = self.random
        method = random.choice(METHODS if random.random() < 0.97 else _RARE_METHODS)
        address = self.addresses.any_route(random)
        asked = query(random) if random.random() < 0.2 else ""
        if method in ("GET", "HEAD", "OPTIONS") and random.random() < 0.8:
            return _to(role, method, address, query=asked)
        pairs = [
            (random.choice(("name", "csrf_token", "step", "page")), random.choice((*TEXTS, *self.tokens)))
        ]
        kind, body = random.choice((lambda *_: (URLENCODED, urlencoded(pairs)), *STRANGE))(pairs, random)
        return _to(role, method, address, query=asked, content_type=kind, body=body)

    def asked(self, role: str) -> Sent:
        """A page with parameters in its address."""
        address = self.addresses.page_for(self.random, ROLES[role])
        return _to(role, "GET", address, query=query(self.random))

    def leading_on(self, role: str) -> Sent:
        """Signing in, and where it leads."""
        where = quote(self.random.choice(NEXTS).encode("utf-8", "surrogatepass"))
        form = next((form for form in self.forms[role].values() if "password" in form.kinds.values()), None)
        if form is None or self.random.random() < 0.5:
            return _to(role, "GET", "/staff/sign-in", query=f"next={where}")
        pairs = [*filled(form, self.random), ("next", self.random.choice(NEXTS))]
        body = urlencoded(pairs)
        return _to(role, "POST", "/staff/sign-in", query=f"next={where}", content_type=URLENCODED, body=body)

    def strange_path(self, role: str) -> Sent:
        method = self.random.choice(METHODS)
        return Sent(
            role, method, b"/" + self.random.choice(RAW_PATHS), self.random.choice(("", "x", "%zz", "a=%ff"))
        )

    def strange_header(self, role: str) -> Sent:
        plain = self.random.choice((self.page, self.form))(role)
        headers = tuple(self.random.choice(HEADERS) for _ in range(self.random.choice((1, 1, 2))))
        return Sent(role, plain.method, plain.path, plain.query, plain.content_type, plain.body, headers)

    def too_much(self, role: str) -> Sent:
        random = self.random
        if random.random() < 0.3:
            asked = random.choice(("q=" + LONG * 20, "&".join(["q=x"] * 20_000), "&" * 60_000))
            return _to(role, "GET", self.addresses.page_for(random, ROLES[role]), query=asked)
        known = list(self.forms[role].values())
        form = self._chosen(known) if known else None
        address = form.target.partition("?")[0] if form else "/staff/sign-in"
        kind, body = random.choice(LARGE)(form.pairs if form else [], random)
        return _to(role, "POST", address, content_type=kind, body=body)


_KINDS: dict[Callable[[Generator, str], Sent], float] = {
    Generator.form: 26,
    Generator.page: 11,
    Generator.any_route: 35,
    Generator.asked: 7,
    Generator.strange_body: 9,
    Generator.strange_path: 6,
    Generator.leading_on: 2.5,
    Generator.strange_header: 2.5,
    Generator.too_much: 1,
}


def _worth(form: Form) -> float:
    if "sign-out" in form.target:
        return 0.02
    if "/session-" in form.target:
        return 0.6
    visible = [kind for kind in form.kinds.values() if kind != "hidden"]
    return 3 if visible else 0.6


def _to(role: str, method: str, address: str, **more: object) -> Sent:
    return Sent(role, method, unquote_to_bytes(address), **more)  # type: ignore[arg-type]
