"""Figures in the store: of every lot, calculated again where something moved and below it."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select, update

from cet.ledger.evaluation import Births, Evaluation, Graph
from cet.ledger.store.cone import evaluate_cone, write_cone
from cet.ledger.store.stale import restate_stale
from cet.ledger.store.tables import ABOUT, FIGURES, STIRRED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from cet.ledger.store.rows import Rows
    from cet.ledger.store.shelves import Packed

    Words = NDArray[np.uint64]
    Places = NDArray[np.intp]

MOST_WALKED = 20_000
"""Lots that are calculated out of the tables; of more, the graph is loaded (a few seconds for a million lots)."""

_FACTS = "l.lot, l.depth, l.basis, coalesce(r.gross, l.minted, 0) AS stated, coalesce(o.mg, 0) AS own_offset"
_TABLES = "ledger_lots l LEFT JOIN ledger_restatements r ON r.lot = l.lot LEFT JOIN ledger_offsets o ON o.lot = l.lot"
LOTS_SQL = f"SELECT {_FACTS} FROM {_TABLES}"  # noqa: S608 - our own names
EDGES_SQL = "SELECT child, parent, units FROM ledger_edges"
"""What an evaluation is made of, for an engine that reads the store's database itself (`cet.ledger.evaluation.spark`)."""

_LOTS = f"SELECT l.place, {_FACTS}, l.edges FROM {_TABLES}"  # noqa: S608 - our own names
_EVERY = f"{_LOTS} ORDER BY l.place"
_NEWEST = f"{_LOTS} WHERE l.lot IN (SELECT lot FROM ledger_stirred) ORDER BY l.place"  # noqa: S608 - our own names


class Evaluated:
    """The graph in memory, as of a number of refreshments, where there was need of it.

    Without it, after a reorganisation, and where somebody else refreshed the table, what moved and what is below is calculated
    out of the tables, unless that is much.
    """

    def __init__(self, *, graph: bool = True) -> None:
        """Without a graph, however many lots moved, they are calculated out of the tables."""
        self._graph = graph
        self.evaluation: Evaluation | None = None
        self._refreshed = -1

    def refresh(self, rows: Rows) -> int:
        """Brings figures in memory and in the table up to the state; how many lots got other ones, or are gone."""
        before = self._counted(rows)
        known = self.evaluation if before == self._refreshed else None
        self._refreshed = -1  # Should the transaction fail, memory is ahead of the table.
        stirred = np.array([row[0] for row in rows.all(STIRRED, "lot")], np.int64)
        if not len(stirred):
            restate_stale(rows, [])
            self._refreshed = before if known is not None else -1
            return 0
        changed = self._written(rows, stirred, known) if self._graph else write_cone(rows, stirred.tolist())
        restate_stale(rows, changed)
        rows.connection.execute(STIRRED.delete())
        rows.connection.execute(update(ABOUT).values(refreshed=ABOUT.c.refreshed + 1))
        self._refreshed = before + 1 if self.evaluation is not None else -1
        return len(changed)

    def _written(self, rows: Rows, stirred: NDArray[np.int64], known: Evaluation | None) -> list[int]:
        told, gone = self._calculated(rows, stirred, known)
        rows.put(FIGURES, told)
        rows.remove(FIGURES, [(key,) for key in gone])
        return [*(row[0] for row in told), *gone]

    def _calculated(
        self, rows: Rows, stirred: NDArray[np.int64], known: Evaluation | None
    ) -> tuple[list[Packed], list[int]]:
        """Rows of figures to write, and lots whose figures are to be removed."""
        changed = None if known is None else self._grow(rows, stirred, known)
        if changed is None:
            told = evaluate_cone(rows, stirred.tolist(), MOST_WALKED)
            if told is not None:
                self.evaluation = None
                return [(key, *map(rows.whole, astuple(one))) for key, one in told.figures.items()], told.gone
            self.evaluation, changed = self._load(rows, stirred)
        evaluation = self.loaded
        keys = evaluation.graph.keys[changed].view(np.int64).tolist()
        values = zip(*(map(rows.whole, column.at(changed)) for column in evaluation.columns), strict=True)
        rows_now = [(key, *row) for key, row in zip(keys, values, strict=True)]
        return rows_now, stirred[~evaluation.graph.has(stirred.view(np.uint64))].tolist()

    @property
    def loaded(self) -> Evaluation:
        """Raises RuntimeError before the first `refresh` that had anything to do."""
        if self.evaluation is None:
            raise RuntimeError("nothing is loaded; refresh first")
        return self.evaluation

    def load(self, rows: Rows) -> Evaluation:
        """Every lot from the state, calculated; nothing is written."""
        return Evaluation(Graph.of(read_births(rows)))

    def _counted(self, rows: Rows) -> int:
        return int(rows.connection.execute(select(ABOUT.c.refreshed)).scalar_one())

    def _load(self, rows: Rows, stirred: NDArray[np.int64]) -> tuple[Evaluation, Places]:
        evaluation = self.load(rows)
        graph = evaluation.graph
        if rows.connection.execute(select(FIGURES.c.lot).limit(1)).first() is None:
            return evaluation, np.arange(len(graph))
        keys = stirred.view(np.uint64)
        return evaluation, np.flatnonzero(graph.below(graph.places(keys[graph.has(keys)])))

    def _grow(self, rows: Rows, stirred: NDArray[np.int64], known: Evaluation) -> Places | None:
        """What is new is born, what moved is moved; None if a lot is gone."""
        newest = _births(rows.ask(_NEWEST))
        if len(newest) < len(stirred):
            return None
        old = known.graph.has(newest.keys)
        grown = known if old.all() else Evaluation(known.graph.grown(newest.among(~old)), known)
        born = grown.graph.keys[grown.changed] if grown is not known else newest.keys[:0]
        graph, keys = grown.graph, newest.keys[old].tolist()
        at = graph.places(newest.keys[old])
        moved = grown.move(
            offsets=_differing(keys, newest.offsets[old], graph.offsets[at]),
            stated=_differing(keys, newest.stated[old], graph.stated[at]),
            units=_differing(keys, newest.basis[old], graph.basis[at]),
        )
        self.evaluation = grown
        return np.union1d(moved, graph.places(born))


def read_births(rows: Rows) -> Births:
    """Every lot of the store."""
    return _births(rows.ask(_EVERY))


def _differing(keys: list[int], now: Words, before: Words) -> dict[int, int]:
    return {key: new for key, new, old in zip(keys, now.tolist(), before.tolist(), strict=True) if new != old}


def _births(rows: Iterable[Packed]) -> Births:
    found = list(rows)
    columns = list(zip(*found, strict=True)) if found else [()] * 7
    ranks, keys, depths, basis, stated, offsets = (np.array(column, np.int64) for column in columns[:6])
    flat = np.frombuffer(b"".join(columns[6]), "<u8").astype(np.uint64)
    counts = np.array([len(edges) // 16 for edges in columns[6]], np.int64)
    words = keys.view(np.uint64)
    return Births(
        ranks,
        words,
        depths,
        basis.view(np.uint64),
        stated.view(np.uint64),
        offsets.view(np.uint64),
        np.repeat(words, counts),
        flat[::2],
        flat[1::2],
    )
