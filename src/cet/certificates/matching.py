"""Who gets how much of which certificate: exact in watt-hours, and no deficit is left while an eligible surplus exists.

A maximum flow by augmenting paths. Demands are served in the order given: what an earlier one got is never taken back, only
moved to another of its supplies, so that the first demands are covered as far as any allocation could cover them, then the
next. A demand takes its supplies in the order it prefers. The result depends on nothing but these orders.

`match` says what the result is; `match_many` gives the same where all prefer alike: it names what `BulkMatching` works out on
arrays, the one engine of packages and of matching in bulk.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Demand:
    """Energy to be covered, in Wh, and the supplies that may cover it, the preferred first."""

    name: Hashable
    watt_hours: int
    supplies: tuple[str, ...]


def match(demands: Iterable[Demand], supplies: Mapping[str, int]) -> dict[tuple[Hashable, str], int]:
    """Wh by demand and supply, none of them zero. Names of demands are unique; `supplies` are Wh by name."""
    return _Matching(supplies).run(demands)


def match_many(demands: Iterable[Demand], supplies: Mapping[str, int]) -> dict[tuple[Hashable, str], int]:
    """What `match` gives, of demands that prefer their supplies in the order in which these are given.

    Raises CetError where the demands add up to more than 2^63 - 1 Wh.
    """
    import numpy as np

    from cet.certificates.bulk_matching import BulkMatching, whole_watt_hours

    kept = list(demands)
    if not kept:
        return {}
    number = {name: place for place, name in enumerate(supplies)}
    kinds: dict[tuple[str, ...], int] = {}
    of_demand = np.fromiter((kinds.setdefault(one.supplies, len(kinds)) for one in kept), np.int64, len(kept))
    matching = BulkMatching([[number[name] for name in one] for one in kinds], len(supplies), of_demand)
    wanted = [one.watt_hours for one in kept]
    uses = matching.match(whole_watt_hours(wanted), list(supplies.values()))
    names = list(supplies)
    found: dict[tuple[Hashable, str], int] = {}
    for demand, supply, taken in zip(*(one.tolist() for one in uses), strict=True):
        key = (kept[demand].name, names[supply])
        found[key] = found.get(key, 0) + taken
    return found


class _Matching:
    def __init__(self, supplies: Mapping[str, int]) -> None:
        self._left = dict(supplies)
        self._taken: dict[str, dict[Hashable, int]] = {name: {} for name in supplies}
        self._wanted: dict[Hashable, tuple[str, ...]] = {}
        self._place: dict[Hashable, int] = {}
        # Used up, and nobody who holds of them can move elsewhere: nothing will ever change that.
        self._dead: set[str] = set()
        # Where the first supply with something left stands, for lists that many demands share.
        self._first: dict[int, int] = {}

    def run(self, demands: Iterable[Demand]) -> dict[tuple[Hashable, str], int]:
        for demand in demands:
            self._wanted[demand.name] = demand.supplies
            self._place[demand.name] = len(self._place)
            wanting = demand.watt_hours
            for supply in self._unused(demand.supplies):
                if not wanting:
                    break
                if part := min(wanting, self._left[supply]):
                    self._move(demand.name, supply, part)
                    self._left[supply] -= part
                    wanting -= part
            while wanting and (moved := self._augment(demand, wanting)):
                wanting -= moved
        return {
            (demand, supply): taken
            for supply, by_demand in self._taken.items()
            for demand, taken in by_demand.items()
            if taken
        }

    def _unused(self, supplies: tuple[str, ...]) -> Iterator[str]:
        """The supplies from the first that has something left; `_wanted` keeps the list, so its identity stays its own."""
        at = self._first.get(id(supplies), 0)
        while at < len(supplies) and not self._left[supplies[at]]:
            at += 1
        self._first[id(supplies)] = at
        return islice(supplies, at, None)

    def _move(self, demand: Hashable, supply: str, watt_hours: int) -> None:
        self._taken[supply][demand] = self._taken[supply].get(demand, 0) + watt_hours

    def _augment(self, demand: Demand, wanting: int) -> int:
        """Frees some of a supply by moving who holds it to others with something left; how much was gained."""
        reached: dict[str, tuple[str, Hashable] | None] = {
            supply: None for supply in demand.supplies if supply not in self._dead
        }
        waiting = deque(reached)
        while waiting:
            supply = waiting.popleft()
            if self._left[supply]:
                return self._shift(demand, supply, reached, wanting)
            for holder in sorted(self._taken[supply], key=self._place.__getitem__):
                if not self._taken[supply][holder]:
                    continue
                for other in self._wanted[holder]:
                    if other not in reached and other not in self._dead:
                        reached[other] = (supply, holder)
                        waiting.append(other)
        self._dead.update(reached)
        return 0

    def _shift(
        self, demand: Demand, last: str, reached: Mapping[str, tuple[str, Hashable] | None], wanting: int
    ) -> int:
        steps: list[tuple[str, Hashable, str]] = []
        to = last
        while (step := reached[to]) is not None:
            steps.append((step[0], step[1], to))
            to = step[0]
        moved = min(wanting, self._left[last], *(self._taken[source][holder] for source, holder, _ in steps))
        self._left[last] -= moved
        for source, holder, target in steps:
            self._taken[source][holder] -= moved
            self._move(holder, target, moved)
        self._move(demand.name, to, moved)
        return moved
