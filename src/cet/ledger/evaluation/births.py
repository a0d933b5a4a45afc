"""Lots as arrays in the order of their births, as the store has them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from cet.ledger.mirror.state import State

    Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Births:
    """Lots: rank among all births, key, depth (0 for a source lot), basis, gross as last stated (0 for a derived lot), own offset. Masses in mg.

    Edges: child's and parent's key and units, the edges of a lot together or not.
    """

    ranks: NDArray[np.int64]
    keys: Words
    depths: NDArray[np.int64]
    basis: Words
    stated: Words
    offsets: Words
    children: Words
    parents: Words
    units: Words

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        return tuple(getattr(self, field.name) for field in fields(self))

    def among(self, wanted: NDArray[np.bool_]) -> Births:
        """Some of the lots, with their edges."""
        edges = np.isin(self.children, self.keys[wanted])
        return Births(
            self.ranks[wanted],
            self.keys[wanted],
            self.depths[wanted],
            self.basis[wanted],
            self.stated[wanted],
            self.offsets[wanted],
            self.children[edges],
            self.parents[edges],
            self.units[edges],
        )

    @classmethod
    def of_state(cls, state: State) -> Births:
        """Every lot of a state in memory."""
        lots = state.lots.values()
        edges = [(lot.key, parent, units) for lot in lots for parent, units in lot.edges]
        return cls(
            ranks=np.arange(len(state.lots)),
            keys=_words(lot.key for lot in lots),
            depths=np.fromiter((lot.depth for lot in lots), np.int64, len(state.lots)),
            basis=_words(lot.basis for lot in lots),
            stated=_words(0 if lot.minted is None else state.gross_of(lot) for lot in lots),
            offsets=_words(state.offsets.get(lot.key, 0) for lot in lots),
            children=_words(child for child, _, _ in edges),
            parents=_words(parent for _, parent, _ in edges),
            units=_words(units for _, _, units in edges),
        )


def _words(numbers: Iterable[int]) -> Words:
    return np.fromiter(numbers, np.uint64)
