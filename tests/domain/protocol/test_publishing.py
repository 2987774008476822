"""The published protocol says everything that a program needs to send answers and read flags."""

import json

from screening.domain.protocol.loading import acupuncture
from screening.domain.protocol.publishing import as_json
from tests.support.small_protocol import small


def test_the_protocol_is_plain_json() -> None:
    plain = as_json(small())
    assert json.loads(json.dumps(plain)) == plain
    assert plain["digest"] == small().digest


def test_each_question_tells_its_options() -> None:
    questions = {question["id"]: question for question in as_json(small())["questions"]}
    assert set(questions) == set(small().questions)
    assert {"code": "warfarin", "label": "Warfarin"} in questions["bleed.medicine"]["options"]
    assert questions["bleed.inr.date"]["asked_when"] == {"question": "bleed.medicine", "has": "warfarin"}
    assert (questions["also"]["freshness"], questions["imp.any"]["freshness"]) == ("visit", 182)


def test_each_rule_tells_its_condition() -> None:
    rules = {rule["id"]: rule for rule in as_json(small())["rules"]}
    when = {"question": "bleed.medicine", "at_least": 2, "of": ["warfarin", "aspirin"]}
    assert (rules["B10"]["when"], rules["B10"]["per"], rules["B10"]["severity"]) == (
        when,
        "submission",
        "stop",
    )
    assert rules["I1"]["per"] == "device"
    assert rules["B9"]["when"]["all"][1]["any"][2] == {"question": "bleed.inr.date", "older_than_days": 28}
    assert rules["B20"]["when"]["any"][1] == {"question": "bleed.medicine.text", "typed": True}
    assert rules["I21"]["when"]["any"][2] == {"any_device": {"question": "imp.kind", "unresolved": True}}


def test_the_answer_that_reports_nothing_is_published_where_it_is_not_plain() -> None:
    questions = {question["id"]: question for question in as_json(acupuncture())["questions"]}
    assert questions["preg.carer"]["nothing_to_report"] == "yes"
    assert questions["imp.state"]["nothing_to_report"] == "removed"
    assert "nothing_to_report" not in questions["preg.status"]
