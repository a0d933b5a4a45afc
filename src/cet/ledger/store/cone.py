"""Figures of the lots that moved, and of what they reach, out of the tables alone: no graph in memory, whatever the ledger's size.

What a store does after it is opened, after a reorganisation, after another process wrote, and to say what changed since a block. Depth
by depth: below a lot whose figures stay nothing is read.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from dataclasses import astuple, dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from cet.ledger.lots import Figures
from cet.ledger.mirror.evaluation import derived_figures, source_figures
from cet.ledger.store.encoding import of_signed
from cet.ledger.store.tables import FIGURES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from cet.ledger.store.rows import Rows

_AT_ONCE = 5_000

_DEPTHS = "SELECT depth, lot FROM ledger_lots WHERE lot"
_BELOW = "SELECT l.depth, l.lot FROM ledger_edges e JOIN ledger_lots l ON l.lot = e.child WHERE e.parent"
_KNOWN = "SELECT lot, gross, inherited, net, surplus FROM ledger_figures WHERE lot"
_BASES = "SELECT lot, basis FROM ledger_lots WHERE lot"
_FACTS = (
    "SELECT l.lot, l.basis, coalesce(r.gross, l.minted, 0), coalesce(o.mg, 0), l.edges FROM ledger_lots l"
    " LEFT JOIN ledger_restatements r ON r.lot = l.lot LEFT JOIN ledger_offsets o ON o.lot = l.lot WHERE l.lot"
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a lot's figures are made of: basis, stated gross and own offset (mg), edges as (parent's signed key, units)."""

    basis: int
    stated: int
    offset: int
    edges: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Told:
    """By signed key the figures that are other than the table's, and the lots that have figures there and are gone."""

    figures: dict[int, Figures] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)


class Tables:
    """What the tables say of lots, by signed key; figures `told` anew go before the table's."""

    def __init__(self, rows: Rows, told: Mapping[int, Figures] | None = None) -> None:
        self._rows = rows
        self._told = told or {}

    def depths(self, lots: Collection[int]) -> Iterable[tuple[int, int]]:
        """(depth, lot) of those that are there."""
        return self._rows.matching(_DEPTHS, list(lots))

    def below(self, lots: Collection[int]) -> Iterable[tuple[int, int]]:
        """(depth, lot) of their children."""
        return self._rows.matching(_BELOW, list(lots))

    def figures(self, lots: Collection[int]) -> dict[int, Figures]:
        """Of those that have any."""
        found = {lot: self._told[lot] for lot in lots if lot in self._told}
        asked = [lot for lot in lots if lot not in found]
        found.update((row[0], Figures(*map(int, row[1:]))) for row in self._rows.matching(_KNOWN, asked))
        return found

    def facts(self, lots: Collection[int]) -> dict[int, Facts]:
        return {
            lot: Facts(
                of_signed(basis),
                of_signed(stated),
                of_signed(offset),
                tuple(struct.iter_unpack("<qQ", edges)),
            )
            for lot, basis, stated, offset, edges in self._rows.matching(_FACTS, list(lots))
        }

    def bases(self, lots: Collection[int]) -> dict[int, int]:
        return {lot: of_signed(basis) for lot, basis in self._rows.matching(_BASES, list(lots))}


def evaluate_cone(rows: Rows, stirred: Collection[int], most: int) -> Told | None:
    """Of the lots that moved (signed keys) and what they reach; None if that is more than `most` lots."""
    tables = Tables(rows)
    figures = descend(tables, stirred, most)
    if figures is None:
        return None
    there = {lot for _, lot in tables.depths(stirred)}
    return Told(figures, list(tables.figures([lot for lot in stirred if lot not in there])))


def write_cone(rows: Rows, stirred: Collection[int]) -> list[int]:
    """The same, however many, written into the table of figures; the lots whose figures changed or that are gone.

    In memory are the keys of what is reached, and the figures of a part of it.
    """
    tables = Tables(rows)
    there = {lot for _, lot in tables.depths(stirred)}
    told = list(tables.figures([lot for lot in stirred if lot not in there]))
    rows.remove(FIGURES, [(lot,) for lot in told])
    for _, changed in _by_depth(tables, stirred, {}):
        rows.put(FIGURES, [(lot, *map(rows.whole, astuple(one))) for lot, one in changed.items()])
        told += changed
    return told


def descend(tables: Tables, moved: Collection[int], most: int | None = None) -> dict[int, Figures] | None:
    """Figures, by facts, that are other than the tables': of lots that moved and of what they reach; None if of more than `most`."""
    found: dict[int, Figures] = {}
    walked = 0
    for lots, changed in _by_depth(tables, moved, found):
        walked += lots
        if most is not None and walked > most:
            return None
        found.update(changed)
    return found


def _by_depth(
    tables: Tables, moved: Collection[int], fresh: Mapping[int, Figures]
) -> Iterator[tuple[int, dict[int, Figures]]]:
    """How many lots were looked at, and which have other figures. Who takes them puts them into `fresh`, or into the tables."""
    waiting: dict[int, set[int]] = defaultdict(set)
    _await(waiting, tables.depths(moved))
    roots = set(moved)
    while waiting:
        # A parent's depth is smaller than its child's: nothing of this depth can be reached again.
        level = waiting.pop(min(waiting))
        for part in _parts(level):
            before = tables.figures(part)
            now = _evaluated(tables, part, fresh)
            changed = {lot: figures for lot, figures in now.items() if before.get(lot) != figures}
            yield len(part), changed
            # Whose units moved gives other shares, though its own figures stay.
            _await(waiting, tables.below([lot for lot in part if lot in changed or lot in roots]))


def _parts(lots: Iterable[int]) -> Iterator[list[int]]:
    left = iter(lots)
    while part := list(islice(left, _AT_ONCE)):
        yield part


def _evaluated(tables: Tables, lots: list[int], fresh: Mapping[int, Figures]) -> dict[int, Figures]:
    """By the tables' figures of their parents, where there are no fresh ones."""
    facts = tables.facts(lots)
    above = {parent for one in facts.values() for parent, _ in one.edges}
    bases = tables.bases(above)
    figures = tables.figures([parent for parent in above if parent not in fresh])
    found = {}
    for lot, one in facts.items():
        parts = [(fresh.get(parent) or figures[parent], units, bases[parent]) for parent, units in one.edges]
        found[lot] = derived_figures(parts, one.offset) if parts else source_figures(one.stated, one.offset)
    return found


def _await(waiting: dict[int, set[int]], found: Iterable[tuple[int, int]]) -> None:
    for depth, lot in found:
        waiting[depth].add(lot)
