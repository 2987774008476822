"""Every set of ticks on one list, by what it adds up to for each comparison.

A comparison needs one tick among some, or several; more ticks than it needs tell it nothing. So the sets are added up
tick by tick and put together where they add up to the same: all of them are covered, and few are kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from screening.domain.protocol.condition_forms import Test

Sums = tuple[int, ...]
Adds = Callable[[Test, str], bool]
"""Whether a tick counts for a comparison."""
MOST_SETS = 5_000


class TooLarge(Exception):
    """A space has more answers that differ than are walked."""


@dataclass(frozen=True)
class TickSet:
    """The plainest set of ticks that adds up to something, and how many such sets there are."""

    ticks: tuple[str, ...]
    count: int

    def with_(self, other: TickSet | None) -> TickSet:
        if other is None:
            return self
        return TickSet(min(self.ticks, other.ticks, key=len), self.count + other.count)


class TickList:
    """The ticks that may stand beside each other, and the comparisons that look at them."""

    def __init__(self, codes: Sequence[str], bits: Mapping[Test, int], adds: Adds) -> None:
        self.codes, self.bits = codes, bits
        self.needed = tuple(int(test.number) if test.form == "at_least" else 1 for test in bits)
        self.adds = {code: tuple(int(adds(test, code)) for test in bits) for code in codes}

    def sets(self) -> Iterator[tuple[TickSet, int]]:
        """Every set but the empty one, by what holds for it."""
        for sums, found in self._sums().items():
            count = found.count - (not any(sums))  # nothing ticked is no answer
            if count:
                yield TickSet(found.ticks, count), self._holding(sums)

    def grown(self) -> dict[int, frozenset[int]]:
        """For each set, by what holds: what can hold after one more tick."""
        found: dict[int, set[int]] = defaultdict(set)
        for code in self.codes:
            others = self._sums(without=code) if any(self.adds[code]) else {}
            for sums, before in others.items():
                if any(sums) or before.count > 1:
                    found[self._holding(sums)].add(self._holding(self._with(sums, code)))
        return {before: frozenset(after - {before}) for before, after in found.items()}

    def _sums(self, without: str = "") -> dict[Sums, TickSet]:
        found = {(0,) * len(self.needed): TickSet((), 1)}
        for code in self.codes:
            for sums, known in list(found.items()) if code != without else ():
                more = self._with(sums, code)
                ticks = known.ticks if more == sums else (*known.ticks, code)
                found[more] = TickSet(ticks, known.count).with_(found.get(more))
            if len(found) > MOST_SETS:
                raise TooLarge(f"one tick list has more than {MOST_SETS} sets of ticks that differ")
        return found

    def _with(self, sums: Sums, code: str) -> Sums:
        """Counted no further than each comparison needs."""
        totals = zip(sums, self.adds[code], self.needed, strict=True)
        return tuple(min(total + more, needed) for total, more, needed in totals)

    def _holding(self, sums: Sums) -> int:
        reached = zip(self.bits.values(), sums, self.needed, strict=True)
        return sum(bit for bit, total, needed in reached if total >= needed)
