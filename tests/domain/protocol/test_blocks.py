"""Which core question a follow-up hangs on, and how it is named where answers are not shown."""

from screening.domain.protocol.blocks import block_of, cores_of, in_core_words
from screening.domain.protocol.loading import acupuncture


def test_every_question_hangs_on_exactly_one_core_question() -> None:
    protocol = acupuncture()
    assert all(len(cores_of(protocol, question)) == 1 for question in protocol.questions.values())


def test_a_block_is_a_core_question_with_its_follow_ups() -> None:
    protocol = acupuncture()
    assert block_of(protocol, "bleed.condition") == {
        "bleed.condition",
        "bleed.condition.text",
        "bleed.severity",
        "bleed.platelets",
        "bleed.platelets.date",
    }
    assert block_of(protocol, "also") == {"also", "bleed.recent", "bleed.easy", "bleed.organs"}
    assert block_of(protocol, "imp.any") == {
        "imp.any",
        "imp.devices",
        *(each.id for each in protocol.device_questions),
    }


def test_L10_a_follow_up_is_named_by_its_core_question() -> None:
    protocol = acupuncture()
    named = in_core_words(protocol, ["imp.depend", "bleed.inr.date", "bleed.why", "not.known"])
    assert named == (
        "Do you take medicine that thins your blood or stops clots?",
        "Do you have anything put inside your body by a surgeon, or a medical device you wear?",
    )
