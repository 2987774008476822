"""A clinic's settings: complete and usable, or refused with what to do."""

import pytest

from config import Config, ConfigError, from_environment
from screening.settings_file import new_data_key

GOOD = {
    "SCREENING_CLINIC_NAME": "Harbour Spine Clinic",
    "SCREENING_CLINIC_ZONE": "Europe/London",
    "SCREENING_CLINIC_PHONE": "020 7946 0000",
    "SCREENING_CLINIC_EMERGENCY": "999",
    "SCREENING_ADDRESS": "https://forms.example.org",
    "SCREENING_DATABASE_URL": "sqlite:////var/lib/screening.db",
    "SCREENING_STAFF_KEY": "s" * 32,
    "SCREENING_PATIENT_KEY": "p" * 32,
    "SCREENING_PASSWORD_SALT": "t" * 32,
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
        ("SCREENING_PATIENT_KEY", "s" * 32),
        ("SCREENING_PASSWORD_SALT", "p" * 32),
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
