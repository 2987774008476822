"""What a provider had typed when new answers came in: carried over to the new flags, and never lost. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from screening.domain.assessment import Flag
from screening.domain.decisions import rests_on_unknown


@dataclass(frozen=True)
class Typed:
    """What was typed on one flag. The decision is a word of `Decision`, or empty."""

    flag: Flag
    decision: str
    reason: str
    said: str

    @property
    def is_empty(self) -> bool:
        return not (self.decision or self.reason or self.said)


@dataclass(frozen=True)
class Carried:
    kept: Mapping[UUID, Typed]
    """By the flag of the new answers that it now stands at."""
    left: tuple[Typed, ...]
    """For flags that are gone: shown beside the new ones."""


Devices = Sequence[tuple[object, object]]
"""Kind and place of each device, in the order in which the patient listed them."""


def carried(
    typed: Sequence[Typed], before: Devices, flags: Sequence[tuple[UUID, Flag]], after: Devices
) -> Carried:
    """Words stay with the same rule on the same device; what has no place any more is left over."""
    places = {_place(flag, after): (flag_id, flag) for flag_id, flag in flags}
    kept: dict[UUID, Typed] = {}
    left: list[Typed] = []
    for each in typed:
        found = places.get(_place(each.flag, before))
        if found is None:
            left.append(each)
            continue
        flag_id, flag = found
        has_place = rests_on_unknown(flag)
        kept[flag_id] = each if has_place else replace(each, said="")
        if not has_place:
            left.append(replace(each, decision="", reason=""))
    return Carried(
        {flag_id: each for flag_id, each in kept.items() if not each.is_empty},
        tuple(each for each in left if not each.is_empty),
    )


def _place(flag: Flag, devices: Devices) -> tuple[object, ...]:
    """A device is the same where kind and place are, whatever its number in the list is now."""
    if flag.device is None or flag.device >= len(devices):
        return (flag.rule, flag.device)
    this = devices[flag.device]
    return (flag.rule, this, devices[: flag.device + 1].count(this))
