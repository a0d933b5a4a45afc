"""The matching of `matching`, for many demands: those that may use the same supplies stand together.

Consecutive demands with the same supplies are one *run*; supplies that the same demands may use are one *group*. A run holds
parts of its own axis, the Wh of its demands one after the other, so that what is moved away is the first demands' and each
demand's part can be read off at the end. Shortest paths are looked for only where the groups say that there is one. The result is
that of `match`, to the Wh: a demand's path is that of its whole run, whose demands hold and reach the same.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from dataclasses import dataclass
from heapq import merge
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Held(NamedTuple):
    """Wh `start` to `end` of a run's axis, covered by a supply."""

    run: int
    start: int
    end: int
    supply: int


@dataclass(frozen=True)
class Network:
    """Who may use what. `lists` are the supplies of a kind of demand, ascending: numbers in the order everybody prefers them."""

    lists: tuple[tuple[int, ...], ...]
    groups: tuple[tuple[int, ...], ...]
    groups_of: tuple[tuple[int, ...], ...]
    group_of: tuple[int, ...]

    def parts(self) -> list[int]:
        """By kind, the part of the network it is in: nothing in one part can be used in another."""
        part = list(range(len(self.lists)))

        def root(kind: int) -> int:
            while part[kind] != kind:
                part[kind] = part[part[kind]]
                kind = part[kind]
            return kind

        first: dict[int, int] = {}
        for kind, groups in enumerate(self.groups_of):
            for group in groups:
                part[root(kind)] = root(first.setdefault(group, kind))
        return [root(kind) for kind in range(len(self.lists))]

    @classmethod
    def of(cls, lists: Sequence[Sequence[int]], supplies: int) -> Network:
        """Groups the supplies by the kinds that may use them."""
        users: list[list[int]] = [[] for _ in range(supplies)]
        for kind, one in enumerate(lists):
            for supply in one:
                users[supply].append(kind)
        members: dict[tuple[int, ...], list[int]] = {}
        for supply, using in enumerate(users):
            members.setdefault(tuple(using), []).append(supply)
        groups_of: list[list[int]] = [[] for _ in lists]
        group_of = [0] * supplies
        for group, (kinds, inside) in enumerate(members.items()):
            for kind in kinds:
                groups_of[kind].append(group)
            for supply in inside:
                group_of[supply] = group
        return cls(
            tuple(map(tuple, lists)),
            tuple(map(tuple, members.values())),
            tuple(map(tuple, groups_of)),
            tuple(group_of),
        )


def flow(network: Network, runs: Sequence[tuple[int, int]], supplies: Sequence[int]) -> list[Held]:
    """What each run holds. `runs` are kind of demand and Wh, in the order they are served; `supplies` are Wh by number."""
    return _Flow(network, runs, supplies).run()


class _Flow:
    def __init__(self, network: Network, runs: Sequence[tuple[int, int]], supplies: Sequence[int]) -> None:
        self._network = network
        self._runs = runs
        self._left = list(supplies)
        # By supply and run, the parts of the run's axis it holds, ascending and apart.
        self._held: list[dict[int, list[tuple[int, int]]]] = [{} for _ in supplies]
        # By group: where its first supply with something left stands, and the Wh that kinds of demand hold of it.
        self._head = [0] * len(network.groups)
        self._holding: list[dict[int, int]] = [{} for _ in network.groups]
        self._dead: set[int] = set()

    def run(self) -> list[Held]:
        for number, (kind, watt_hours) in enumerate(self._runs):
            done = self._fill(number, kind, watt_hours) if watt_hours else 0
            while done < watt_hours and self._can_grow(kind):
                done += self._augment(number, kind, done, watt_hours - done)
        return [
            Held(run, start, end, supply)
            for supply, by_run in enumerate(self._held)
            for run, parts in by_run.items()
            for start, end in parts
        ]

    def _fill(self, run: int, kind: int, watt_hours: int) -> int:
        """Takes what is left of its supplies, in their order; how much that was."""
        done, left = 0, self._left
        groups = [group for group in self._network.groups_of[kind] if self._first(group) is not None]
        while done < watt_hours and groups:
            group = min(groups, key=self._leading)
            supply = self._leading(group)
            part = min(watt_hours - done, left[supply])
            left[supply] -= part
            self._held[supply][run] = [(done, done + part)]
            self._count(group, kind, part)
            done += part
            if not left[supply] and self._first(group) is None:
                groups.remove(group)
        return done

    def _leading(self, group: int) -> int:
        return self._network.groups[group][self._head[group]]

    def _first(self, group: int) -> int | None:
        """The group's first supply with something left: what is used up stays so."""
        inside, at = self._network.groups[group], self._head[group]
        while at < len(inside) and not self._left[inside[at]]:
            at += 1
        self._head[group] = at
        return inside[at] if at < len(inside) else None

    def _count(self, group: int, kind: int, watt_hours: int) -> None:
        holding = self._holding[group]
        if held := holding.get(kind, 0) + watt_hours:
            holding[kind] = held
        else:
            del holding[kind]

    def _can_grow(self, kind: int) -> bool:
        """Whether moving others could free anything; where not, nothing that was reached ever will."""
        waiting = [group for group in self._network.groups_of[kind] if group not in self._dead]
        reached = set(waiting)
        while waiting:
            group = waiting.pop()
            if self._first(group) is not None:
                return True
            for holder in self._holding[group]:
                for other in self._network.groups_of[holder]:
                    if other not in reached and other not in self._dead:
                        reached.add(other)
                        waiting.append(other)
        self._dead |= reached
        return False

    def _augment(self, run: int, kind: int, done: int, wanting: int) -> int:
        """Along a shortest path, which there is: frees some of a supply by moving who holds it; how much was gained.

        All supplies of a group are reached at once, from the same supply and holder.
        """
        network = self._network
        reached: dict[int, tuple[int, int] | None] = dict.fromkeys(network.groups_of[kind])
        kinds, waiting = {kind}, deque(network.lists[kind])
        while True:
            supply = waiting.popleft()
            if self._left[supply]:
                return self._shift(run, kind, supply, reached, done, wanting)
            held = self._held[supply]
            if not held or self._holding[network.group_of[supply]].keys() <= kinds:
                continue
            for holder in sorted(held):
                of_kind = self._runs[holder][0]
                if of_kind in kinds:
                    continue
                kinds.add(of_kind)
                new = [group for group in network.groups_of[of_kind] if group not in reached]
                for group in new:
                    reached[group] = (supply, holder)
                waiting.extend(merge(*(network.groups[group] for group in new)))

    def _shift(
        self,
        run: int,
        kind: int,
        last: int,
        reached: dict[int, tuple[int, int] | None],
        done: int,
        wanting: int,
    ) -> int:
        steps: list[tuple[int, int, int]] = []
        to = last
        group_of = self._network.group_of
        while (step := reached[group_of[to]]) is not None:
            steps.append((step[0], step[1], to))
            to = step[0]
        held = [sum(end - start for start, end in self._held[source][holder]) for source, holder, _ in steps]
        moved = min(wanting, self._left[last], *held)
        self._left[last] -= moved
        for source, holder, target in steps:
            of_kind = self._runs[holder][0]
            for part in self._release(source, holder, moved):
                insort(self._held[target].setdefault(holder, []), part)
            self._count(group_of[source], of_kind, -moved)
            self._count(group_of[target], of_kind, moved)
        insort(self._held[to].setdefault(run, []), (done, done + moved))
        self._count(group_of[to], kind, moved)
        return moved

    def _release(self, supply: int, run: int, watt_hours: int) -> list[tuple[int, int]]:
        """The first Wh of the run's axis that the supply covers, taken from it."""
        parts, freed = self._held[supply][run], list[tuple[int, int]]()
        while watt_hours:
            start, end = parts.pop(0)
            part = min(watt_hours, end - start)
            freed.append((start, start + part))
            watt_hours -= part
            if start + part < end:
                parts.insert(0, (start + part, end))
        if not parts:
            del self._held[supply][run]
        return freed
