"""Two providers, or a provider and answers that came meanwhile: the later one sees both and loses nothing."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from screening.clock import now
from screening.extensions import db
from screening.records.appointments import cancel_appointment
from screening.records.past import past_of
from screening.records.transaction import writing
from screening.storage.models import SignOff
from tests.support.acupuncture import PREGNANT, WARFARIN, device, devices
from tests.support.deciding import acts, address, answer_again, decisions, marks, sign
from tests.support.factories import DESK, anew, answered, appointment, known
from tests.support.pages import folded

SIGN = "Save and sign"
BEFORE = WARFARIN | devices(device("metalwork", loc="knee-left"), device("pacemaker", depend="not-sure"))


@pytest.fixture
def visit(app: Flask) -> UUID:
    with app.app_context():
        made = appointment()
        answered(made, BEFORE)
        return made.id


def test_the_second_of_two_providers_sees_the_first_signature_and_keeps_what_they_typed(
    app: Flask, provider_client: Any, signed_in: Any, visit: UUID
) -> None:
    second = signed_in("second")
    old = second.get(address(visit))
    sign(app, provider_client, visit, "adapt")
    mine = {
        name: "My own words" if name.startswith("reason") else value
        for name, value in decisions(app, visit, "refer").items()
    }
    late = second.send(old, mine, button=SIGN)
    assert late.status_code == 409
    assert "Pat Provider signed these answers after you opened this page" in late.text
    assert "Signed by Pat Provider" in late.text
    assert "Reason for I1" in late.text
    assert late.text.count("My own words") == len(marks(app, visit))
    assert folded(late.text).count('value="refer" checked') == len(marks(app, visit))
    with app.app_context():
        assert [each.provider_name for each in past_of(known(visit)).sign_offs] == ["Pat Provider"]


def test_signing_again_after_reading_it_replaces_the_first_signature(
    app: Flask, provider_client: Any, signed_in: Any, visit: UUID
) -> None:
    second = signed_in("second")
    old = second.get(address(visit))
    sign(app, provider_client, visit, "adapt")
    late = second.send(old, decisions(app, visit, "refer"), button=SIGN)
    assert second.send(late, button=SIGN).status_code == 303
    page = provider_client.get(address(visit)).text
    assert "Signed by Sam Second" in page
    assert "Signed again on the same answers" in page
    with app.app_context():
        found = {each.provider_name: each.void for each in db.session.scalars(select(SignOff))}
        assert found["Sam Second"] is None
        assert found["Pat Provider"] is not None
        assert found["Pat Provider"].by == "Sam Second"
    assert acts(app).count("sign-off voided") == 1


def test_L7_everything_typed_stays_when_new_answers_come_in(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    page = provider_client.get(address(visit))
    before = marks(app, visit)
    typed = decisions(app, visit, "adapt", postponed_until="2026-12-01")
    # The knee has no metal any more, the pacemaker is the first device now, and the patient is pregnant.
    answer_again(app, visit, WARFARIN | PREGNANT | devices(device("pacemaker", depend="not-sure")))
    late = provider_client.send(page, typed, button=SIGN)
    assert late.status_code == 409
    assert "New answers came in after you opened this page" in late.text
    after = marks(app, visit)
    assert before.keys() - after.keys()
    assert after.keys() - before.keys()
    for name, words in typed.items():
        if name.startswith(("reason", "said")):
            assert words in late.text
    for rule in before.keys() & after.keys():
        assert f'name="decision-{after[rule]}" value="adapt" checked' in folded(late.text)
    for rule in after.keys() - before.keys():
        assert f'name="decision-{after[rule]}" value="adapt" checked' not in folded(late.text)
    assert 'value="2026-12-01"' in late.text
    left = late.text.partition('id="left"')[2].partition("</section>")[0]
    for rule in before.keys() - after.keys():
        assert f"Reason for {rule}" in left
    assert sign(app, provider_client, visit, "adapt").status_code == 303


def test_L7_a_decision_is_not_carried_to_another_device_of_the_same_rule(
    app: Flask, provider_client: Any
) -> None:
    with app.app_context():
        made = appointment()
        answered(made, devices(device("metalwork", loc="knee-left")))
        visit = made.id
    page = provider_client.get(address(visit))
    typed = decisions(app, visit, "cleared")
    answer_again(app, visit, devices(device("metalwork", loc="spine")))
    late = provider_client.send(page, typed, button=SIGN)
    assert late.status_code == 409
    assert "checked" not in late.text
    assert "What you had written" in late.text


def test_what_was_typed_stays_when_the_appointment_was_cancelled(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    page = provider_client.get(address(visit))
    typed = decisions(app, visit, "adapt")
    with app.app_context(), writing():
        cancel_appointment(anew(visit), now(), DESK)
    late = provider_client.send(page, typed, button=SIGN)
    assert late.status_code == 409
    assert "closed in the meantime" in late.text
    for name, words in typed.items():
        if name.startswith(("reason", "said")):
            assert words in late.text


def test_a_page_of_another_appointment_is_refused(app: Flask, provider_client: Any, visit: UUID) -> None:
    with app.app_context():
        other = appointment(name="Kim Another")
        foreign = answered(other).id
    page = provider_client.get(address(visit))
    for wrong in (str(foreign), "", "x"):
        typed = decisions(app, visit, "adapt", submission=wrong)
        late = provider_client.send(page, typed, button=SIGN)
        assert late.status_code == 404
    with app.app_context():
        assert db.session.scalar(select(SignOff.id)) is None


def test_asking_for_a_call_that_somebody_asked_for_meanwhile_adds_to_it_on_purpose_only(
    app: Flask, provider_client: Any, signed_in: Any, visit: UUID
) -> None:
    second = signed_in("second")
    old = second.get(address(visit))
    provider_client.send(
        provider_client.get(address(visit)), {"about": "Which hospital?"}, button="Ask the desk to call"
    )
    late = second.send(old, {"about": "Which knee?"}, button="Ask the desk to call")
    assert late.status_code == 409
    assert "Pat Provider asked for a call after you opened this page" in late.text
    assert "Which hospital?" in late.text
    assert "Which knee?" in late.text
    assert second.send(late, button="Ask the desk to call").status_code == 303
    with app.app_context():
        call = known(visit).call
        assert call is not None
        assert call.about == "Which hospital?\nWhich knee?"


def test_a_call_wished_for_a_closed_appointment_stays_on_the_page(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    page = provider_client.get(address(visit))
    with app.app_context(), writing():
        cancel_appointment(anew(visit), now(), DESK)
    late = provider_client.send(page, {"about": "Which knee?"}, button="Ask the desk to call")
    assert late.status_code == 409
    assert "Which knee?" in late.text
    with app.app_context():
        assert known(visit).call is None


def test_a_page_with_mistakes_still_knows_what_it_stood_on(
    app: Flask, provider_client: Any, signed_in: Any, visit: UUID
) -> None:
    second = signed_in("second")
    old = second.get(address(visit))
    sign(app, provider_client, visit, "adapt")
    wrong = second.send(old, button=SIGN)
    assert wrong.status_code == 422
    assert second.send(wrong, decisions(app, visit, "refer"), button=SIGN).status_code == 409


def test_L7_a_page_with_nothing_decided_is_told_of_new_answers_too(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    page = provider_client.get(address(visit))
    answer_again(app, visit, PREGNANT)
    late = provider_client.send(page, button=SIGN)
    assert late.status_code == 409
    assert "New answers came in after you opened this page" in late.text
    assert "What you had written" not in late.text


def test_words_with_a_mistake_stay_when_the_page_lost_their_place(
    app: Flask, provider_client: Any, visit: UUID
) -> None:
    """Nothing can be put right where the form is gone, so what was typed is shown as not saved."""
    page = provider_client.get(address(visit))
    with app.app_context(), writing():
        cancel_appointment(anew(visit), now(), DESK)
    late = provider_client.send(page, {"about": "Which knee?\x85?"}, button="Ask the desk to call")
    assert late.status_code == 409
    assert "Which knee?\ufffd?" in late.text
    late = provider_client.send(page, {"reason": "He\x7f asked"}, button="Start it, with this reason")
    assert late.status_code == 409
    assert "He\ufffd asked" in late.text
    typed = decisions(app, visit, "adapt")
    mark = next(name for name in typed if name.startswith("decision"))
    late = provider_client.send(page, {**typed, mark: "x"}, button=SIGN)
    assert late.status_code == 409
    assert "cannot be signed now" in late.text
    assert typed[mark.replace("decision", "reason")] in late.text
