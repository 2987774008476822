"""A clinic's settings: complete and usable, or refused with what to do."""

import pytest

from config import Config, ConfigError, from_environment
from screening.commands.settings_file import new_data_key

GOOD = {
    "SCREENING_CLINIC_NAME": "Harbour Spine Clinic",
    "SCREENING_CLINIC_ZONE": "Europe/London",
    "SCREENING_CLINIC_PHONE": "020 7946 0000",
    "SCREENING_CLINIC_EMERGENCY": "999",
    "SCREENING_ADDRESS": "https://forms.example.org",
    "SCREENING_DATABASE_URL": "sqlite:////var/lib/screening.db",
    "SCREENING_STAFF_KEY": "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW",
    "SCREENING_PATIENT_KEY": "bC4eF6gH8iJ0kL2mN3oP5qR7sT9uV1wX",
    "SCREENING_PASSWORD_SALT": "cD5fG7hI9jK1lM3nO4pQ6rS8tU0vW2xY",
    "SCREENING_DATA_KEYS": "first:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
}


def test_complete_settings_are_read() -> None:
    config = from_environment(GOOD)
    assert isinstance(config, Config)
    assert config.is_https
    assert not config.is_demo
    assert config.hosts == ["forms.example.org"]
    assert config.clinic.zone.key == "Europe/London"


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", [None, "", "   "])
def test_a_setting_that_is_missing_is_named(name: str, value: str | None) -> None:
    with pytest.raises(ConfigError, match=name):
        from_environment({**GOOD, name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCREENING_CLINIC_ZONE", "Europe/Nowhere"),
        ("SCREENING_CLINIC_ZONE", "../etc/passwd"),
        ("SCREENING_DATA_KEYS", "first"),
        ("SCREENING_DATA_KEYS", "first:c2hvcnQ="),
        ("SCREENING_DATA_KEYS", "first:" + "A" * 43 + "="),
        ("SCREENING_DATA_KEYS", "First key:" + GOOD["SCREENING_DATA_KEYS"].partition(":")[2]),
        ("SCREENING_DATA_KEYS", f"{GOOD['SCREENING_DATA_KEYS']},{GOOD['SCREENING_DATA_KEYS']}"),
        ("SCREENING_STAFF_ADDRESS", "http://staff.example.org"),
        ("SCREENING_LIMITS_URL", "file:///tmp/limits"),
        ("SCREENING_PROXIES", "everybody"),
        ("SCREENING_KEEP_YEARS", "0"),
        ("SCREENING_KEEP_YEARS", "٣"),
        ("SCREENING_ADDRESS", "http://forms.example.org"),
        ("SCREENING_ADDRESS", "forms.example.org"),
        ("SCREENING_ADDRESS", "https://forms.example.org/path"),
        ("SCREENING_DATABASE_URL", "mysql://host/name"),
        ("SCREENING_DATABASE_URL", "sqlite:///screening.db"),
        ("SCREENING_STAFF_KEY", "short"),
        ("SCREENING_STAFF_KEY", "x" * 64),
        ("SCREENING_STAFF_KEY", "changeme-changeme-changeme-changeme"),
        ("SCREENING_PATIENT_KEY", GOOD["SCREENING_STAFF_KEY"]),
        ("SCREENING_PASSWORD_SALT", GOOD["SCREENING_PATIENT_KEY"]),
        ("FLASK_DEBUG", "1"),
        ("FLASK_DEBUG", "true"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        from_environment({**GOOD, name: value})


def test_optional_settings_have_quiet_defaults() -> None:
    config = from_environment(GOOD)
    assert (config.staff_address, config.proxies, config.limits_url, config.keep_years) == (
        "",
        frozenset({"127.0.0.1"}),
        "memory://",
        10,
    )


def test_the_newest_data_key_stands_first() -> None:
    keys = from_environment(
        {**GOOD, "SCREENING_DATA_KEYS": f"{new_data_key('b')},{new_data_key('a')}"}
    ).data_keys
    assert [key.id for key in keys] == ["b", "a"]
    assert all(len(key.secret) == 32 for key in keys)


def test_secrets_are_not_in_the_words_for_a_config() -> None:
    config = from_environment(GOOD)
    words = repr(config)
    assert not any(secret in words for secret in (config.staff_key, config.patient_key, config.password_salt))
    assert repr(config.data_keys[0].secret) not in words


def test_a_secret_serves_one_purpose_only() -> None:
    key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    with pytest.raises(ConfigError, match="used twice"):
        from_environment({**GOOD, "SCREENING_STAFF_KEY": key})
    password = GOOD["SCREENING_PATIENT_KEY"]
    with pytest.raises(ConfigError, match="used twice"):
        from_environment(
            {**GOOD, "SCREENING_DATABASE_URL": f"postgresql+psycopg://clinic:{password}@localhost/clinic"}
        )


FAR = [
    "db.clinic.example/clinic",
    "db.clinic.example/clinic?sslmode=require",
    "db.clinic.example/clinic?sslmode=verify-ca",
    "db.clinic.example/clinic?sslmode=disable&sslmode=verify-full",
    "clinic:password@10.0.0.5:5432/clinic",
    "/clinic?host=db.clinic.example",
    "/clinic?host=/run/postgresql,db.clinic.example",
    "localhost/clinic?hostaddr=10.0.0.5",
    "localhost.clinic.example/clinic",
    "[2001:db8::5]/clinic",
    "/clinic?service=far",
]
NEAR = [
    "/clinic",
    "/clinic?host=/run/postgresql",
    "localhost/clinic",
    "clinic:password@127.0.0.1:5432/clinic",
    "[::1]/clinic",
    "db.clinic.example/clinic?sslmode=verify-full",
    "db.clinic.example/clinic?sslmode=verify-full&sslrootcert=system",
]


@pytest.mark.parametrize("where", FAR)
def test_a_database_on_another_machine_must_prove_who_it_is(where: str) -> None:
    with pytest.raises(ConfigError, match="SCREENING_DATABASE_URL"):
        from_environment({**GOOD, "SCREENING_DATABASE_URL": f"postgresql+psycopg://{where}"})


@pytest.mark.parametrize("where", NEAR)
def test_a_database_on_this_machine_or_with_a_certificate_is_used(where: str) -> None:
    url = f"postgresql+psycopg://{where}"
    assert from_environment({**GOOD, "SCREENING_DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize("name", ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGSSLMODE"])
def test_nothing_outside_of_the_settings_says_where_the_database_is(name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        from_environment(
            {**GOOD, "SCREENING_DATABASE_URL": "postgresql+psycopg:///clinic", name: "elsewhere"}
        )
