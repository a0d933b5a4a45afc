"""Figures as a mapping that reads only what is asked of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cet.ledger.lots import Figures
from cet.ledger.store.encoding import of_signed, to_signed
from cet.ledger.store.tables import FIGURES

if TYPE_CHECKING:
    from cet.ledger.store.rows import Rows

_KEYS = "SELECT f.lot FROM ledger_figures f JOIN ledger_lots l ON l.lot = f.lot ORDER BY l.place"


class StoredFigures(Mapping[int, Figures]):
    """By lot, oldest first; as of the last evaluation. Each is read once."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._kept: dict[int, Figures] = {}

    def __getitem__(self, key: int) -> Figures:
        if key not in self._kept:
            for _, *values in self._rows.find(FIGURES, [(to_signed(key),)]):
                self._kept[key] = Figures(*map(int, values))
        return self._kept[key]

    def __iter__(self) -> Iterator[int]:
        return (of_signed(row[0]) for row in self._rows.ask(_KEYS))

    def __len__(self) -> int:
        return sum(1 for _ in self._rows.ask(_KEYS))
