"""Flags against modalities, with the worst effect per modality at the foot. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screening.domain.assessment import Flag
from screening.domain.protocol.model import Modality
from screening.domain.protocol.vocabulary import Effect


@dataclass(frozen=True)
class GridCell:
    effect: Effect
    where: str = ""


@dataclass(frozen=True)
class Column:
    modality: Modality
    is_planned: bool
    worst: Effect

    @property
    def clashes(self) -> bool:
        return self.is_planned and self.worst == Effect.AVOID


@dataclass(frozen=True)
class Grid:
    columns: tuple[Column, ...]
    rows: tuple[tuple[Flag, tuple[GridCell, ...]], ...]

    @property
    def clashes(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.clashes)


def grid_of(modalities: Mapping[str, Modality], flags: Sequence[Flag], planned: Sequence[str]) -> Grid:
    """A modality that a flag does not speak of counts as to be avoided: nothing missing reads as allowed (L11)."""
    rows = tuple(
        (
            flag,
            tuple(
                GridCell(flag.effects.get(code, Effect.AVOID), flag.where.get(code, ""))
                for code in modalities
            ),
        )
        for flag in flags
    )
    columns = tuple(
        Column(
            modality,
            code in planned,
            max((cells[place].effect for _, cells in rows), default=Effect.OK),
        )
        for place, (code, modality) in enumerate(modalities.items())
    )
    return Grid(columns, rows)
