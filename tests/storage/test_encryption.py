"""Values open only with their key and at their place; content keys only for their patient."""

import base64

import pytest

from config import DataKey
from screening.storage.encryption import ContentKey, Tampered, UnknownMasterKey, Vault, master_of

OLD = DataKey("old", bytes(range(32)))
NEW = DataKey("new", bytes(range(32, 64)))
KEY = ContentKey(bytes(range(64, 96)))


def test_what_is_sealed_opens_at_its_place() -> None:
    assert KEY.open(KEY.seal("Robin Ünïcode", "patient.name 1"), "patient.name 1") == "Robin Ünïcode"


@pytest.mark.parametrize("place", ["patient.name 2", "patient.contact 1", ""])
def test_what_is_sealed_opens_nowhere_else(place: str) -> None:
    with pytest.raises(Tampered):
        KEY.open(KEY.seal("Robin", "patient.name 1"), place)


def test_the_same_value_never_looks_the_same() -> None:
    assert len({KEY.seal("no", "x") for _ in range(1_000)}) == 1_000


def test_any_changed_byte_is_noticed() -> None:
    sealed = KEY.seal("no", "x")
    head, _, written = sealed.rpartition(".")
    raw = base64.b64decode(written)
    for position in range(len(raw)):
        changed = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
        with pytest.raises(Tampered):
            KEY.open(f"{head}.{base64.b64encode(changed).decode()}", "x")


OTHER_FORM, NO_BASE64 = "2" + KEY.seal("no", "x")[1:], f"1.{KEY.mark}.%"


@pytest.mark.parametrize(
    "sealed",
    ["", "plain", "1.", "1.abc.", OTHER_FORM, NO_BASE64],
    ids=["nothing", "plain", "no-key", "no-value", "other-form", "no-base64"],
)
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(Tampered):
        KEY.open(sealed, "x")


def test_a_content_key_opens_for_its_patient_only() -> None:
    vault = Vault([NEW])
    wrapped = vault.new_content_key("one")
    assert vault.unwrap(wrapped, "one") == vault.unwrap(wrapped, "one")
    with pytest.raises(Tampered):
        vault.unwrap(wrapped, "another")


def test_a_new_master_key_reads_what_the_old_one_wrapped() -> None:
    wrapped = Vault([OLD]).new_content_key("one")
    both = Vault([NEW, OLD])
    again = both.wrap(both.unwrap(wrapped, "one"), "one")
    assert (master_of(wrapped), master_of(again)) == ("old", "new")
    assert Vault([NEW]).unwrap(again, "one") == both.unwrap(wrapped, "one")


def test_a_missing_master_key_is_named() -> None:
    wrapped = Vault([OLD]).new_content_key("one")
    with pytest.raises(UnknownMasterKey, match="old"):
        Vault([NEW]).unwrap(wrapped, "one")


def test_a_value_of_nobody_opens_at_its_place_for_its_purpose_and_nowhere_else() -> None:
    both = Vault([NEW, OLD])
    sealed = Vault([OLD]).seal("a secret", "apps", "user 1")
    assert "a secret" not in sealed
    assert both.open(sealed, "apps", "user 1") == "a secret"
    for purpose, place in (("apps", "user 2"), ("backup", "user 1")):
        with pytest.raises(Tampered):
            both.open(sealed, purpose, place)
    with pytest.raises(UnknownMasterKey, match="old"):
        Vault([NEW]).open(sealed, "apps", "user 1")
    assert master_of(both.seal("a secret", "apps", "user 1")) == "new"


def test_keys_for_other_purposes_differ() -> None:
    vault = Vault([NEW, OLD])
    assert list(vault.derived("backup")) == ["new", "old"]
    assert (
        len({*vault.derived("backup").values(), *vault.derived("codes").values(), NEW.secret, OLD.secret})
        == 6
    )
