"""Passkeys: what a browser is asked for, and whether its answer is right.

The question is made from the session's id, and a right answer gives the session a new one: so each question is
answered once, and asking stores nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import webauthn
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from screening.extensions import current_config
from screening.records.accounts.second_factors import find_passkey
from screening.storage.models import User, WebAuthn
from screening.web.sessions import current_session

# Whatever reading something strange may end in; lists in lists without end are the last of them.
NO_CREDENTIAL = (WebAuthnException, ValueError, KeyError, TypeError, RecursionError)
_FIVE_MINUTES = 5 * 60 * 1000
NOT_RIGHT = "This passkey could not be used here. Please try again, or choose another way"


class PasskeyRefused(Exception):
    """The browser's answer is not one to the question that was asked, or not by a key that is known here."""


def to_register(user: User) -> str:
    """What the browser needs to make a passkey, as JSON. It must ask for a finger, a face or a PIN: so a passkey is
    both factors in one."""
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name=current_config().clinic.name,
        user_id=str(user.fs_webauthn_user_handle).encode(),
        user_name=user.email,
        user_display_name=user.name,
        challenge=_challenge(),
        timeout=_FIVE_MINUTES,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(user.webauthn),
    )
    return webauthn.options_to_json(options)


def to_sign_in(user: User | None = None) -> str:
    """The same for using one; of anybody at the front door, of one person later."""
    options = webauthn.generate_authentication_options(
        rp_id=_host(),
        challenge=_challenge(),
        timeout=_FIVE_MINUTES,
        allow_credentials=_descriptors(user.webauthn) if user else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def registered(sent: str) -> tuple[VerifiedRegistration, list[str]]:
    """The new key and how it is connected. Raises PasskeyRefused."""
    try:
        credential = parse_registration_credential_json(sent)
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=_challenge(),
            expected_origin=current_config().staff_origin,
            expected_rp_id=_host(),
            require_user_verification=True,
        )
    except NO_CREDENTIAL as problem:
        raise PasskeyRefused from problem
    return made, [each.value for each in credential.response.transports or ()]


def used(sent: str) -> tuple[WebAuthn, VerifiedAuthentication]:
    """The known key that signed. Raises PasskeyRefused."""
    try:
        credential = parse_authentication_credential_json(sent)
        known = find_passkey(credential.raw_id)
        if known is None or not known.user.active or not _is_of(known.user, credential.response.user_handle):
            raise PasskeyRefused
        answer = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=_challenge(),
            expected_origin=current_config().staff_origin,
            expected_rp_id=_host(),
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count or 0,
            require_user_verification=True,
        )
    except NO_CREDENTIAL as problem:
        raise PasskeyRefused from problem
    return known, answer


def _is_of(user: User, handle: bytes | None) -> bool:
    return handle is None or handle == str(user.fs_webauthn_user_handle).encode()


def _host() -> str:
    return urlsplit(current_config().staff_origin).hostname or ""


def _challenge() -> bytes:
    return bytes.fromhex(current_session().secret_for("passkey"))


def _descriptors(known: Sequence[WebAuthn]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=each.credential_id,
            transports=[AuthenticatorTransport(way) for way in each.transports or ()],
        )
        for each in known
    ]
