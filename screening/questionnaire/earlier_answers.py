"""A returning patient says of each block of old answers whether anything has changed. Knows no web.

"No" keeps the block as it was, with the moment at which it was really answered. Anything else, also "not sure", asks
the questions anew, with nothing filled in (L2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from screening.dates import plain_day
from screening.domain.earlier_answers import NOTHING_TOLD, Block, Recap
from screening.domain.protocol.conditions import Answers
from screening.domain.protocol.model import Option, Protocol, Question
from screening.domain.protocol.vocabulary import NOT_SURE

SAME, CHANGED = "same", "changed"
# No id of a question holds a colon, so this can never be taken for one.
_PREFIX = "unchanged:"
_OPTIONS = (
    Option(SAME, "No, nothing has changed"),
    Option(CHANGED, "Yes, something has changed"),
    Option(NOT_SURE, "Not sure"),
)


@dataclass(frozen=True)
class UnchangedQuestion(Question):
    """Has anything changed? Asked in place of a core question whose old answers still hold."""

    core: str = ""
    about: str = ""
    """The core question's own words."""


@dataclass(frozen=True)
class Returning:
    recap: Recap = NOTHING_TOLD
    said: Mapping[str, str] = field(default_factory=dict)
    """For each block that can be kept, by core question: same, changed, not-sure, or nothing yet."""

    @cached_property
    def kept(self) -> tuple[Block, ...]:
        return tuple(self.recap.blocks[core] for core, said in self.said.items() if said == SAME)

    @cached_property
    def held(self) -> frozenset[str]:
        """The questions that are not asked, since their old answers are kept."""
        return frozenset(name for block in self.kept for name in block.questions)

    @property
    def moments(self) -> dict[str, str]:
        """When each kept answer was really given."""
        return {name: moment for block in self.kept for name, moment in block.moments.items()}

    @cached_property
    def on_page(self) -> dict[str, str]:
        """What was said, as answers to the questions that stand on the page."""
        return {_PREFIX + core: said for core, said in self.said.items() if said}

    def asks_anew(self, core: str) -> bool:
        return self.said.get(core, "") not in ("", SAME)


FIRST_VISIT = Returning()


def first_page(protocol: Protocol, returning: Returning) -> tuple[Question, ...]:
    """The core questions, some of them replaced by whether anything has changed."""
    return tuple(
        _unchanged(core, returning.recap.blocks[core.id]) if core.id in returning.said else core
        for core in protocol.core_questions
    )


def asked_anew(protocol: Protocol, returning: Returning) -> tuple[Question, ...]:
    return tuple(core for core in protocol.core_questions if returning.asks_anew(core.id))


def resumed(stored: Returning, recap: Recap, answers: Answers) -> Returning:
    """What was said holds only of the very answers that it was said of, and only while these can be kept.

    `answers` are those that were given for this visit; a core question among them is not asked a second time.
    """
    said = stored.said if stored.recap.mark == recap.mark else {}
    offered = (core for core, block in recap.blocks.items() if block.can_be_kept)
    return Returning(
        recap, {core: said.get(core, "") for core in offered if said.get(core) or core not in answers}
    )


def hearing(returning: Returning, given: Answers) -> Returning:
    """After a page on which it was said; what stood on the page and was left blank is not said."""
    return replace(returning, said={core: given.get(_PREFIX + core, "") for core in returning.said})


def with_kept(before: Returning, after: Returning, answers: Answers) -> dict[str, Any]:
    """The answers with the blocks that are kept now, whatever was answered there, and without those kept before."""
    gone = before.held | after.held
    others = {name: answer for name, answer in answers.items() if name not in gone}
    return others | {name: answer for block in after.kept for name, answer in block.answers.items()}


def _unchanged(core: Question, block: Block) -> UnchangedQuestion:
    return UnchangedQuestion(
        id=_PREFIX + core.id,
        topic=core.topic,
        kind="one",
        short=core.short,
        wording=f"Has anything changed since {plain_day(block.since)}?",
        why=core.why,
        section=core.section,
        freshness=None,
        asked="core",
        options=_OPTIONS,
        core=core.id,
        about=core.wording,
    )
