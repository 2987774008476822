"""Which page comes next, and what happens to the answers of pages that are no longer asked."""

import re
from typing import Any

import pytest

from screening.domain.protocol.loading import acupuncture
from screening.domain.protocol.vocabulary import IN_PERSON
from screening.questionnaire.draft import DraftContent, restored
from screening.questionnaire.page_answered import with_another, with_page, without_device
from screening.questionnaire.routing import Journey, Page
from screening.questionnaire.summary import dropped_rows, parts
from tests.support.acupuncture import NOTHING

PROTOCOL = acupuncture()


def pages(answers: dict[str, Any]) -> tuple[Page, ...]:
    return Journey(PROTOCOL, answers).pages


def keys(answers: dict[str, Any]) -> list[str]:
    return [page.key for page in pages(answers)]


def started(**changes: Any) -> DraftContent:
    return filled(
        DraftContent(PROTOCOL),
        "core",
        NOTHING | {name.replace("_", "."): answer for name, answer in changes.items()},
    )


def filled(draft: DraftContent, key: str, answers: dict[str, Any]) -> DraftContent:
    page = draft.journey.find(key)
    assert page is not None
    return with_page(draft, page, answers)


def next_key(draft: DraftContent) -> str | None:
    page = draft.journey.left
    return page.key if page else None


def test_the_core_page_is_first() -> None:
    assert next_key(DraftContent(PROTOCOL)) == "core"
    assert keys({}) == ["core"]


def test_L5_a_patient_with_nothing_to_report_answers_one_page() -> None:
    assert next_key(started()) is None


def test_L5_the_core_page_has_four_questions_one_tick_list_and_an_optional_text() -> None:
    core = pages({})[0]
    assert [question.id for question in core.questions if not question.optional] == list(NOTHING)
    assert [question.kind for question in core.questions if question.optional] == ["text"]


@pytest.mark.parametrize("missing", NOTHING)
def test_L2_a_core_question_left_blank_keeps_the_patient_on_the_page(missing: str) -> None:
    answers = {name: answer for name, answer in NOTHING.items() if name != missing}
    assert next_key(filled(DraftContent(PROTOCOL), "core", answers)) == "core"


def test_follow_up_pages_come_in_the_order_of_the_topics_and_devices_last() -> None:
    answers: dict[str, Any] = NOTHING | {
        "preg.status": "yes",
        "bleed.medicine": ["warfarin"],
        "imp.any": "yes",
    }
    answers["imp.devices"] = [{"kind": "pacemaker"}, {"kind": "stent-filter"}]
    assert keys(answers) == [
        "core",
        "topic:pregnancy",
        "topic:bleeding",
        "kinds",
        "device:0:pacemaker",
        "device:1:stent-filter",
    ]
    assert [page.position for page in pages(answers)] == list(range(6))


@pytest.mark.parametrize("unknown", ["not-sure", "in-person"])
def test_an_unknown_core_answer_opens_no_follow_up(unknown: str) -> None:
    answers = {
        "preg.status": unknown,
        "bleed.condition": unknown,
        "bleed.medicine": [unknown],
        "imp.any": unknown,
    }
    assert keys(answers | {"also": [unknown]}) == ["core"]


def test_only_a_heart_device_is_asked_whether_the_heart_needs_it() -> None:
    answers = NOTHING | {
        "imp.any": "yes",
        "imp.devices": [{"kind": "pacemaker"}, {"kind": "stent-filter"}, {"kind": "other"}],
    }
    asked = [{question.id for question in page.questions} for page in pages(answers)[2:]]
    assert ["imp.depend" in ids for ids in asked] == [True, False, False]
    assert ["imp.kind.text" in ids for ids in asked] == [False, False, True]


def test_each_ticked_kind_gets_its_own_page() -> None:
    draft = filled(started(imp_any="yes"), "kinds", {"imp.kind": ["pacemaker", "stent-filter"]})
    assert next_key(draft) == "device:0:pacemaker"


def test_devices_that_stay_ticked_keep_their_answers_and_the_others_are_dropped() -> None:
    draft = filled(started(imp_any="yes"), "kinds", {"imp.kind": ["pacemaker", "stent-filter"]})
    draft = filled(draft, "device:0:pacemaker", {"imp.state": "working"})
    draft = filled(draft, "device:1:stent-filter", {"imp.state": "removed"})
    draft = filled(draft, "kinds", {"imp.kind": ["pacemaker", "hearing-implant"]})
    assert draft.answers["imp.devices"] == [
        {"kind": "pacemaker", "state": "working"},
        {"kind": "hearing-implant"},
    ]
    assert draft.dropped["imp.devices"] == [{"kind": "stent-filter", "state": "removed"}]


def test_a_device_named_in_person_has_no_page_of_its_own() -> None:
    draft = filled(started(imp_any="yes"), "kinds", {"imp.kind": [IN_PERSON]})
    assert draft.answers["imp.devices"] == IN_PERSON
    assert next_key(draft) is None
    draft = filled(draft, "kinds", {"imp.kind": ["stent-filter", IN_PERSON]})
    assert keys(dict(draft.answers)) == ["core", "kinds", "device:0:stent-filter"]


def test_two_of_the_same_kind_can_be_added_and_one_removed() -> None:
    draft = filled(started(imp_any="yes"), "kinds", {"imp.kind": ["joint-replacement"]})
    draft = filled(draft, "device:0:joint-replacement", {"imp.loc": "hip-left"})
    first = draft.journey.find("device:0:joint-replacement")
    assert first is not None
    draft = with_another(draft, first)
    assert draft.answers["imp.devices"] == [
        {"kind": "joint-replacement", "loc": "hip-left"},
        {"kind": "joint-replacement"},
    ]
    assert [part.heading for part in parts(draft.journey)][2:] == [
        "Joint replacement (1 of 2)",
        "Joint replacement (2 of 2)",
    ]
    draft = without_device(draft, first)
    assert draft.answers["imp.devices"] == [{"kind": "joint-replacement"}]


def test_removing_the_only_device_asks_again_which_devices_there_are() -> None:
    draft = filled(started(imp_any="yes"), "kinds", {"imp.kind": ["port"]})
    page = draft.journey.find("device:0:port")
    assert page is not None
    assert next_key(without_device(draft, page)) == "kinds"


def test_L2_an_answer_whose_parent_changed_is_dropped_shown_and_not_brought_back() -> None:
    draft = started(preg_status="yes")
    draft = filled(
        draft, "topic:pregnancy", {"preg.weeks": "0-12", "preg.concerns": ["none"], "preg.carer": "yes"}
    )
    assert next_key(draft) is None
    draft = filled(draft, "core", NOTHING)
    assert "preg.weeks" not in draft.answers
    assert {row.question for row in dropped_rows(draft)} == {
        PROTOCOL.questions[name].wording for name in ("preg.weeks", "preg.concerns", "preg.carer")
    }
    draft = filled(draft, "core", NOTHING | {"preg.status": "yes"})
    assert next_key(draft) == "topic:pregnancy"
    draft = filled(
        draft, "topic:pregnancy", {"preg.weeks": "13-27", "preg.concerns": ["none"], "preg.carer": "yes"}
    )
    assert not dropped_rows(draft)


def test_no_device_any_more_drops_all_devices() -> None:
    draft = filled(started(imp_any="yes"), "kinds", {"imp.kind": ["port"]})
    draft = filled(draft, "core", NOTHING)
    assert "imp.devices" not in draft.answers
    assert [row.answers for row in dropped_rows(draft)] == [(PROTOCOL.label("imp.devices", "port"),)]


def test_a_page_that_opens_further_questions_is_asked_again() -> None:
    draft = started(bleed_condition="low-platelets")
    draft = filled(draft, "topic:bleeding", {})
    assert next_key(draft) == "topic:bleeding"


def test_a_draft_reads_back_as_it_was_stored() -> None:
    draft = started(preg_status="yes")
    assert restored(PROTOCOL, draft.as_json()) == draft
    assert restored(PROTOCOL, None).answers == {}


def test_under_a_newer_protocol_only_what_it_does_not_know_is_asked_again() -> None:
    stored = started().as_json() | {"digest": "older"}
    stored["answers"] = NOTHING | {"preg.status": "gone-option", "gone.question": "yes"}
    draft = restored(PROTOCOL, stored)
    assert next_key(draft) == "core"
    assert set(draft.answers) == set(NOTHING) - {"preg.status"}


def test_L10_a_page_is_addressed_by_its_position_only() -> None:
    for answers in (NOTHING | {"preg.status": "yes"}, NOTHING | {"bleed.medicine": ["warfarin"]}):
        assert [page.position for page in pages(answers)] == [0, 1]


def test_every_answer_given_is_shown_on_the_check_page() -> None:
    draft = started(bleed_medicine=["aspirin", "not-sure"], bleed_why="other")
    words = [answer for part in parts(draft.journey) for row in part.rows for answer in row.answers]
    assert "Daily aspirin" in words
    assert all(not re.search(r"not-sure|in-person", word) for word in words)


def test_page_answers_of_a_device_are_by_question() -> None:
    answers = NOTHING | {"imp.any": "yes", "imp.devices": [{"kind": "port", "loc": "chest-left"}]}
    assert Journey(PROTOCOL, answers).given(pages(answers)[2]) == {"imp.loc": "chest-left"}
