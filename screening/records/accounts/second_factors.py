"""The second step of signing in: codes of an app, passkeys, and recovery codes.

Each change is told to its owner, and ends the account's sessions.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.registration.verify_registration_response import VerifiedRegistration

from screening.extensions import db
from screening.records.accounts.accounts import end_sessions, tell
from screening.records.accounts.app_secrets import open_app_secret
from screening.records.accounts.recovery_codes import drawn_codes, hash_code, without_code
from screening.records.accounts.totp import matching_step
from screening.records.actors import Actor
from screening.records.acts import Act
from screening.records.audit import record
from screening.records.errors import Conflict
from screening.storage.models import User, WebAuthn

_LAST = "This is your last second step. Set up another one first."


def has_second_factor(user: User) -> bool:
    return bool(user.tf_totp_secret or user.webauthn)


def is_code_right(user: User, sealed: str, typed: str, at: datetime) -> bool:
    """Each code works once; the caller holds the writing lock, so that two at once cannot both be right."""
    code = typed.replace(" ", "")
    if not (code.isascii() and code.isdecimal()):
        return False
    step = matching_step(open_app_secret(user, sealed), code, at, user.totp_counter)
    if step is not None:
        user.totp_counter = step
    return step is not None


def use_code(user: User, typed: str, at: datetime) -> bool:
    return bool(user.tf_totp_secret) and is_code_right(user, str(user.tf_totp_secret), typed, at)


def set_app(user: User, sealed: str, at: datetime, by: Actor) -> None:
    replaced = bool(user.tf_totp_secret)
    user.tf_totp_secret = sealed
    record(db.session, Act.APP_REPLACED if replaced else Act.APP_SET_UP, by, at, user=user.id)
    tell(user, "An authenticator app was set up as your second step.", at)
    end_sessions(user)


def remove_app(user: User, at: datetime, by: Actor) -> None:
    if not user.webauthn:
        raise Conflict(_LAST)
    user.tf_totp_secret = user.totp_counter = None
    record(db.session, Act.APP_REMOVED, by, at, user=user.id)
    tell(user, "Your authenticator app was removed.", at)
    end_sessions(user)


def find_passkey(credential_id: bytes) -> WebAuthn | None:
    return db.session.scalars(select(WebAuthn).where(WebAuthn.credential_id == credential_id)).one_or_none()


def add_passkey(
    user: User, name: str, made: VerifiedRegistration, transports: list[str], at: datetime, by: Actor
) -> None:
    if find_passkey(made.credential_id) is not None:
        raise Conflict("This passkey is set up already.")
    if any(known.name == name for known in user.webauthn):
        raise Conflict("You have a passkey of that name already. Please choose another name.")
    passkey = WebAuthn(
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        name=name,
        sign_count=made.sign_count,
        usage="first",
        device_type=made.credential_device_type.value,
        backup_state=made.credential_backed_up,
        transports=transports,
        lastuse_datetime=at.replace(tzinfo=None),
    )
    user.webauthn.append(passkey)
    db.session.flush()
    record(db.session, Act.PASSKEY_ADDED, by, at, user=user.id, passkey=passkey.id)
    tell(user, f"A passkey was added: {name}.", at)
    end_sessions(user)


def note_passkey_used(passkey: WebAuthn, answer: VerifiedAuthentication, at: datetime) -> None:
    passkey.sign_count = answer.new_sign_count
    passkey.backup_state = answer.credential_backed_up
    passkey.lastuse_datetime = at.replace(tzinfo=None)


def remove_passkey(user: User, name: str, at: datetime, by: Actor) -> None:
    found = next((known for known in user.webauthn if known.name == name), None)
    if found is None:
        raise Conflict("There is no passkey of that name any more.")
    if len(user.webauthn) == 1 and not user.tf_totp_secret:
        raise Conflict(_LAST)
    passkey_id = found.id
    user.webauthn.remove(found)
    db.session.delete(found)
    record(db.session, Act.PASSKEY_REMOVED, by, at, user=user.id, passkey=passkey_id)
    tell(user, f"A passkey was removed: {name}.", at)
    end_sessions(user)


def new_recovery_codes(user: User, at: datetime, by: Actor) -> list[str]:
    """Shown this once; the earlier ones end."""
    codes = drawn_codes()
    user.mf_recovery_codes = [hash_code(code) for code in codes]
    record(db.session, Act.RECOVERY_CODES_MADE, by, at, user=user.id)
    tell(user, "New recovery codes were made. Earlier ones no longer work.", at)
    return codes


def use_recovery_code(user: User, typed: str, at: datetime, by: Actor) -> bool:
    others = without_code(user.mf_recovery_codes or (), typed)
    if others is None:
        return False
    user.mf_recovery_codes = others
    left = recovery_codes_left(user)
    record(db.session, Act.RECOVERY_CODE_USED, by, at, user=user.id, left=left)
    tell(user, f"A recovery code was used to sign in. {left} are left.", at)
    return True


def recovery_codes_left(user: User) -> int:
    return len(user.mf_recovery_codes or ())


def clear_second_factors(user: User, at: datetime, by: Actor) -> None:
    """After the password was given: everything but the password goes, and is set up anew."""
    for passkey in list(user.webauthn):
        user.webauthn.remove(passkey)
        db.session.delete(passkey)
    user.tf_totp_secret = user.totp_counter = None
    user.mf_recovery_codes = None
    record(db.session, Act.SECOND_STEP_REMOVED, by, at, user=user.id)
    tell(user, "Your second steps were removed, to be set up anew.", at)
    end_sessions(user)
