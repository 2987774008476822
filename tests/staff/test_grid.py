"""Flags against modalities."""

from dataclasses import replace

from screening.domain.protocol.model import Modality
from screening.domain.protocol.vocabulary import Effect
from screening.staff.grid import grid_of
from tests.domain.test_decisions import FLAG

MODALITIES = {code: Modality(code, code) for code in ("MA", "EA")}
FIRST = replace(FLAG, effects={"MA": Effect.MODIFY, "EA": Effect.OK}, where={"MA": "near it"})
SECOND = replace(FLAG, effects={"MA": Effect.OK, "EA": Effect.AVOID})


def test_the_last_row_is_the_worst_effect() -> None:
    grid = grid_of(MODALITIES, [FIRST, SECOND], [])
    assert [column.worst for column in grid.columns] == [Effect.MODIFY, Effect.AVOID]


def test_a_place_stands_with_its_effect() -> None:
    assert grid_of(MODALITIES, [FIRST], []).rows[0][1][0].where == "near it"


def test_only_a_planned_modality_that_is_to_be_avoided_clashes() -> None:
    assert [
        column.modality.code for column in grid_of(MODALITIES, [FIRST, SECOND], ["MA", "EA"]).clashes
    ] == ["EA"]
    assert not grid_of(MODALITIES, [FIRST, SECOND], ["MA"]).clashes


def test_L11_a_modality_that_a_flag_does_not_speak_of_is_avoided() -> None:
    assert grid_of(MODALITIES, [FLAG], []).columns[0].worst == Effect.AVOID


def test_without_flags_nothing_is_restricted() -> None:
    assert {column.worst for column in grid_of(MODALITIES, [], ["MA"]).columns} == {Effect.OK}
