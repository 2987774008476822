"""Short names of questions, for sentences about rules. A question without one is named by its wording."""

from __future__ import annotations

from typing import Final

from screening.domain.protocol.model import Protocol

SUBJECTS: Final = {
    "preg.status": "pregnancy",
    "preg.weeks": "the week of pregnancy",
    "preg.concerns": "the signs in this pregnancy",
    "preg.carer": "the midwife or doctor knowing of the treatment",
    "preg.trying": "the two weeks after ovulation or transfer",
    "bleed.condition": "the bleeding problem",
    "bleed.condition.text": "the bleeding problem in own words",
    "bleed.severity": "the seriousness of the bleeding problem",
    "bleed.platelets": "the platelet count",
    "bleed.platelets.date": "the day of the platelet count",
    "bleed.medicine": "the blood-thinning medicines",
    "bleed.medicine.text": "the other medicine in own words",
    "bleed.inr": "the last INR in its range",
    "bleed.inr.date": "the day of the last INR test",
    "bleed.inr.value": "the INR number",
    "bleed.why": "the reason for the medicine",
    "bleed.recent": "the bleeding of the last 3 months",
    "bleed.easy": "easy bruising or long bleeding",
    "bleed.organs": "the serious disease",
    "imp.any": "having an implant or a worn device",
    "imp.devices": "the list of devices",
    "imp.kind": "the device",
    "imp.kind.text": "the device in own words",
    "imp.loc": "the place of the device",
    "imp.date": "the age of the implant",
    "imp.state": "the state of the device",
    "imp.issue": "soreness, swelling or shocks",
    "imp.card": "the device card",
    "imp.depend": "the heart always needing the pacemaker",
    "also": "the tick list",
    "ask.provider": "the question to the provider",
}
_PLURAL: Final = {"preg.concerns", "bleed.medicine", "imp.issue"}


def is_plural(question_id: str) -> bool:
    return question_id in _PLURAL


def subject(protocol: Protocol, question_id: str) -> str:
    question = protocol.questions.get(question_id)
    return SUBJECTS.get(question_id) or (f"“{question.wording}”" if question else question_id)
