"""Figures of the lots that moved, and of what they reach, out of the tables alone: no graph in memory, whatever the ledger's size.

What a store does after it is opened, after a reorganisation, and after another process wrote. Depth by depth: below a lot whose
figures stay nothing is read.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cet.ledger.lots import Figures
from cet.ledger.mirror.evaluation import derived_figures, source_figures
from cet.ledger.store.encoding import of_signed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cet.ledger.store.rows import Rows

_DEPTHS = "SELECT depth, lot FROM ledger_lots WHERE lot"
_BELOW = "SELECT l.depth, l.lot FROM ledger_edges e JOIN ledger_lots l ON l.lot = e.child WHERE e.parent"
_KNOWN = "SELECT lot, gross, inherited, net, surplus FROM ledger_figures WHERE lot"
_BASES = "SELECT lot, basis FROM ledger_lots WHERE lot"
_FACTS = (
    "SELECT l.lot, l.basis, coalesce(r.gross, l.minted, 0), coalesce(o.mg, 0), l.edges FROM ledger_lots l"
    " LEFT JOIN ledger_restatements r ON r.lot = l.lot LEFT JOIN ledger_offsets o ON o.lot = l.lot WHERE l.lot"
)


@dataclass(frozen=True)
class Told:
    """By signed key the figures that are other than the table's, and the lots that have figures there and are gone."""

    figures: dict[int, Figures] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)


def evaluate_cone(rows: Rows, stirred: Collection[int], most: int) -> Told | None:
    """Of the lots that moved (signed keys) and what they reach; None if that is more than `most` lots."""
    waiting: dict[int, set[int]] = defaultdict(set)
    _await(waiting, rows.matching(_DEPTHS, list(stirred)))
    moved = set(stirred)
    told = Told(gone=list(moved.difference(*waiting.values())))
    walked = 0
    while waiting:
        # A parent's depth is smaller than its child's: nothing of this depth can be reached again.
        level = list(waiting.pop(min(waiting)))
        walked += len(level)
        if walked > most:
            return None
        before = _figures(rows, level)
        now = _evaluated(rows, level, told.figures)
        changed = {lot: figures for lot, figures in now.items() if before.get(lot) != figures}
        told.figures.update(changed)
        # Whose units moved gives other shares, though its own figures stay.
        _await(waiting, rows.matching(_BELOW, [lot for lot in level if lot in changed or lot in moved]))
    told.gone[:] = _figures(rows, told.gone)
    return told


def _evaluated(rows: Rows, lots: list[int], fresh: dict[int, Figures]) -> dict[int, Figures]:
    """By the table's figures of their parents, where there are no fresh ones."""
    facts = list(rows.matching(_FACTS, lots))
    edges = {row[0]: list(struct.iter_unpack("<qQ", row[4])) for row in facts}
    above = list({parent for each in edges.values() for parent, _ in each})
    bases = {lot: of_signed(basis) for lot, basis in rows.matching(_BASES, above)}
    figures = _figures(rows, [parent for parent in above if parent not in fresh])
    found = {}
    for lot, _, stated, own_offset, _ in facts:
        offset = of_signed(own_offset)
        parts = [(fresh.get(parent) or figures[parent], units, bases[parent]) for parent, units in edges[lot]]
        found[lot] = derived_figures(parts, offset) if parts else source_figures(of_signed(stated), offset)
    return found


def _figures(rows: Rows, lots: list[int]) -> dict[int, Figures]:
    return {row[0]: Figures(*map(int, row[1:])) for row in rows.matching(_KNOWN, lots)}


def _await(waiting: dict[int, set[int]], found: Iterable[tuple[int, int]]) -> None:
    for depth, lot in found:
        waiting[depth].add(lot)
