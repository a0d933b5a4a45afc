"""Hour after hour of many sites: demands and uses as arrays of whole Wh, the same result as `match`.

Which certificates a site may use is the same in every hour, so the runs of sites are found once; an hour is matched by its runs, and
what a run holds is shared out to its sites by their places on the run's axis, all at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cet.certificates.flow import Network, flow
from cet.errors import CetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

LARGEST = 2**63 - 1
"""The most Wh that an hour, or any single matching, may add up to."""


class Uses(NamedTuple):
    """Which demand uses how many Wh of which supply, by their numbers, ascending by supply."""

    demands: Integers
    supplies: Integers
    watt_hours: Integers


class BulkMatching:
    """Matches again and again among the same sites and certificates.

    `lists` are the supplies that a kind of demand may use, ascending, `supplies` how many there are, `kinds` the kind of each
    demand, in the order in which demands are served.
    """

    def __init__(self, lists: Sequence[Sequence[int]], supplies: int, kinds: Integers) -> None:
        self._network = Network.of(lists, supplies)
        # Markets have nothing to do with each other: one after the other they make longer runs.
        parts = np.array(self._network.parts(), np.int64)
        self._order = np.argsort(parts[kinds], kind="stable") if len(kinds) else kinds
        ordered = kinds[self._order]
        starts = np.flatnonzero(np.diff(ordered)) + 1
        self._starts = np.concatenate([np.zeros(1, np.int64), starts]) if len(kinds) else starts
        self._kinds: list[int] = ordered[self._starts].tolist() if len(kinds) else []

    def match(self, watt_hours: Integers, supplies: Sequence[int]) -> Uses:
        """One matching. `watt_hours` by demand, `supplies` in Wh by number; none of the uses is zero.

        Raises CetError where they add up to more than 2^63 - 1 Wh, or one is negative.
        """
        if len(watt_hours) == 0:
            return _none()
        ends = _sums(watt_hours[self._order])
        before = np.concatenate([np.zeros(1, np.int64), ends])
        offsets = before[self._starts]
        totals = np.diff(np.concatenate([offsets, ends[-1:]]))
        held = flow(self._network, list(zip(self._kinds, totals.tolist(), strict=True)), supplies)
        if not held:
            return _none()
        columns = (np.fromiter(one, np.int64, len(held)) for one in zip(*held, strict=True))
        run, start, end, supply = columns
        start, end = start + offsets[run], end + offsets[run]
        # The demands each part reaches into: from the one whose Wh begin at or before it, to the one whose Wh end at or after it.
        first = np.searchsorted(ends, start, side="right")
        last = np.searchsorted(ends, end, side="left")
        number = last - first + 1
        part = np.repeat(np.arange(len(number)), number)
        demand = np.arange(len(part)) - np.repeat(np.cumsum(number) - number, number) + first[part]
        taken = np.minimum(end[part], ends[demand]) - np.maximum(start[part], before[demand])
        kept = taken > 0
        return Uses(self._order[demand[kept]], supply[part[kept]], taken[kept])


def whole_watt_hours(amounts: Sequence[int]) -> Integers:
    """Whole Wh as an array. Raises CetError for one that no array holds."""
    if any(not -LARGEST <= one <= LARGEST for one in amounts):
        raise CetError(f"more than {LARGEST} Wh in one place; match fewer sites or shorter times at once")
    return np.array(amounts, np.int64)


def _sums(watt_hours: Integers) -> Integers:
    if watt_hours.min() < 0:
        raise CetError("consumption below zero; certificates stand for what was consumed, 0 Wh or more")
    # In halves, which can't overflow, before the sum itself is trusted.
    high, low = int((watt_hours >> 31).sum()), int((watt_hours & 0x7FFFFFFF).sum())
    if (high << 31) + low > LARGEST:
        raise CetError(f"more than {LARGEST} Wh in one matching; match fewer sites or shorter times at once")
    return np.cumsum(watt_hours)


def _none() -> Uses:
    empty = np.empty(0, np.int64)
    return Uses(empty, empty, empty)
