"""A protocol just large enough to show each kind of question, condition and rule."""

from screening.domain.protocol.loading import parse
from screening.domain.protocol.model import Protocol

SMALL = """\
protocol: small
version: "1"
status: draft
language: en
modalities: [{code: MA, name: Manual acupuncture}, {code: EA, name: Electroacupuncture}]
topics:
  - {code: bleeding, title: Bleeding, section: safety-bleeding}
  - {code: implants, title: Implants, section: safety-implants}
  - {code: other, title: Other, section: safety-other}
sources:
  - {key: book-1999, citation: A book, year: "1999", link: example.org, covers: needles, tag: F/M}
questions:
  - id: bleed.medicine
    topic: bleeding
    kind: many
    short: the medicines
    plural: true
    wording: Do you take medicine that thins your blood?
    why: It changes how we treat.
    section: safety-bleeding
    freshness: 30
    asked: core
    options:
      - {code: warfarin, label: Warfarin}
      - {code: aspirin, label: Daily aspirin}
      - {code: other, label: Other}
      - {code: none, label: None}
  - id: bleed.medicine.text
    topic: bleeding
    kind: text
    short: the other medicine
    wording: Which one?
    why: It changes how we treat.
    section: safety-bleeding
    freshness: 30
    asked: {question: bleed.medicine, has: other}
    max_length: 50
  - id: bleed.inr.date
    topic: bleeding
    kind: date
    short: the day of the test
    wording: When was your last test?
    why: Tests grow old.
    section: safety-bleeding
    freshness: 30
    asked: {question: bleed.medicine, has: warfarin}
  - id: bleed.inr.value
    topic: bleeding
    kind: number
    short: the result of the test
    wording: What was it?
    why: It changes how we treat.
    section: safety-bleeding
    freshness: 30
    asked: {question: bleed.medicine, has: warfarin}
    optional: true
    min: 0
    max: 20
  - id: imp.any
    topic: implants
    kind: one
    short: having a device
    wording: Do you have a device?
    why: Some devices do not go with electricity.
    section: safety-implants
    freshness: 182
    asked: core
    options: [{code: yes, label: Yes}, {code: no, label: No}]
  - id: imp.devices
    topic: implants
    kind: devices
    short: the list of devices
    wording: Which devices?
    why: Each is different.
    section: safety-implants
    freshness: 182
    asked: {question: imp.any, is: yes}
  - id: imp.kind
    topic: implants
    kind: one
    short: the device
    role: device-kind
    wording: What is it?
    why: Each is different.
    section: safety-implants
    freshness: 182
    asked: device
    options: [{code: pacemaker, label: Pacemaker}, {code: stent, label: Stent}]
  - id: imp.state
    topic: implants
    kind: one
    short: the state of the device
    role: device-state
    ordinary: working
    wording: Is it working?
    why: A removed device is another matter.
    section: safety-implants
    freshness: 182
    asked: device
    options:
      - {code: working, label: In and working}
      - {code: switched-off, label: In but switched off}
      - {code: removed, label: Fully removed}
  - id: imp.depend
    topic: implants
    kind: one
    short: the heart needing it
    wording: Does your heart always need it?
    why: It changes how we treat.
    section: safety-implants
    freshness: 182
    asked: device
    asked_when: {question: imp.kind, is: pacemaker}
    options: [{code: yes, label: Yes}, {code: no, label: No}]
  - id: imp.card
    topic: implants
    kind: one
    short: the device card
    wording: Do you have a device card?
    why: It names the device.
    section: safety-implants
    freshness: 182
    asked: device
    options: [{code: yes, label: Yes, task: ask for the device card}, {code: no, label: No}]
  - id: also
    topic: other
    kind: many
    short: the tick list
    wording: Do any of these apply to you?
    why: They change how we treat.
    section: safety-other
    freshness: visit
    asked: core
    options:
      - {code: o5, label: I faint}
      - {code: b14, label: I bruise easily, group: Bleeding}
      - {code: none, label: None of these}
  - id: bleed.easy
    topic: bleeding
    kind: one
    short: easy bruising
    wording: Do you bruise easily?
    why: It should be checked.
    section: safety-bleeding
    freshness: visit
    asked: listed
    listed_as: b14
    options: [{code: yes, label: Yes}, {code: no, label: No}]
conditions:
  inside:
    any:
      - {question: imp.state, is_any: [working, switched-off]}
      - {question: imp.state, unresolved: true}
rules:
  - id: B9
    topic: bleeding
    severity: stop
    when:
      all:
        - {question: bleed.medicine, has: warfarin}
        - any:
            - {question: bleed.inr.value, above: 3}
            - {question: bleed.inr.date, unresolved: true}
            - {question: bleed.inr.date, older_than_days: 28}
    effects: {MA: modify, EA: avoid}
    reason: An old test tells little.
    task: call the patient for the last test
    sources: [book-1999]
    support: [F]
    sections: [safety-bleeding]
  - id: B8
    topic: bleeding
    severity: caution
    when: {all: [{question: bleed.medicine, has: warfarin}, {question: bleed.inr.date, within_days: 28}]}
    effects: {MA: modify, EA: modify}
    where: {EA: the back}
    reason: Small bleeds are more likely.
    advice: Thin needles.
    contested: Some say that it is safe.
    task: tell the provider
    sources: [book-1999]
    support: [F]
    sections: [safety-bleeding]
  - id: B10
    topic: bleeding
    severity: stop
    when: {question: bleed.medicine, at_least: 2, of: [warfarin, aspirin]}
    effects: {MA: modify, EA: avoid}
    reason: Two medicines together.
    task: tell the provider
    sources: [book-1999]
    support: [F]
    sections: [safety-bleeding]
  - id: B20
    topic: bleeding
    severity: caution
    when: {any: [{question: bleed.medicine, has: other}, {question: bleed.medicine.text, typed: true}]}
    effects: {MA: modify, EA: avoid}
    reason: An unknown medicine.
    task: tell the provider
    sources: [book-1999]
    support: [J]
    sections: [safety-bleeding]
  - id: B17
    topic: bleeding
    severity: stop
    when: {question: bleed.medicine, unresolved: true}
    effects: {MA: modify, EA: avoid}
    reason: The medicine is not known.
    task: ask to see the packet
    sources: [book-1999]
    support: [F]
    sections: [safety-bleeding]
  - id: B14
    topic: bleeding
    severity: stop
    when: {any: [{question: bleed.easy, is: yes}, {question: bleed.easy, unresolved: true}]}
    effects: {MA: modify, EA: avoid}
    reason: Easy bruising should be checked.
    task: tell the provider
    sources: [book-1999]
    support: [F]
    sections: [safety-bleeding]
    urgent: true
  - id: I1
    topic: implants
    severity: stop
    per: device
    when: {all: [{question: imp.kind, is: pacemaker}, {named: inside}]}
    effects: {MA: modify, EA: avoid}
    reason: Electricity can disturb it.
    task: tell the provider
    sources: [book-1999]
    support: [F]
    sections: [safety-implants]
  - id: I2
    topic: implants
    severity: stop
    per: device
    when: {any: [{question: imp.depend, is: yes}, {question: imp.depend, unresolved: true}]}
    effects: {MA: modify, EA: avoid}
    reason: The heart needs it.
    task: tell the provider
    sources: [book-1999]
    support: [F]
    sections: [safety-implants]
  - id: I18
    topic: implants
    severity: note
    per: device
    when:
      all:
        - {question: imp.state, is: removed}
        - any:
            - {question: imp.kind, is_any: [pacemaker, stent]}
            - {question: imp.kind, unresolved: true}
    effects: {MA: ok, EA: ok}
    reason: It was taken out.
    task: confirm it
    sources: [book-1999]
    support: [J]
    sections: [safety-implants]
    records_a_fact: true
  - id: I21
    topic: implants
    severity: stop
    when:
      any:
        - {question: imp.any, unresolved: true}
        - {question: imp.devices, unresolved: true}
        - {any_device: {question: imp.kind, unresolved: true}}
    effects: {MA: modify, EA: avoid}
    reason: The device is not known.
    task: look for a card
    sources: [book-1999]
    support: [J]
    sections: [safety-implants]
  - id: U4
    topic: other
    severity: caution
    when: {question: also, unresolved: true}
    effects: {MA: ok, EA: ok}
    reason: The list was not answered.
    task: ask the list
    sources: [book-1999]
    support: [F]
    sections: [safety-other]
  - id: O5
    topic: other
    severity: note
    when: {question: also, has: o5}
    effects: {MA: ok, EA: ok}
    reason: Fainting is known.
    task: none
    sources: [book-1999]
    support: [F]
    sections: [safety-other]
principles:
  - {id: U1, reads: not-sure, severity: stop, reason: Not known.,
     sources: [book-1999], support: [F], sections: [safety-other]}
  - {id: U2, reads: not-told, severity: stop, reason: Not told.,
     sources: [book-1999], support: [F], sections: [safety-other]}
  - {id: U3, reads: missing-detail, reason: A detail is open.,
     sources: [book-1999], support: [F], sections: [safety-other]}
  - {id: I19, reads: device-state, reason: Read as active.,
     sources: [book-1999], support: [F], sections: [safety-implants]}
fallback:
  id: unknown
  severity: stop
  effects: {MA: avoid, EA: avoid}
  reason: The protocol does not know this answer.
  task: the provider must decide
  sources: [book-1999]
  support: [J]
  sections: [safety-and-considerations]
section_texts:
  safety-bleeding: {title: Bleeding, text: We will talk about it.}
  safety-other: {title: Other, text: Some signs cannot wait.}
help_section: safety-other
on_arrival: {ask: [is there anything new?], provider_reads: whether there is anything new}
patient_texts: {thanks: Thank you., stop: We will talk., urgent: Get help now.}
"""


def small() -> Protocol:
    return parse(SMALL)
