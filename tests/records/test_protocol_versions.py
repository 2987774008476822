"""Which protocol version is in use, and whose signature it carries."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from screening.clock import now
from screening.domain.protocol.loading import acupuncture, parse
from screening.domain.protocol.model import Protocol
from screening.extensions import db
from screening.records.actors import Actor
from screening.records.protocol_releases import keep_version, publish
from screening.records.protocol_versions import current_protocol, protocol_version, signature_under
from screening.records.transaction import writing
from screening.staff.answers_shown import answers_shown, protocol_of
from screening.storage.models import Event, ProtocolVersion, User
from tests.support.factories import answered, appointment


@pytest.fixture(autouse=True)
def in_app(app: Flask) -> Any:
    with app.app_context():
        yield


def second_version() -> Protocol:
    text = acupuncture().text.replace('version: "1"', 'version: "2"', 1)
    return parse(text.replace("Are you pregnant, or could you be?", "Could you be pregnant now?", 1))


def lead() -> Actor:
    user = db.session.scalars(select(User).where(User.email == "lead@clinic.example")).one()
    return Actor("clinical-lead", user.id, user.name)


def sign(protocol: Protocol) -> None:
    with writing():
        publish(protocol, "Read with the team", now(), lead())


def test_without_a_signature_the_product_s_own_version_is_a_draft_in_use() -> None:
    assert current_protocol().digest == acupuncture().digest
    assert signature_under(current_protocol()) is None


def test_the_version_that_was_signed_last_is_in_use(clock: Any) -> None:
    sign(second_version())
    assert current_protocol().version == "2"
    clock.pass_time(minutes=1)
    sign(acupuncture())
    assert current_protocol().version == "1"
    signature = signature_under(current_protocol())
    assert signature is not None
    assert signature.by_name == "Lee Lead"


def test_a_version_that_was_only_looked_at_is_not_in_use() -> None:
    with writing():
        keep_version(second_version(), now())
        keep_version(second_version(), now())
    assert current_protocol().version == "1"
    assert protocol_version(second_version().digest).version == "2"
    assert db.session.scalar(select(func.count()).select_from(ProtocolVersion)) == 1


def test_old_answers_are_shown_in_the_words_in_which_they_were_asked() -> None:
    submission = answered(appointment())
    sign(second_version())
    shown = answers_shown(protocol_of(submission), submission.answers)
    assert shown[0].question == "Are you pregnant, or could you be?"


def test_only_a_clinical_lead_signs() -> None:
    with pytest.raises(ValueError, match="only a clinical lead"), writing():
        publish(second_version(), "", now(), Actor("provider", 1, "Pat Provider"))


def test_signing_leaves_an_event() -> None:
    sign(second_version())
    event = db.session.scalars(select(Event).where(Event.act == "protocol signed")).one()
    assert event.on["version"] == "2"


def test_an_unknown_version_is_not_guessed() -> None:
    with pytest.raises(LookupError):
        protocol_version("0" * 64)


def test_staff_pages_say_draft_until_the_version_is_signed(desk_client: Any) -> None:
    assert "not yet signed by a clinical lead" in desk_client.get("/desk/").text
    sign(acupuncture())
    assert "not yet signed" not in desk_client.get("/desk/").text
