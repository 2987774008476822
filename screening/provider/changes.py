"""What changed between the answers that were signed and the ones that came after. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from screening.staff.answers_shown import AnswerShown


@dataclass(frozen=True)
class Change:
    question: str
    device: int | None
    before: str
    after: str


def changes(before: Sequence[AnswerShown], after: Sequence[AnswerShown]) -> list[Change]:
    """Every question with another answer, in the order of the form; a question of one side only says so."""
    old = {(each.question_id, each.device): each for each in before}
    new = {(each.question_id, each.device): each for each in after}
    found = []
    for key in dict.fromkeys([*new, *old]):
        was, is_now = old.get(key), new.get(key)
        before_words = was.words if was else "Not asked"
        after_words = is_now.words if is_now else "Not asked"
        if before_words != after_words:
            shown = is_now or was
            assert shown is not None
            found.append(Change(shown.question, shown.device, before_words, after_words))
    return found
