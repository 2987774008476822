"""Fills a form as a person would, then harms it here and there."""

from __future__ import annotations

from random import Random

from tests.conftest import PASSWORD
from tests.support.fuzz.corpus import CREDENTIALS, DAYS, IDS, NUMBERS, STRANGE_FIELDS, TEXTS, TIMES
from tests.support.fuzz.forms import Form, Pairs

BORN = ("1980", "3", "27")
_WORDS = (
    "as usual",
    "Robin Example",
    "told on the phone",
    "a little, since May",
    "<b> & 'c' \"d\"",
    "zwei\nZeilen",
)
_UNTOUCHED = ("hidden", "file")


def filled(form: Form, random: Random) -> Pairs:
    """Everything answered, so that much of it is really stored."""
    pairs = [pair for pair in form.pairs if form.kinds.get(pair[0]) in _UNTOUCHED]
    # What a script fills in for a passkey.
    pairs = [
        (name, random.choice(CREDENTIALS) if name.endswith("credential") else value) for name, value in pairs
    ]
    for name, kind in form.kinds.items():
        if kind not in _UNTOUCHED:
            pairs += [(name, value) for value in _values(form, name, kind, random)]
    if form.buttons and random.random() < 0.9:
        pairs.append(form.buttons[0] if random.random() < 0.8 else random.choice(form.buttons))
    return pairs


def _values(form: Form, name: str, kind: str, random: Random) -> list[str]:
    if kind in ("radio", "select"):
        known = [value for value in form.options[name] if value]
        return [random.choice(known)] if known else []
    if kind == "checkbox":
        return _ticks(form, name, random)
    typed = _typed(form, name, random)
    return [] if typed is None else [typed]


def _ticks(form: Form, name: str, random: Random) -> list[str]:
    known = form.options[name]
    if f"{name.removesuffix('-other')}-day" in form.kinds:
        return []
    return random.sample(known, 1 if random.random() < 0.8 else random.randint(1, len(known)))


def _typed(form: Form, name: str, random: Random) -> str | None:
    start, _, part = name.rpartition("-")
    if part in ("day", "month", "year") and start:
        parts = BORN if start == "born" else ("2026", "11", str(random.randint(1, 22)))
        return parts[("year", "month", "day").index(part)]
    if name == "born":
        return "-".join((BORN[0], "03", "27"))
    if name in ("day", "on", "postponed_until"):
        return f"2026-{random.choice(('11-23', '11-24', '12-01'))}"
    if name == "time":
        return f"{random.randint(0, 23):02}:{random.choice(('00', '30'))}"
    if name in ("name", "relation") and form.kinds.get("who"):
        return "" if random.random() < 0.7 else "Kim"
    if name.endswith(".value"):
        return random.choice(("2.4", "3", "2.75", "1.125"))
    if name == "number":
        return "1"
    if name == "email":
        return random.choice(("second@clinic.example", "second@clinic.example", "x@clinic.example"))
    if "password" in name:
        return PASSWORD if random.random() < 0.6 else random.choice(TEXTS)
    return random.choice(_WORDS) if random.random() < 0.6 else random.choice(TEXTS)


def harmed(form: Form, pairs: Pairs, random: Random, ids: list[str]) -> Pairs:
    """A copy with one thing that no browser sends, or nobody should."""
    if not pairs:
        return [(random.choice(STRANGE_FIELDS), random.choice(TEXTS))]
    place = random.randrange(len(pairs))
    name, value = pairs[place]
    kind = form.kinds.get(name, "")
    if kind == "hidden" and name == "csrf_token" and random.random() < 0.7:
        place = (place + 1) % len(pairs)
        name, value = pairs[place]
    rest = [pair for index, pair in enumerate(pairs) if index != place]
    chance = random.random()
    if chance < 0.12:
        return rest
    if chance < 0.27:
        return [*pairs, (name, value if random.random() < 0.5 else _other(form, name, random))]
    if chance < 0.37:
        return [*pairs, (random.choice(STRANGE_FIELDS), random.choice((*TEXTS, *ids)))]
    if chance < 0.42:
        return [*rest, (random.choice(TEXTS), value)]
    return [*pairs[:place], (name, _hostile(form, name, random, ids)), *pairs[place + 1 :]]


def _other(form: Form, name: str, random: Random) -> str:
    return random.choice(form.options.get(name) or TEXTS)


def _hostile(form: Form, name: str, random: Random, ids: list[str]) -> str:
    kind = form.kinds.get(name, "")
    if name.endswith("credential"):
        return random.choice(CREDENTIALS)
    if kind == "hidden":
        return random.choice((*IDS, *ids, *TEXTS))
    if name in ("day", "on", "born", "postponed_until") and random.random() < 0.7:
        return random.choice(DAYS)
    if name == "time" and random.random() < 0.7:
        return random.choice(TIMES)
    if name.rpartition("-")[2] in ("day", "month", "year", "value") and random.random() < 0.7:
        return random.choice(NUMBERS)
    if name.endswith(".value") and random.random() < 0.8:
        return random.choice(NUMBERS)
    return random.choice(TEXTS if random.random() < 0.8 else NUMBERS)
