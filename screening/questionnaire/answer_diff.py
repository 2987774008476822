"""What changed between two sets of answers, such as the ones that were signed and the ones that came after. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from typing import Protocol as Shape

from screening.domain.protocol.model import Protocol
from screening.questionnaire.routing import Journey
from screening.questionnaire.summary import words


class Answered(Shape):
    """One question with its answer in words."""

    @property
    def question_id(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def device(self) -> int | None: ...
    @property
    def words(self) -> str: ...


_Shown = TypeVar("_Shown", bound=Answered)


@dataclass(frozen=True)
class AnswerInWords:
    """An answer in the words of the form."""

    question_id: str
    question: str
    device: int | None
    words: str


@dataclass(frozen=True)
class ChangedAnswer:
    question: str
    device: int | None
    before: str
    after: str


def changes(before: Sequence[Answered], after: Sequence[Answered]) -> list[ChangedAnswer]:
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
            found.append(ChangedAnswer(shown.question, shown.device, before_words, after_words))
    return found


def unchanged(before: Sequence[_Shown], after: Sequence[_Shown]) -> list[_Shown]:
    """The answers that read as they did, in the order of the form."""
    old = _by_question(before)
    return [each for key, each in _by_question(after).items() if key in old and old[key].words == each.words]


def _by_question(answers: Sequence[_Shown]) -> dict[tuple[str, int | None], _Shown]:
    return {(each.question_id, each.device): each for each in answers}


def answers_in_words(protocol: Protocol, answers: Mapping[str, Any]) -> list[AnswerInWords]:
    """Every answer of the form, page by page, as the form says it."""
    journey = Journey(protocol, answers)
    return [
        AnswerInWords(
            asked.id, asked.wording, page.device, "; ".join(words(protocol, asked, given.get(asked.id)))
        )
        for page in journey.pages
        for given in (journey.given(page),)
        for asked in page.questions
    ]
