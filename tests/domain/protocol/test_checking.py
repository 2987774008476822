"""Every name that a protocol uses must exist, and nothing may lead nowhere."""

import pytest

from screening.domain.protocol.loading import parse
from screening.domain.protocol.vocabulary import ProtocolError, Severity
from tests.support.small_protocol import SMALL

O5 = "when: {question: also, has: o5}"
FACT = "    records_a_fact: true\n"
STENT = "{code: stent, label: Stent}"
YES = "options: [{code: yes, label: Yes}, {code: no, label: No}]"
CARD = "    short: the device card\n"
LEAD = "options: [{code: yes, label: Yes}, {code: no, label: No}, {code: perhaps, label: Perhaps}]"
INSIDE = "{question: imp.state, is_any: [working, switched-off]}"

FAULTS = [
    ("section: safety-bleeding}", "section: safety-blood}", "no section 'safety-blood'"),
    ("tag: F/M", "tag: F/X", "support tag 'X'"),
    ("support: [F]", "support: [G]", "support tag 'G'"),
    ("topic: bleeding\n    kind", "topic: blood\n    kind", "topic 'blood' is not known"),
    ("topic: bleeding\n    severity", "topic: blood\n    severity", "topic 'blood' is not known"),
    ("sources: [book-1999]", "sources: [web-2000]", "source 'web-2000' is not listed"),
    ("sections: [safety-other]", "sections: [safety-others]", "no section 'safety-others'"),
    ("effects: {MA: modify, EA: avoid}", "effects: {MA: modify}", "no effect for EA"),
    ("effects: {MA: modify, EA: avoid}", "effects: {MA: ok, EA: ok, ZZ: ok}", "'ZZ', no modality"),
    ("where: {EA: the back}", "where: {CU: the back}", "`where` names CU"),
    (O5, "when: {question: also, has: o99}", "no option 'o99'"),
    (O5, "when: {question: nothing.here, has: o5}", "no question has the id"),
    (O5, "when: {question: also, is: o5}", "`is` does not suit"),
    (O5, "when: {question: also, has: not-sure}", "no option 'not-sure'"),
    (O5, "when: {question: also, above: 3}", "`above` does not suit"),
    (O5, "when: {question: also, typed: true}", "`typed` does not suit"),
    (O5, "when: {named: nothing}", "no condition is named"),
    (O5, "when: {question: imp.kind, is: stent}", "belongs to a device"),
    (O5, "when: {named: inside}", "belongs to a device"),
    (O5, "when: {question: also, at_least: 3, of: [o5, b14]}", "asks for more than"),
    ("{question: imp.depend, is: yes}", "{any_device: {question: imp.depend, is: yes}}", "inside a device"),
    (INSIDE, "{named: inside}", "rests on itself"),
    (
        "asked: {question: imp.any, is: yes}",
        "asked: {question: imp.devices, unresolved: true}",
        "only when it has",
    ),
    (
        "asked: {question: imp.any, is: yes}",
        "asked: {question: bleed.inr.date, within_days: 3}",
        "depends on a date",
    ),
    (FACT, "", "rests on M and J only"),
    ("severity: note\n    per: device", "severity: stop\n    per: device", "records a fact"),
    (O5, "when: {question: also, has: b14}", "the option `o5` leads nowhere"),
    (YES, LEAD, "the option `perhaps` leads nowhere"),
    ("        - {question: imp.any, unresolved: true}\n", "", "not sure and in person lead nowhere"),
    (YES, f"nothing_to_report: perhaps\n    {YES}", "names 'perhaps', none of its options"),
    (YES, f"nothing_to_report: not-sure\n    {YES}", "names 'not-sure', none of its options"),
    (
        "    max_length: 50\n",
        "    max_length: 50\n    nothing_to_report: no\n",
        "does not suit the kind text",
    ),
    ("listed_as: b14", "listed_as: b15", "no tick list has the option"),
    ("    listed_as: b14\n", "", "belong together"),
    ("    max_length: 50\n", "", "sets no length"),
    ("    min: 0\n", "", "sets no limits"),
    ("    min: 0\n", "    min: 90\n", "a `min` above its `max`"),
    ("label: Daily aspirin", "label: Warfarin", "two options read 'Warfarin'"),
    (", urgent: Get help now.", "", "`urgent` is missing"),
    (f"{STENT}]", f"{STENT}, {{code: pump, label: Pump}}]", "no rule names the option `pump`"),
    (
        "    options: [{code: pacemaker, label: Pacemaker}, {code: stent, label: Stent}]\n",
        "",
        "has no options",
    ),
    ("    max_length: 50\n", f"    max_length: 50\n    options: [{STENT}]\n", "has options but is a text"),
    ("- {id: U1, ", "- {id: B9, ", "is also a rule"),
    (
        "severity: stop\n  effects: {MA: avoid, EA",
        "severity: note\n  effects: {MA: avoid, EA",
        "weaker than stop",
    ),
    ("effects: {MA: avoid, EA: avoid}", "effects: {MA: modify, EA: avoid}", "weaker than stop"),
    ("  safety-bleeding: {title", "  safety-blood: {title", "no section 'safety-blood'"),
    ("    short: the tick list\n", "", "`short` is missing. Add `short:`"),
    ("    short: the tick list\n", "    short: the device\n", "another question is called 'the device' too"),
    ("    plural: true\n", "    plural: 2\n", "`plural` is neither true nor false"),
    (
        "    role: device-state\n",
        "    role: device-mood\n",
        "`role` cannot be 'device-mood'. Use one of: device-kind,",
    ),
    ("    role: device-state\n", "", "`role: device-state` and `ordinary` belong together"),
    ("    ordinary: working\n", "", "`role: device-state` and `ordinary` belong together"),
    ("    ordinary: working\n", "    ordinary: idle\n", "`ordinary` names 'idle', none of its options"),
    (
        "    role: device-state\n    ordinary: working\n",
        "",
        "principle I19: nothing is left to read `device-state`",
    ),
    ("    role: device-kind\n", "", "lists devices, but no question asks what they are"),
    (CARD, f"{CARD}    role: device-kind\n", "has the role device-kind, and so has imp.kind"),
    (CARD, f"{CARD}    role: to-provider\n", "the role to-provider does not suit it"),
    ("id: imp.card", "id: imp.card.state", "both end in `state`"),
    ("reads: not-sure", "reads: unsure", "`reads` cannot be 'unsure'"),
    ("reads: not-sure, ", "", "`reads` is missing"),
    ("reads: not-sure", "reads: not-told", "no principle reads `not-sure`. Add a principle with"),
    ("id: U3, reads: missing-detail", "id: U3, reads: not-told", "nothing is left to read `not-told`"),
    ("help_section: safety-other\n", "", "`help_section` is missing"),
    ("help_section: safety-other\n", "help_section: pain-relief\n", "no section with a text for patients"),
    ("provider_reads: whether", "providers_read: whether", "`provider_reads` is missing"),
    ("ask: [is there anything new?]", "ask: []", "`ask` is not a list with something in it"),
]


@pytest.mark.parametrize(("old", "new", "says"), FAULTS)
def test_a_file_whose_parts_do_not_fit_is_refused(old: str, new: str, says: str) -> None:
    assert old in SMALL
    with pytest.raises(ProtocolError) as caught:
        parse(SMALL.replace(old, new, 1))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_line_is_that_of_the_condition() -> None:
    with pytest.raises(ProtocolError) as caught:
        parse(SMALL.replace(O5, "when: {question: also, has: o99}"))
    assert caught.value.line == SMALL[: SMALL.index(O5)].count("\n") + 1


def test_a_judgement_may_be_a_caution() -> None:
    protocol = parse(
        SMALL.replace(FACT, "").replace(
            "severity: note\n    per: device", "severity: caution\n    per: device"
        )
    )
    assert protocol.rules["I18"].severity is Severity.CAUTION
