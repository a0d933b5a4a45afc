"""Gross, inherited net, net and surplus of every lot of a graph, level by level; afterwards only what an event moved."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from cet.ledger.evaluation.columns import Column
from cet.ledger.lots import Figures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from cet.ledger.evaluation.graph import Graph

    Words = NDArray[np.uint64]
    Places = NDArray[np.intp]
    Mask = NDArray[np.bool_]


class Evaluation:
    """Columns in the order of the graph's places. Equal to the contract, and to `evaluate`, to the milligram.

    `changed` are the places that the last move gave other figures.
    """

    def __init__(self, graph: Graph, known: Evaluation | None = None) -> None:
        """All lots; or, of a graph that grew out of `known`'s by births alone, only the new ones."""
        count = len(graph)
        self.graph = graph
        self.gross, self.inherited = Column.zeros(count), Column.zeros(count)
        self.net, self.surplus = Column.zeros(count), Column.zeros(count)
        fresh = np.ones(count, np.bool_)
        if known is not None and len(known.graph):
            at = graph.places(known.graph.keys)
            fresh[at] = False
            for mine, theirs in zip(self.columns, known.columns, strict=True):
                mine.put(at, theirs)
        # What is born with nothing on it has figures, too.
        self.changed: Places = np.union1d(self._settle(fresh, fresh), np.flatnonzero(fresh))

    @property
    def columns(self) -> tuple[Column, ...]:
        """Gross, inherited net, net, surplus."""
        return self.gross, self.inherited, self.net, self.surplus

    def of(self, key: int) -> Figures:
        """Figures of a lot, mg CO2e. Raises KeyError."""
        (place,) = self.graph.places(np.array([key], np.uint64))
        return Figures(*(column[place] for column in self.columns))

    def as_figures(self) -> dict[int, Figures]:
        """Figures of every lot by key, in the order of births: what `evaluate` gives."""
        rows = zip(*self.columns, strict=True)
        found = dict(zip(self.graph.keys.tolist(), (Figures(*row) for row in rows), strict=True))
        births = self.graph.keys[np.argsort(self.graph.births)]
        return {key: found[key] for key in births.tolist()}

    def move(
        self,
        *,
        offsets: Mapping[int, int] | None = None,
        stated: Mapping[int, int] | None = None,
        units: Mapping[int, int] | None = None,
    ) -> Places:
        """Sets own offsets and stated gross, mg, and units of lots of one edge, by key; the places whose figures changed.

        Only what is below is calculated, and of that only what a changed figure reaches.
        """
        graph, count = self.graph, len(self.graph)
        gross, net = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        at, values = _split(graph, offsets)
        graph.offsets[at] = values
        net[at] = True
        at, values = _split(graph, stated)
        graph.stated[at] = values
        gross[at] = True
        for key, number in (units or {}).items():
            (place,) = graph.places(np.array([key], np.uint64))
            gross[graph.correct(place, number)] = True
            gross[place] = True
        self.changed = self._settle(gross, net | gross)
        return self.changed

    def _settle(self, gross: Mask, net: Mask) -> Places:
        """Calculates the lots marked, and from there on those that a changed figure reaches: gross, then net."""
        graph = self.graph
        roots = slice(0, int(graph.levels[1]))
        touched = np.zeros(len(graph), np.bool_)

        def take_gross(places: slice | Places, found: Column) -> Mask:
            moved = self.gross.put(places, found)
            touched[places] |= moved
            return moved

        def take_net(places: slice | Places, found: Column) -> Mask:
            net, surplus = found.less(graph.offsets[places])
            moved = self.net.put(places, net)
            touched[places] |= moved | self.inherited.put(places, found) | self.surplus.put(places, surplus)
            return moved

        if gross.any():
            stated = graph.stated[roots]
            _descend(graph, gross, self.gross, Column(np.zeros_like(stated), stated), take_gross)
        again = net.copy()
        again[roots] |= touched[roots]
        _descend(graph, again, self.net, self.gross.at(roots), take_net)
        return np.flatnonzero(touched)


def _descend(
    graph: Graph, marked: Mask, figure: Column, roots: Column, take: Callable[[slice | Places, Column], Mask]
) -> None:
    """Level by level: what is marked, or has a parent whose figure moved. `take` writes, and says what moved."""
    moved = np.zeros(len(graph), np.bool_)
    places = np.flatnonzero(marked[: len(roots)])
    moved[places] = take(places, roots.at(places))
    for start, stop in pairwise(graph.levels[1:].tolist()):
        before, after = int(graph.first[start]), int(graph.first[stop])
        starts = graph.first[start:stop] - before
        reached = np.logical_or.reduceat(moved[graph.parents[before:after]], starts)
        wanted = reached | marked[start:stop]
        if wanted.all():
            found = graph.inherited(figure, slice(before, after), starts)
            moved[start:stop] = take(slice(start, stop), Column(*found))
        elif wanted.any():
            where = np.flatnonzero(wanted) + start
            edges, starts = graph.edges_of(where)
            moved[where] = take(where, Column(*graph.inherited(figure, edges, starts)))


def _split(graph: Graph, values: Mapping[int, int] | None) -> tuple[Places, Words]:
    given = values or {}
    return graph.places(np.array(list(given), np.uint64)), np.array(list(given.values()), np.uint64)
