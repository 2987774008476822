"""The protocol as a page: everything that the file says, in words, with a way from each question to its rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from flask import Flask

from screening.clock import now
from screening.domain.protocol.loading import acupuncture, parse
from screening.lead.hazards import HAZARDS, hazards_of_question, hazards_of_rule
from screening.lead.rule_diagram import WIDTH, picture_of
from screening.records.actors import Actor
from screening.records.protocol_releases import keep_version, publish
from screening.records.transaction import writing
from tests.support.changed_protocol import OTHER_WORDS
from tests.support.factories import provider
from tests.support.pages import find, parsed, words

PROTOCOL = acupuncture()
HAZARD_LOG = Path(__file__).parents[2] / "docs" / "hazard-log.md"


@pytest.fixture
def lead(signed_in: Callable[[str], Any]) -> Any:
    return signed_in("lead")


@pytest.fixture
def tree(lead: Any) -> Element:
    return parsed(lead.get("/lead/protocol").text)


def by_id(tree: Element, name: str) -> Element:
    return next(each for each in tree.iter() if each.get("id") == name)


def plain(text: str) -> str:
    return " ".join(text.split())


def test_every_question_is_shown_as_patients_see_it(tree: Element) -> None:
    for question in PROTOCOL.questions.values():
        card = words(by_id(tree, f"question-{question.id.replace('.', '-')}"))
        options = [option.label for option in question.options]
        for text in (question.wording, question.help, question.why, *options):
            assert plain(text) in card, (question.id, text)


def test_L4_every_rule_is_shown_whole(tree: Element) -> None:
    for rule in PROTOCOL.rules.values():
        card = words(by_id(tree, f"rule-{rule.id}"))
        cited = [PROTOCOL.sources[key].citation for key in rule.sources]
        for text in (rule.reason, rule.advice, rule.contested, *rule.where.values(), *cited):
            assert plain(text) in card, (rule.id, text)
        assert rule.severity.word.capitalize() in card
        for tag in rule.support:
            assert f"{tag}: " in card


def test_questions_and_rules_lead_to_each_other(tree: Element) -> None:
    card = by_id(tree, "rule-B9")
    assert {each.get("href") for each in card.iter("a")} >= {
        "#question-bleed-medicine",
        "#question-bleed-inr",
    }
    asked = by_id(tree, "question-bleed-inr")
    assert find(asked, "a", href="#rule-B9")
    assert find(by_id(tree, "question-bleed-medicine"), "a", href="#question-bleed-inr")


def test_conditions_and_freshness_are_in_words(tree: Element) -> None:
    card = words(by_id(tree, "rule-B9"))
    assert "The INR number is above 3" in card
    asked = words(by_id(tree, "question-bleed-inr"))
    assert "When the blood-thinning medicines include “Warfarin”" in asked
    assert "30 days" in asked


def test_unknown_answers_patient_texts_and_sources_are_part_of_the_page(tree: Element) -> None:
    page = words(tree)
    for text in (PROTOCOL.fallback.reason, *PROTOCOL.patient_texts.values()):
        assert plain(text) in page
    for principle in PROTOCOL.principles.values():
        assert plain(principle.reason) in page
    for source in PROTOCOL.sources.values():
        assert plain(source.citation) in words(by_id(tree, f"source-{source.key}"))


def test_the_page_says_draft_until_it_is_signed_and_then_by_whom(app: Flask, lead: Any) -> None:
    assert "Draft until signed:" in words(parsed(lead.get("/lead/protocol").text))
    with app.app_context(), writing():
        user = provider("lead@clinic.example")
        publish(PROTOCOL, "Read", now(), Actor("clinical-lead", user.id, user.name))
    page = words(parsed(lead.get("/lead/protocol").text))
    assert "Signed by Lee Lead on Monday 23 November 2026" in page
    assert "Draft until signed" not in page


def test_any_kept_version_is_read_the_same_way(app: Flask, lead: Any) -> None:
    other = parse(OTHER_WORDS)
    with app.app_context(), writing():
        keep_version(other, now())
    page = words(parsed(lead.get(f"/lead/versions/{other.digest}/protocol").text))
    assert "Could you be pregnant now?" in page
    assert "This version is not in use." in page


def test_providers_may_read_it_and_the_desk_may_not(signed_in: Callable[[str], Any]) -> None:
    doctor = signed_in("provider")
    assert doctor.get("/lead/protocol").status_code == 200
    assert 'href="/lead/protocol"' in doctor.get("/provider/").text
    for path in ("/lead/", "/lead/versions", "/lead/simulator"):
        assert doctor.get(path).status_code == 403
    assert signed_in("desk").get("/lead/protocol").status_code == 403


def test_every_hazard_that_is_named_is_in_the_hazard_log() -> None:
    named = {name for rule in PROTOCOL.rules.values() for name in hazards_of_rule(PROTOCOL, rule)}
    named |= {name for question in PROTOCOL.questions.values() for name in hazards_of_question(question)}
    assert named == set(HAZARDS)
    if HAZARD_LOG.exists():
        assert named <= set(re.findall(r"\bH[0-9]+\b", HAZARD_LOG.read_text()))


def test_a_rule_that_holds_for_an_unknown_answer_concerns_that_hazard() -> None:
    assert "H1" in hazards_of_rule(PROTOCOL, PROTOCOL.rules["P5"])
    assert "H1" not in hazards_of_rule(PROTOCOL, PROTOCOL.rules["P7"])


@pytest.mark.parametrize("topic", PROTOCOL.topics)
def test_the_picture_joins_each_rule_to_its_questions_and_nothing_overlaps(topic: str) -> None:
    rules = [rule for rule in PROTOCOL.rules.values() if rule.topic == topic]
    drawn = picture_of(PROTOCOL, rules)
    assert [each.box.id for each in drawn.rules] == [rule.id for rule in rules]
    assert all(len(each.cells) == len(PROTOCOL.modalities) for each in drawn.rules)
    places = sorted(box.y for box in drawn.questions)
    assert all(after - before >= 30 for before, after in pairwise(places))
    assert max(places) < drawn.height
    assert max(cell.x for each in drawn.rules for cell in each.cells) < WIDTH - 90
    for rule in rules:
        assert f"{rule.id}, {rule.severity.word}, reads " in drawn.words


def test_the_picture_has_a_text_for_who_cannot_see_it(tree: Element) -> None:
    drawn = [each for each in tree.iter() if str(each.tag).endswith("}svg") and each.get("role")]
    assert len(drawn) == len(PROTOCOL.topics)
    for each in drawn:
        for name in (each.get("aria-labelledby") or "").split():
            assert words(by_id(tree, name))
