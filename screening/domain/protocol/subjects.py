"""Short names of questions, for sentences about rules."""

from __future__ import annotations

from screening.domain.protocol.model import Protocol


def subject(protocol: Protocol, question_id: str) -> str:
    """What the file calls the question; its id where the file does not know it."""
    question = protocol.questions.get(question_id)
    return question.short if question else question_id
