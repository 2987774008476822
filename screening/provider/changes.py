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
    old, new = _by_question(before), _by_question(after)
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


def unchanged(before: Sequence[AnswerShown], after: Sequence[AnswerShown]) -> list[AnswerShown]:
    """The answers that read as they did, in the order of the form."""
    old = _by_question(before)
    return [each for key, each in _by_question(after).items() if key in old and old[key].words == each.words]


def _by_question(answers: Sequence[AnswerShown]) -> dict[tuple[str, int | None], AnswerShown]:
    return {(each.question_id, each.device): each for each in answers}
