"""What accounts of a clinic were kept with before our own code did it still opens the door. Recorded as it stood."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from config import DataKey
from screening.extensions import db
from screening.records.accounts.password_hashes import hash_password, is_hash_outdated, is_password_of
from screening.records.accounts.second_factors import recovery_codes_left
from screening.records.keys import current_vault
from screening.records.transaction import writing
from screening.storage import migrations
from tests.conftest import DATA_KEY, PASSWORD, Clock
from tests.support.signing_in import code_at, give_code, give_password, person

# Made by Flask-Security-Too 5.9.2 with libpass 1.9.4, from the settings of the tests and from those of a clinic.
FAST = "$argon2id$v=19$m=8,t=1,p=1$jpEyhvBey7n3fi+F0JpTCg$Qbac0lL0sKm9QCgp/9pyDCHHcGXayutRxzNuS0iqxYw"
SLOW = "$argon2id$v=19$m=32768,t=3,p=1$vdday/kfo5RyrrVWKuU8pw$NAIK62EqrJNf4UoC8ZicvXkathfF46x6pJeiawGHTGw"
OTHER_LETTERS = (
    "$argon2id$v=19$m=8,t=1,p=1$vdc6Z2wtZWwNgbCW8r73ng$dTx/2ECJ4+QYZ1J43VEuDV6hbRveeErL2YypkzcRdxw"
)
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OPENED = f'{{"key":"{KEY}","type":"totp","v":1}}'
# As it stood before the seventh step of the tables, under the key `test`.
ENCRYPTED = (
    '{"enckey":{"c":14,"k":"LJH4HGOEUUVZL5WHKC4SIGMHS6PW7OL2","s":"CKBLB5S6JOUZLMXWDZRQ","t":"test","v":1},'
    '"type":"totp","v":1}'
)


def keep(column: str, value: str) -> None:
    """Past the product, as it stands in a database from before."""
    db.session.rollback()
    with db.engine.begin() as connection:
        statement = f"UPDATE \"user\" SET {column} = :value WHERE email = 'desk@clinic.example'"  # noqa: S608
        connection.execute(text(statement), {"value": value})


@pytest.mark.parametrize(
    ("password", "kept"),
    [(PASSWORD, FAST), (PASSWORD, SLOW), ("pässwörter sind schön ✓", OTHER_LETTERS)],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_password_from_before_opens_the_door(app: Flask, password: str, kept: str) -> None:
    with app.app_context():
        keep("password", kept)
    assert give_password(app.test_client(), password=password + "x").status_code == 400
    assert give_password(app.test_client(), password=password).status_code == 302


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_hash_from_before_is_renewed_only_for_its_costs(app: Flask) -> None:
    with app.app_context():
        assert not is_hash_outdated(FAST)
        assert is_hash_outdated(SLOW)
        assert not is_password_of(PASSWORD, "no hash")
        assert not is_password_of(PASSWORD, "")
        assert hash_password(PASSWORD).startswith("$argon2id$v=19$m=8,t=1,p=1$")


def test_an_app_from_before_goes_on_working(app: Flask, clock: Clock) -> None:
    with app.app_context():
        place = f"user.tf_totp_secret {person().id}"
        keep("tf_totp_secret", current_vault().seal(OPENED, "app secrets", place))
    client = app.test_client()
    give_password(client)
    assert give_code(client, code_at(KEY, clock)).status_code == 302


def test_an_app_from_before_the_seventh_step_of_the_tables_goes_on_working(app: Flask, clock: Clock) -> None:
    assert DataKey("test", bytes(range(32))) == DATA_KEY
    with app.app_context():
        migrations.downgrade(db.engine, "006")
        keep("tf_totp_secret", ENCRYPTED)
        migrations.upgrade(db.engine)
    client = app.test_client()
    give_password(client)
    assert give_code(client, code_at(KEY, clock)).status_code == 302


def test_recovery_codes_from_before_still_work_once(app: Flask, clock: Clock) -> None:
    """Kept with commas between the hashes, and none in them."""
    with app.app_context():
        keep(
            "tf_totp_secret",
            current_vault().seal(OPENED, "app secrets", f"user.tf_totp_secret {person().id}"),
        )
        hashes = [hash_password(code) for code in ("cda563986d1f", "88423570323a")]
        keep("mf_recovery_codes", ",".join(each.replace(",", ";") for each in hashes))
    for code, status in (("8842-3570-323a", 302), ("8842-3570-323a", 400), ("CDA5 6398 6D1F", 302)):
        client: Any = app.test_client()
        give_password(client)
        page = client.get("/staff/second-step")
        answer = client.send(page, {"recovery_code": code}, button="Use this recovery code")
        assert answer.status_code == status, code
    with app.app_context(), writing():
        assert recovery_codes_left(person()) == 0
