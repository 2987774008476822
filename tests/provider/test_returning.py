"""A patient who returns, on the provider's page: differences on top, the rest folded, and since when it was kept."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from screening.clock import now
from screening.domain.decisions import Decision
from screening.records.actors import PATIENT
from screening.records.answers import submit
from screening.records.protocol_versions import current_protocol
from screening.records.transaction import writing
from tests.support.acupuncture import APIXABAN
from tests.support.factories import NOTHING, another, answered, appointment, signed
from tests.support.pages import find, parsed, words


@pytest.fixture
def visit(app: Flask, clock: Any) -> UUID:
    """Kept: the answers about medicine. New: a device that is not known."""
    with app.app_context():
        first = appointment()
        answered(first, APIXABAN)
        signed(first, Decision.ADAPT)
        given = now()
        clock.pass_time(days=7)
        second = another(first)
        with writing():
            submit(
                second,
                NOTHING | APIXABAN | {"imp.any": "not-sure"},
                uuid4(),
                now(),
                by=PATIENT,
                protocol=current_protocol(),
                planned=[],
                kept=dict.fromkeys(APIXABAN, (given - timedelta(days=3)).isoformat()),
            )
        return second.id


def test_only_the_differences_stand_on_top_and_the_rest_is_folded(visit: UUID, provider_client: Any) -> None:
    tree = parsed(provider_client.get(f"/provider/appointments/{visit}").text)
    section = next(each for each in find(tree, "section") if each.get("aria-labelledby") == "changed")
    (table,) = find(section, "table")
    assert [words(row).count("Not sure") for row in find(table, "tr")[1:]] == [1]
    (folded,) = find(section, "details")
    assert words(find(folded, "summary")[0]) == "6 answers read as before"
    assert "Apixaban" in words(folded)
    assert folded.get("open") is None


def test_L8_kept_answers_say_since_when(visit: UUID, provider_client: Any, desk_client: Any) -> None:
    page = provider_client.get(f"/provider/appointments/{visit}").text
    notice = page.partition("Not asked anew: kept from 20 November 2026.")[2].partition("</div>")[0]
    assert "Do you take medicine that thins your blood or stops clots?" in notice
    assert "bleeding problem" not in notice
    assert page.count("Kept from 20 November 2026: nothing has changed") == 4
    desk = desk_client.get(f"/desk/appointments/{visit}")
    assert "20 November 2026" not in desk.text
    opened = desk_client.send(desk, button="Open the answers")
    assert opened.text.count("Kept from 20 November 2026: nothing has changed") == 2


def test_a_new_patient_has_nothing_folded(app: Flask, provider_client: Any) -> None:
    with app.app_context():
        made = appointment()
        answered(made, APIXABAN)
        visit = made.id
    page = provider_client.get(f"/provider/appointments/{visit}").text
    assert "as before" not in page
    assert "Not asked anew" not in page
