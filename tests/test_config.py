"""A clinic's settings: complete and usable, or refused with what to do."""

import pytest

from config import Config, ConfigError, from_environment

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
