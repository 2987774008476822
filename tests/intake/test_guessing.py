"""Guessing at links finds nothing, tells nothing and costs others nothing; `make guess GUESSES=1000000` tries more."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from screening.extensions import db
from screening.storage.models import Event, Link, PatientSession, Tries
from tests.support.answering import begin
from tests.support.factories import appointment, link

GUESSES = int(os.environ.get("SCREENING_GUESSES", "500"))
_OPEN = 50
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def guesses(known: list[str]) -> Iterator[str]:
    """By chance; and near real links, as nobody could: one letter changed, two halves of two links."""
    chance = random.Random(20261125)  # noqa: S311  (guesses that can be repeated)
    for number in range(GUESSES):
        if number % 4 == 0:
            token = chance.choice(known)
            place = chance.randrange(len(token))
            yield token[:place] + chance.choice(_LETTERS.replace(token[place], "")) + token[place + 1 :]
        elif number % 4 == 1:
            first, second = chance.sample(known, 2)
            yield first[:21] + second[21:]
        else:
            yield secrets.token_urlsafe(32)


def counts(app: Flask) -> list[Any]:
    with app.app_context():
        failures = db.session.scalar(select(func.sum(Link.birth_date_failures)))
        tables = [PatientSession.id_hash, Event.number, Tries.name]
        return [failures, *(db.session.scalar(select(func.count(column))) for column in tables)]


def test_P1_P6_no_guess_finds_a_form_and_all_read_the_same(app: Flask) -> None:
    with app.app_context():
        known = [link(appointment()) for _ in range(_OPEN)]
    before = counts(app)
    guesser = FlaskClient(app, app.response_class)
    answers = set()
    for token in guesses(known):
        answer = guesser.get(f"/s/{token}")
        answers.add((answer.status_code, answer.text, str(answer.headers)))
    assert [status for status, _, _ in answers] == [404]
    assert counts(app) == before
    patient: Any = app.test_client()
    assert begin(patient, known[0]).status_code == 200
