"""The protocol that comes with the product says what the clinical evidence says: nothing left out, nothing softened."""

import re

import pytest

from screening.domain.protocol.loading import acupuncture, parse
from screening.domain.protocol.vocabulary import Effect, ProtocolError
from tests.support.published_cases import option_code
from tests.support.recorded import TABLES

WORDS = {
    "preg.status": "Yes, I am / I might be (for example my period is late) / No / No, but I am trying for a baby or "
    "having fertility treatment / This can't apply to me / Not sure / I'd rather tell my provider in person",
    "preg.weeks": "0-12 / 13-27 / 28-36 / 37 or more / Not sure / in person",
    "preg.concerns": "bleeding / tummy pains or tightenings that come and go / waters leaking / told it is high risk / "
    "twins or more / low placenta / cervical stitch / an earlier baby born early or a late loss / high blood pressure / "
    "none / Not sure / in person",
    "preg.carer": "Yes / No / Not sure / in person",
    "preg.trying": "Yes / No / Not sure / in person",
    "bleed.condition": "No / Haemophilia / von Willebrand disease / Low platelets / Another one (say which) / Not sure",
    "bleed.severity": "Mild / Moderate / Severe / Not sure",
    "bleed.platelets": "Under 50 / 50 to 99 / 100 or more (thousands) / I don't know",
    "bleed.medicine": "Warfarin / Apixaban (Eliquis) / Rivaroxaban (Xarelto) / Edoxaban / Dabigatran (Pradaxa) / Heparin "
    "or other clot-stopping injections / Clopidogrel, prasugrel or ticagrelor / Daily aspirin / Other / None / Not sure",
    "bleed.inr": "Yes / No, too high / No, too low / I don't know",
    "bleed.why": "Irregular heartbeat / Clot in leg or lung / Heart valve / Stent, heart attack or stroke / Other",
    "bleed.recent": "a bleed needing medical care / black or bloody poo / blood in pee / a bleed in the brain / a stroke "
    "/ a fall with a head injury / a big unexplained bruise / none / Not sure / in person",
    "bleed.easy": "Yes / No / Not sure / in person",
    "bleed.organs": "Liver / Kidney / No / Not sure / in person",
    "imp.any": "Yes / No / Not sure / in person",
    "imp.kind": "Pacemaker / Shock device for the heart (ICD) / Worn defibrillator vest / Heart rhythm recorder / Heart "
    "pump (LVAD) or artificial heart / Nerve, spine or brain stimulator / Bladder or vagus nerve stimulator / Medicine "
    "pump inside the body / Insulin pump or glucose sensor / Hearing implant / Joint replacement / Metal plates, rods, "
    "screws (incl. spine) / Breast or body implant / Brain fluid shunt / Port, long line, dialysis fistula or graft / "
    "Heart valve (replaced or repaired) / Stent or vein filter / Contraceptive implant / Other / Not sure",
    "imp.date": "under 6 weeks / 6 weeks to 3 months / 3 to 12 months / over 1 year / Not sure",
    "imp.state": "in and working / in but switched off / partly removed (wires left) / fully removed / Not sure",
    "imp.issue": "Yes / No / Not sure",
    "imp.card": "Yes / No",
    "imp.depend": "Yes / No / Not sure",
}


@pytest.mark.parametrize("table", TABLES)
def test_the_protocol_agrees_with_the_record(table: str) -> None:
    """Rules, severities, effects, sources, sections, questions, options, freshness, texts, and what fires."""
    assert list(TABLES[table](acupuncture())) == []


LIMB, AREA, THERE = "that limb", "that area", "there"
COATED, LUNG = "nickel-free or coated needles", "chest, upper back, shoulder top, base of neck"
PLACES = {
    "I12": {"DN": "beside it"},
    "I14": {"CU": "over it", "DN": "chest wall"},
    "I16": {"CU": "over it", "DN": "near"},
    "O2": {"MA": "near joints"},
    "O3": {"MA": LIMB, "EA": LIMB, "MX": LIMB, "CU": LIMB, "DN": LIMB},
    "O4": {"EA": "head; elsewhere modify"},
    "O6": {"MA": COATED, "EA": COATED, "DN": COATED, "AU": "press needles"},
    "O7": {"MA": AREA, "EA": AREA, "MX": AREA, "CU": AREA, "DN": AREA},
    "O8": {"MX": "where feeling is lost; elsewhere modify"},
    "O9": {"MA": LUNG, "DN": LUNG},
    "O13": {"MA": THERE, "EA": THERE, "CU": THERE, "DN": THERE},
    "O14": {"DN": THERE},
}


def test_places_are_those_of_the_evidence() -> None:
    assert {rule.id: dict(rule.where) for rule in acupuncture().rules.values() if rule.where} == PLACES


@pytest.mark.parametrize("rule_id", [f"P{number}" for number in range(1, 7)])
def test_the_advice_in_pregnancy_is_whole(rule_id: str) -> None:
    rule = acupuncture().rules[rule_id]
    for words in ("BL31-34", "GB21", "not face down", "TENS labels", "relative contraindication", "breech"):
        assert words in rule.advice
    assert {"aacp-2012", "tens-labels", "acpwh-2012", "cup-2018", "moxa-2010"} <= set(rule.sources)


def test_advice_on_ear_needles_names_how_mild_their_events_are() -> None:
    for rule in acupuncture().rules.values():
        if rule.id.startswith("B") and rule.advice and rule.effects["AU"] == Effect.MODIFY:
            assert "Ear needling events are usually mild" in rule.advice, rule.id
            assert "tan-2014" in rule.sources


def test_advice_is_written_in_sentences() -> None:
    for rule in acupuncture().rules.values():
        assert not re.search(r"[.] [a-z]", rule.advice), rule.id


def test_a_source_says_in_words_what_was_not_read() -> None:
    for source in acupuncture().sources.values():
        text = f"{source.citation} {source.link} {source.covers}"
        assert "`" not in text, source.key
        assert "()" not in text, source.key
    assert "from memory" in acupuncture().sources["who-1999"].covers


def test_a_source_with_an_address_can_be_opened() -> None:
    for source in acupuncture().sources.values():
        assert " " not in source.address, source.key
    assert acupuncture().sources["cup-2018"].address == "https://doi.org/10.1016/j.jams.2018.02.001"


@pytest.mark.parametrize("question_id", WORDS)
def test_every_option_of_the_evidence_is_there(question_id: str) -> None:
    protocol = acupuncture()
    question = protocol.question(question_id)
    codes = [option_code(question, words) for words in WORDS[question_id].split(" / ")]
    assert len(set(codes)) == len(codes)
    assert question.codes - set(codes) <= {"not-sure", "in-person"}


def test_the_tick_list_is_short() -> None:
    also = acupuncture().question("also")
    expected = {f"o{number}" for number in range(1, 15)} | {"b14", "bleed-recent", "bleed-organs"}
    assert {option.code for option in also.options} == expected | {"none", "not-sure", "in-person"}


def test_the_tick_list_has_few_lines_under_four_headings() -> None:
    options = [option for option in acupuncture().question("also").options if option.group]
    assert len(options) <= 18
    assert len(dict.fromkeys(option.group for option in options)) == 4


@pytest.mark.parametrize("words", ["black poo", "big bruise", "strong steroids", "rheumatoid arthritis"])
def test_no_risk_of_the_evidence_is_missing_from_its_line(words: str) -> None:
    assert any(words in option.label for option in acupuncture().question("also").options)


def test_a_rule_of_an_answer_cannot_be_lost_unseen() -> None:
    """Another rule still names the option, but alone it would raise nothing."""
    text = acupuncture().text
    start, end = text.index("  - id: P5\n"), text.index("  - id: P6\n")
    with pytest.raises(ProtocolError, match="`might-be` leads nowhere"):
        parse(text[:start] + text[end:])


def test_the_main_page_has_four_questions_a_tick_list_and_one_box() -> None:
    names = ["preg.status", "bleed.condition", "bleed.medicine", "imp.any", "also", "ask.provider"]
    assert [question.id for question in acupuncture().core_questions] == names
