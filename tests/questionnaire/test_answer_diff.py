"""What changed since the last signed answers."""

import pytest

from screening.domain.protocol.loading import acupuncture
from screening.questionnaire.answer_diff import changes, unchanged
from screening.staff.answers_shown import answers_shown
from tests.support.acupuncture import NOTHING, WARFARIN, device, devices

pytestmark = pytest.mark.usefixtures("in_words")


def between(before: dict[str, object], after: dict[str, object]) -> dict[str, tuple[str, str]]:
    shown = [answers_shown(acupuncture(), NOTHING | each) for each in (before, after)]
    return {change.question: (change.before, change.after) for change in changes(*shown)}


def test_the_same_answers_have_no_change() -> None:
    assert between(WARFARIN, WARFARIN) == {}


def test_a_changed_answer_is_told_in_words() -> None:
    found = between({}, {"preg.status": "might-be"})
    assert found == {
        "Are you pregnant, or could you be?": ("No", "I might be (for example my period is late)")
    }


def test_a_new_question_was_not_asked_before() -> None:
    found = between({}, WARFARIN)
    assert found["Why do you take it?"] == ("Not asked", "Other")


def test_L2_an_answer_that_became_unknown_is_a_change() -> None:
    assert between({}, {"imp.any": "not-sure"})[
        "Do you have anything put inside your body by a surgeon, or a medical device you wear?"
    ] == ("No", "Not sure")


def test_a_device_that_changed_is_told_with_its_question() -> None:
    found = between(devices(device("pacemaker")), devices(device("pacemaker", state="switched-off")))
    assert found == {"How is it now?": ("In and working", "In but switched off")}


def test_what_reads_as_before_is_listed_apart() -> None:
    before, after = NOTHING | WARFARIN, NOTHING | {"imp.any": "not-sure"}
    same = unchanged(answers_shown(acupuncture(), before), answers_shown(acupuncture(), after))
    assert [each.question_id for each in same] == ["preg.status", "bleed.condition", "also", "ask.provider"]
