"""Where the clinical lead begins."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from screening.clock import now
from screening.domain.protocol.loading import acupuncture
from screening.records.actors import Actor
from screening.records.protocol_releases import publish
from screening.records.transaction import writing


@pytest.fixture
def lead_client(signed_in: Callable[[str], Any]) -> Any:
    return signed_in("lead")


def test_signing_in_leads_to_the_protocol_in_use(lead_client: Any) -> None:
    answer = lead_client.get("/staff/")
    assert answer.location == "/lead/"
    page = lead_client.get("/lead/").text
    assert "Version 1" in page
    assert "No clinical lead has signed this version yet" in page


def test_every_signature_stays_on_the_page(app: Flask, lead_client: Any) -> None:
    with app.app_context(), writing():
        publish(acupuncture(), "Read with the team", now(), Actor("clinical-lead", 5, "Lee Lead"))
    page = lead_client.get("/lead/").text
    assert "Version 1 signed" in page
    assert "Lee Lead" in page
    assert "Read with the team" in page
