"""What patients read: short, plain, and never reassuring or advising (L12)."""

import re

from screening.article.patient_texts import patient_pages
from screening.domain.protocol.loading import acupuncture
from screening.domain.verification.texts import forbidden, patient_texts

PROTOCOL = acupuncture()
TEXTS = {name: text for name, text in patient_texts(PROTOCOL).items() if text}
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


def test_sentences_are_short_and_plain() -> None:
    sentences = [(name, each) for name, text in TEXTS.items() for each in re.split(r"(?<=[.!?])\s+", text)]
    assert [(name, sentence) for name, sentence in sentences if len(sentence.split()) > 22] == []
    assert [(name, word) for name, text in TEXTS.items() for word in JARGON if word in text.casefold()] == []


def test_L12_nothing_reassures_or_tells_to_stop_a_medicine() -> None:
    """In the protocol, the article and every page that a patient sees."""
    assert list(forbidden({**patient_texts(PROTOCOL), **patient_pages()})) == []


def test_the_tick_list_is_quick_to_read() -> None:
    labels = [option.label for option in PROTOCOL.question("also").options]
    lengths = [len(label.split()) for label in labels]
    assert max(lengths) <= 16
    assert sum(lengths) / len(lengths) <= 9


def test_the_medicine_question_says_not_to_stop() -> None:
    assert "do not stop or skip any medicine" in PROTOCOL.question("bleed.medicine").help


def test_every_question_says_why_it_is_asked() -> None:
    assert all(question.why for question in PROTOCOL.questions.values())
