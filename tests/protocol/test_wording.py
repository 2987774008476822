"""What patients read: short, plain, and never reassuring or advising (L12)."""

import re

import pytest

from screening.protocol import acupuncture

PROTOCOL = acupuncture()
TEXTS = {
    **{
        f"{each.id} {part}": getattr(each, part)
        for each in PROTOCOL.questions.values()
        for part in ("wording", "help", "why")
    },
    **{f"section {slug}": text.text for slug, text in PROTOCOL.section_texts.items()},
    **{f"text {name}": text for name, text in PROTOCOL.patient_texts.items()},
    **{
        f"{each.id} {option.code}": option.label
        for each in PROTOCOL.questions.values()
        for option in each.options
    },
}
JARGON = (
    "contraindic",
    "anticoag",
    "antiplatelet",
    "modality",
    "perioperative",
    "gestation",
    "elective",
    "unresolved",
)
REASSURING = ("safe", "cleared", "all clear", "low risk", "no risk", "nothing to worry")


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if text])
def test_sentences_are_short_and_plain(name: str) -> None:
    for sentence in re.split(r"(?<=[.!?])\s+", TEXTS[name]):
        assert len(sentence.split()) <= 22, sentence
    for word in JARGON:
        assert word not in TEXTS[name].casefold()


@pytest.mark.parametrize("name", [name for name, text in TEXTS.items() if text])
def test_L12_nothing_reassures_or_tells_to_stop_a_medicine(name: str) -> None:
    text = TEXTS[name].casefold()
    for words in REASSURING:
        assert not re.search(rf"\b{words}\b", text)
    assert not re.search(r"(?<!not )\bstop (taking|your)", text)


def test_the_tick_list_is_quick_to_read() -> None:
    labels = [option.label for option in PROTOCOL.question("also").options]
    lengths = [len(label.split()) for label in labels]
    assert max(lengths) <= 16
    assert sum(lengths) / len(lengths) <= 9


def test_the_medicine_question_says_not_to_stop() -> None:
    assert "do not stop or skip any medicine" in PROTOCOL.question("bleed.medicine").help


def test_every_question_says_why_it_is_asked() -> None:
    assert all(question.why for question in PROTOCOL.questions.values())
