"""Lots and edges in the order of evaluation: by depth, then by birth; a lot's edges side by side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cet.ledger.evaluation.kernel import carries, is_plain, ratios, settle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cet.ledger.evaluation.births import Births
    from cet.ledger.evaluation.columns import Column

    Words = NDArray[np.uint64]
    Places = NDArray[np.intp]


@dataclass(frozen=True)
class Graph:
    """Arrays of n lots and e edges. `levels[d]` is the first place of depth d, `first[i]` the first edge of lot i.

    Arrays are written in place where an event moves a figure; what is added makes another graph.
    """

    keys: Words
    births: NDArray[np.int64]
    """Each lot's place among all births."""
    basis: Words
    stated: Words
    offsets: Words
    levels: Places
    first: Places
    parents: Places
    units: Words
    ratio: NDArray[np.uint32]
    plain: NDArray[np.bool_]
    sorted_keys: Words
    by_key: Places

    def __len__(self) -> int:
        return len(self.keys)

    @classmethod
    def of(cls, lots: Births) -> Graph:
        """Sorts lots by depth. Depths must be those of the graph: a parent's is smaller than its child's."""
        nothing = np.empty((4, 0), np.uint32), np.empty(0, np.bool_)
        return cls._sorted(lots, *nothing)

    def grown(self, more: Births) -> Graph:
        """This graph with further lots, whose edges alone are divided anew."""
        depths = np.repeat(np.arange(len(self.levels) - 1), np.diff(self.levels))
        children = np.repeat(self.keys, np.diff(self.first))
        mine = (self.births, self.keys, depths, self.basis, self.stated, self.offsets)
        edges = (children, self.keys[self.parents], self.units)
        both = zip((*mine, *edges), more.columns, strict=True)
        return self._sorted(type(more)(*(np.concatenate(pair) for pair in both)), self.ratio, self.plain)

    @classmethod
    def _sorted(cls, lots: Births, ratio: NDArray[np.uint32], plain: NDArray[np.bool_]) -> Graph:
        """`ratio` and `plain` are known of as many edges, the first."""
        order = np.argsort(lots.depths, kind="stable")
        keys = lots.keys[order]
        by_key = np.argsort(keys, kind="stable")
        sorted_keys = keys[by_key]
        children = by_key[np.searchsorted(sorted_keys, lots.children)]
        edges = np.argsort(children, kind="stable")
        parents = by_key[np.searchsorted(sorted_keys, lots.parents)]
        basis = lots.basis[order]
        fresh = slice(len(plain), None)
        above = basis[parents[fresh]]
        ratio = np.concatenate([ratio, ratios(lots.units[fresh], above)], axis=1)
        plain = np.concatenate([plain, is_plain(lots.units[fresh], above)])
        depths = lots.depths[order]
        deepest = int(depths[-1]) if len(depths) else 0
        counts = np.bincount(children, minlength=len(keys))
        return cls(
            keys=keys,
            births=lots.ranks[order],
            basis=basis,
            stated=lots.stated[order],
            offsets=lots.offsets[order],
            levels=np.searchsorted(depths, np.arange(deepest + 2)),
            first=np.concatenate([np.zeros(1, np.intp), np.cumsum(counts)]),
            parents=parents[edges],
            units=lots.units[edges],
            ratio=ratio[:, edges],
            plain=plain[edges],
            sorted_keys=sorted_keys,
            by_key=by_key,
        )

    def below(self, places: Places) -> NDArray[np.bool_]:
        """The lots at these places and all that come from them, as a mask."""
        found = np.zeros(len(self), np.bool_)
        found[places] = True
        for start, stop in pairwise(self.levels[1:].tolist()):
            edges = slice(int(self.first[start]), int(self.first[stop]))
            starts = self.first[start:stop] - edges.start
            found[start:stop] |= np.logical_or.reduceat(found[self.parents[edges]], starts)
        return found

    def has(self, keys: Words) -> NDArray[np.bool_]:
        """Which of the lots are there."""
        found: NDArray[np.bool_] = np.isin(keys, self.sorted_keys)
        return found

    def places(self, keys: Words) -> Places:
        """Where lots stand. Raises KeyError for one that is not there."""
        at = np.searchsorted(self.sorted_keys, keys)
        at[at == len(self.sorted_keys)] = 0
        if len(keys) and (not len(self.keys) or (self.sorted_keys[at] != keys).any()):
            raise KeyError(int(keys[0] if not len(self.keys) else keys[self.sorted_keys[at] != keys][0]))
        return self.by_key[at]

    def edges_of(self, places: Places) -> tuple[Places, Places]:
        """The edges of these lots, side by side, and where each lot's begin among them."""
        counts: Places = np.diff(np.stack([self.first[places], self.first[places + 1]]), axis=0)[0]
        starts: Places = np.cumsum(counts) - counts
        edges: Places = np.arange(int(counts.sum()), dtype=np.intp)
        edges += np.repeat(self.first[places] - starts, counts)
        return edges, starts

    def inherited(self, figure: Column, edges: slice | Places, starts: Places) -> tuple[Words, Words]:
        """ceil(Σ carry(figure of the parent) / 2^64) of runs of edges, high and low 64 bits."""
        parents = self.parents[edges]
        values = figure.low[parents]
        basis = self.basis[parents]
        wholes, parts = carries(values, self.ratio[:, edges], basis)
        odd = ~self.plain[edges]
        high = figure.high[parents]
        odd |= high > 0
        if not odd.any():
            return settle(wholes, parts, starts)
        units = self.units[edges]
        wholes[odd] = parts[odd] = 0
        sums_high, sums_low, sums_parts = _settled_apart(wholes, parts, starts)
        run_of = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(parents))))
        totals = {int(run): 0 for run in run_of[odd]}
        for place in np.flatnonzero(odd):
            value = int(high[place]) << 64 | int(values[place])
            totals[int(run_of[place])] += -(-(value * int(units[place]) << 64) // int(basis[place]))
        found_high, found_low = settle(wholes, parts, starts)
        for run, odd_sum in totals.items():
            kept = (int(sums_high[run]) << 64 | int(sums_low[run])) << 64 | int(sums_parts[run])
            total = -(-(kept + odd_sum) >> 64)
            found_high[run], found_low[run] = total >> 64, total & (2**64 - 1)
        return found_high, found_low

    def correct(self, place: int, units: int) -> Places:
        """A lot of one edge gets other units; the lots below it that this concerns, by place. Raises ValueError for another."""
        edge = self.first[place]
        if self.first[place + 1] != edge + 1:
            raise ValueError(f"lot {self.keys[place]:#018x} is no allocation; only its units are corrected")
        self.basis[place] = self.units[edge] = units
        below = np.flatnonzero(self.parents == place)
        again = np.append(below, edge)
        above = self.basis[self.parents[again]]
        self.ratio[:, again] = ratios(self.units[again], above)
        self.plain[again] = is_plain(self.units[again], above)
        return np.searchsorted(self.first, below, side="right") - 1


def _settled_apart(wholes: Words, parts: Words, starts: Places) -> tuple[Words, Words, Words]:
    """Σ carries of each run, not rounded: bits from 128 on, from 64 on, below 64."""
    low, half = np.uint64(2**32 - 1), np.uint64(32)
    fine = np.add.reduceat(parts & low, starts)
    middle = np.add.reduceat(parts >> half, starts) + (fine >> half)
    whole_low = np.add.reduceat(wholes & low, starts) + (middle >> half)
    whole_high = np.add.reduceat(wholes >> half, starts) + (whole_low >> half)
    return whole_high >> half, whole_high << half | whole_low & low, middle << half | fine & low
