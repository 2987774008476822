"""The mutation proof: every small harm to the protocol file is refused by the loader, found by verification, or
differs from a record that was written apart from the file.

Whichever stage is cheapest is asked first: the reading, the records, the loader's checks, then verification. With
SCREENING_VERIFY_EVERY_MUTANT=1 verification is asked about each mutant that loads, which takes half an hour and tells
what it finds on its own. `-s` shows the counts.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

import pytest

from screening.domain.protocol import building
from screening.domain.protocol.checking import check_protocol
from screening.domain.protocol.fields import Fields
from screening.domain.protocol.loading import acupuncture, parse
from screening.domain.protocol.model import Protocol
from screening.domain.protocol.tree import FileMap, read_tree
from screening.domain.protocol.vocabulary import ProtocolError
from screening.domain.verification.checks import verify
from tests.domain.verification.equivalence import is_equivalent
from tests.domain.verification.mutants import Mutant, mutants
from tests.support.recorded import first_difference

pytestmark = pytest.mark.proof

VERIFY_EVERY = bool(os.environ.get("SCREENING_VERIFY_EVERY_MUTANT"))

# A follow-up is only asked after one answer to its parent, so that a rule that tests both needs only the follow-up.
_PARENT_TESTED_TOO = "P1 P2 P3 P4 P6 P7 P8 B1 B2 B3 B4 B5 B6 B9"
# These kinds are implants, so that "still inside" and "an implant, still inside" say the same of them.
_AN_IMPLANT_ANYWAY = (
    "I1.all1 I2.all2 I3.all1 I4.all1 I6.all1 I7.all1 I9.all1 I10.all1 I12.all1 I13.all1 I14.all1 "
)
_AN_IMPLANT_ANYWAY += "I15.all1 I16.all1 I23.all1 B18.all1.any2.device.all1"
EQUIVALENT = {
    "part dropped": {f"{rule} all0" for rule in _PARENT_TESTED_TOO.split()},
    "condition exchanged": {f"{place} implant" for place in _AN_IMPLANT_ANYWAY.split()},
}


@cache
def tree() -> FileMap:
    return read_tree(acupuncture().text)


@cache
def by_kind() -> dict[str, list[Mutant]]:
    kinds: dict[str, list[Mutant]] = {}
    for mutant in mutants(tree()):
        kinds.setdefault(mutant.kind, []).append(mutant)
    return kinds


_LONG_PARTS = ("rules", "questions", "sources")


class ReusingFields(Fields):
    """The loader's own reading of the file, but that long parts which are not harmed are built once."""

    harmed: ClassVar[str] = ""
    built: ClassVar[dict[str, tuple[Any, ...]]] = {}

    def each(self, key: str, build: Callable[[Any, int], Any]) -> tuple[Any, ...]:
        if self.what != "the file" or key not in _LONG_PARTS or key == self.harmed:
            return super().each(key, build)
        self.raw(key)
        if key not in self.built:
            self.built[key] = super().each(key, build)
        return self.built[key]


def read(mutant: Mutant) -> Protocol | None:
    """The harmed protocol, as far as it can be read at all. The tree is whole again afterwards."""
    undo = mutant.apply()
    ReusingFields.harmed = mutant.part
    try:
        return building.build_tree(tree(), "")
    except ProtocolError:
        return None
    finally:
        undo()


def is_refused(protocol: Protocol) -> bool:
    try:
        check_protocol(protocol)
    except ProtocolError:
        return True
    return False


def difference(protocol: Protocol) -> str:
    """From the records. What the loader has not looked at yet may name a condition that is missing, or itself."""
    try:
        return first_difference(protocol)
    except (KeyError, RecursionError):
        return ""


def stage(mutant: Mutant) -> str:
    protocol = read(mutant)
    if protocol is None:
        return "loader"
    if VERIFY_EVERY:
        return "loader" if is_refused(protocol) else all_stages(protocol)
    if difference(protocol):
        return "records"
    return "loader" if is_refused(protocol) else last_stage(protocol)


def all_stages(protocol: Protocol) -> str:
    found = {"verification": verify(protocol).findings, "records": difference(protocol)}
    return " and ".join(name for name, what in found.items() if what) or last_stage(protocol)


def last_stage(protocol: Protocol) -> str:
    if is_equivalent(acupuncture(), protocol):
        return "equivalent"
    return "verification" if verify(protocol).findings else "survived"


@pytest.fixture(autouse=True)
def _load_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """A digest differs for every mutant, so it would prove everything and nothing."""
    monkeypatch.setattr(building, "content_digest", lambda _: "none")
    monkeypatch.setattr(building, "Fields", ReusingFields)


def test_the_shipped_protocol_differs_from_no_record() -> None:
    assert first_difference(acupuncture()) == ""


@pytest.mark.parametrize("kind", by_kind())
def test_every_mutant_is_caught(kind: str) -> None:
    stages = {mutant.name: stage(mutant) for mutant in by_kind()[kind]}
    sys.stdout.write(f"\n{kind}: {dict(Counter(stages.values()))}")
    assert [name for name, caught_by in stages.items() if caught_by == "survived"] == []
    equivalent = {name for name, caught_by in stages.items() if caught_by == "equivalent"}
    assert equivalent == EQUIVALENT.get(kind, set())


def test_a_file_cut_off_anywhere_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = acupuncture().text.splitlines(keepends=True)
    places = [*range(0, len(lines), 25), *range(len(lines) - 15, len(lines))]
    monkeypatch.undo()
    for place in places:
        for cut in ("".join(lines[:place]), "".join(lines[:place]) + lines[place][: len(lines[place]) // 2]):
            try:
                protocol = parse(cut)
            except ProtocolError:
                continue
            assert first_difference(protocol), f"cut at line {place + 1}"


def test_the_tree_is_whole_after_every_mutant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    before = building.build_tree(tree(), "")
    for mutants_of_kind in by_kind().values():
        mutants_of_kind[0].apply()()
        mutants_of_kind[-1].apply()()
    after = building.build_tree(tree(), "")
    assert (after.rules, after.questions, after.conditions) == (
        before.rules,
        before.questions,
        before.conditions,
    )


def test_what_fires_on_other_answers_is_never_called_equivalent() -> None:
    dropped = {mutant.name: mutant for mutant in by_kind()["part dropped"]}
    for name in ("I1 all0", "I1 all1", "C1 all0", "B18 all1"):
        protocol = read(dropped[name])
        assert protocol is not None
        assert not is_refused(protocol)
        assert not is_equivalent(acupuncture(), protocol)
