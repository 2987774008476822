"""What is planned is part of what a provider signs."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from screening.clock import now
from screening.domain.decisions import Outcome
from screening.extensions import db
from screening.records.past import past_of
from screening.records.signature_digest import digest_for
from screening.records.transaction import writing
from screening.storage.models import Appointment, SignOff, SignOffVoid
from tests.support.acupuncture import WARFARIN
from tests.support.deciding import acts, address, decisions, sign
from tests.support.factories import answered, appointment, known, provider_actor, signed


@pytest.fixture
def visit(app: Flask) -> UUID:
    with app.app_context():
        made = appointment(planned=("MA", "EA"))
        answered(made, WARFARIN)
        return made.id


def change(client: Any, visit: UUID, **fields: Any) -> Any:
    return client.send(client.get(f"/desk/appointments/{visit}/change"), fields, button="Save the change")


@pytest.mark.parametrize("planned", [["MA"], ["EA", "DN"], ["MA", "EA", "CU"], None])
def test_L1_a_changed_plan_voids_the_signature(
    app: Flask, provider_client: Any, desk_client: Any, visit: UUID, planned: Any
) -> None:
    sign(app, provider_client, visit, "cleared")
    assert change(desk_client, visit, planned=planned).status_code == 303
    page = provider_client.get(address(visit)).text
    assert "Needs review" in page
    assert "What is planned was changed" in page
    assert "Dana Desk" in page
    assert "tone-green" not in desk_client.get("/desk/").text.partition('class="list"')[2]
    assert acts(app).count("sign-off voided") == 1
    assert "plan changed" in acts(app)


@pytest.mark.parametrize(
    "fields", [{"time": "16:45"}, {"contact": "another@mail.example"}, {"planned": ["EA", "MA"]}, "provider"]
)
def test_moving_only_the_time_or_the_provider_keeps_the_signature(
    app: Flask, provider_client: Any, desk_client: Any, visit: UUID, fields: Any
) -> None:
    sign(app, provider_client, visit, "cleared")
    if fields == "provider":
        with app.app_context():
            fields = {"provider": str(provider_actor("second@clinic.example").user_id)}
    assert change(desk_client, visit, **fields).status_code == 303
    assert "Ready" in provider_client.get(address(visit)).text
    with app.app_context():
        assert db.session.scalar(select(SignOffVoid.id)) is None


def test_L1_a_page_opened_before_the_plan_changed_cannot_be_signed_and_keeps_what_was_typed(
    app: Flask, provider_client: Any, desk_client: Any, visit: UUID
) -> None:
    page = provider_client.get(address(visit))
    change(desk_client, visit, planned=["MA"])
    typed = decisions(app, visit, "adapt")
    late = provider_client.send(page, typed, button="Save and sign")
    assert late.status_code == 409
    assert "What is planned was changed after you opened this page" in late.text
    for name, words in typed.items():
        if name.startswith("reason"):
            assert words in late.text
    assert provider_client.send(late, button="Save and sign").status_code == 303
    with app.app_context():
        assert db.session.scalars(select(SignOff.planned)).one() == ["MA"]


def test_a_signature_from_before_plans_were_signed_holds_until_the_plan_changes(
    app: Flask, provider_client: Any, desk_client: Any, visit: UUID
) -> None:
    with app.app_context():
        made = db.session.get_one(Appointment, visit)
        latest = answered(made)
        by = provider_actor()
        assert by.user_id is not None
        with writing():
            db.session.add(
                SignOff(
                    submission_id=latest.id,
                    provider_id=by.user_id,
                    provider_name=by.name,
                    signed_at=now(),
                    outcome=Outcome.READY.value,
                    digest=digest_for(visit, latest.answers_digest, latest.protocol_digest, None),
                )
            )
        assert past_of(known(visit)).sign_offs[0].planned is None
        assert known(made).signed is not None
    assert ">Ready</span>" in desk_client.get("/desk/").text
    change(desk_client, visit, planned=["MA"])
    assert ">Needs review</span>" in desk_client.get("/desk/").text
    assert ">Needs review</span>" in provider_client.get(address(visit)).text


def test_L1_a_plan_that_was_changed_behind_our_back_reads_as_ready_nowhere(
    app: Flask, provider_client: Any, desk_client: Any, visit: UUID
) -> None:
    with app.app_context():
        signed(db.session.get_one(Appointment, visit))
        with writing():
            db.session.get_one(Appointment, visit).planned = ["EA"]
    assert ">Needs review</span>" in desk_client.get("/desk/").text
    assert ">Needs review</span>" in provider_client.get(address(visit)).text
