"""What changed since a block, lot by lot, and which events did it.

Figures then are calculated, not remembered: what events moved since is moved back, exactly, and what is below evaluated again. Read
are the events and lots since, what they reach, and what is above that: never a table as a whole.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from cet.ledger.errors import LedgerError
from cet.ledger.store.cone import Facts, Tables, descend
from cet.ledger.store.encoding import of_signed
from cet.ledger.store.moving import GROSS, OFFSET, UNITS
from cet.ledger.store.rows import Rows
from cet.ledger.store.tables import ABOUT, STIRRED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import Connection

    from cet.ledger.chain import Chain
    from cet.ledger.lots import Figures

_MOVES = (
    "SELECT m.lot, m.what, m.change, e.name, m.block, e.tx, m.log FROM ledger_moves m"
    " JOIN ledger_events e ON e.block = m.block AND e.log = m.log WHERE m.block > {block} ORDER BY m.block, m.log"
)
_BORN = "SELECT lot, statement, consumed_from, block, tx FROM ledger_lots WHERE block > {block}"
_BELOW = (
    "SELECT l.depth, l.lot FROM ledger_edges e JOIN ledger_lots l ON l.lot = e.child"
    " WHERE l.block <= {block} AND e.parent"
)
_PLACES = (
    "SELECT l.lot, l.place, h.holder FROM ledger_lots l JOIN ledger_holders h ON h.lot = l.lot WHERE l.lot"
)
_ABOVE = "SELECT lot, depth, edges FROM ledger_lots WHERE lot"

Moved = dict[int, dict[str, int]]
"""By lot and by what, the sum of the changes."""


@dataclass(frozen=True, slots=True)
class Reason:
    """An event that moved `what` of a lot (stated gross or own offset in mg, or units) by `change`; "birth" made the lot."""

    lot: int
    what: str
    change: int
    event: str
    block: int
    transaction: str


@dataclass(frozen=True, slots=True)
class Change:
    """A lot whose figures differ from those at the block, or that was not there (`before` is None); reasons oldest first."""

    lot: int
    holder: str
    before: Figures | None
    now: Figures
    reasons: tuple[Reason, ...]


class _Told(NamedTuple):
    """A reason with its place among all: in a block births come first."""

    block: int
    log: int
    reason: Reason


def changes_since(connection: Connection, block: int, holder: str | None = None) -> list[Change]:
    """Lots with other figures than at the end of `block`, oldest first, of one holder or of all.

    Raises LedgerError for a block that the store has not reached.
    """
    reached = connection.execute(select(ABOUT.c.block)).scalar_one()
    if block > reached:
        raise LedgerError(f"block {block} is not mirrored yet, only {reached}", "follow the chain further")
    rows = Rows(connection)
    # What another process wrote a moment ago and did not calculate yet is calculated here, and not written.
    now = Tables(rows, descend(Tables(rows), [row[0] for row in rows.all(STIRRED, "lot")]))
    told, born = _told(rows, block), _births(rows, block)
    older = {lot: _sums(reasons) for lot, reasons in told.items() if lot not in born}
    before = descend(
        _Earlier(rows, now, block, older), [lot for lot, sums in older.items() if any(sums.values())]
    )
    changed = {*(before or {}), *born}
    places = [row for row in rows.matching(_PLACES, list(changed)) if holder in (None, row[2])]
    lots = [row[0] for row in places]
    figures, above = now.figures(lots), _moved_above(rows, lots, told)
    found = []
    for lot, _, held_by in sorted(places, key=lambda row: row[1]):
        why = sorted([*born.get(lot, ()), *(each for one in above[lot] for each in told[one])], key=_order)
        then = None if lot in born else (before or {})[lot]
        found.append(Change(of_signed(lot), held_by, then, figures[lot], tuple(each.reason for each in why)))
    return found


def block_before(chain: Chain, seconds: int) -> int:
    """The newest block before a time, seconds since 1970; the first of all, in which nothing happened, if the chain began later."""
    low, high = 0, chain.head
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if chain.time_of(middle) < seconds else (low, middle - 1)
    return low


class _Earlier(Tables):
    """Facts as they were at the end of a block, beside the figures of now; lots born since are not there."""

    def __init__(self, rows: Rows, now: Tables, block: int, moved: Moved) -> None:
        super().__init__(rows)
        self._now = now
        self._moved = moved
        self._below = _BELOW.format(block=block)

    def below(self, lots: Collection[int]) -> Iterable[tuple[int, int]]:
        return self._rows.matching(self._below, list(lots))

    def figures(self, lots: Collection[int]) -> dict[int, Figures]:
        return self._now.figures(lots)

    def facts(self, lots: Collection[int]) -> dict[int, Facts]:
        return {lot: self._back(lot, one) for lot, one in super().facts(lots).items()}

    def bases(self, lots: Collection[int]) -> dict[int, int]:
        return {lot: basis - self._by(lot, UNITS) for lot, basis in super().bases(lots).items()}

    def _back(self, lot: int, now: Facts) -> Facts:
        if lot not in self._moved:
            return now
        units = self._by(lot, UNITS)
        return replace(
            now,
            basis=now.basis - units,
            stated=now.stated - self._by(lot, GROSS),
            offset=now.offset - self._by(lot, OFFSET),
            # Only a lot of one edge has units that are corrected.
            edges=tuple((parent, taken - units) for parent, taken in now.edges) if units else now.edges,
        )

    def _by(self, lot: int, what: str) -> int:
        return self._moved.get(lot, {}).get(what, 0)


def _told(rows: Rows, block: int) -> dict[int, list[_Told]]:
    """By lot, what moved it since."""
    found: dict[int, list[_Told]] = defaultdict(list)
    for lot, what, change, name, at, tx, log in rows.ask(_MOVES.format(block=int(block))):
        found[lot].append(_Told(at, log, Reason(of_signed(lot), what, int(change), name, at, tx)))
    return dict(found)


def _births(rows: Rows, block: int) -> dict[int, tuple[_Told]]:
    return {
        lot: (_Told(at, -1, Reason(of_signed(lot), "birth", 0, _made_by(statement, consumed_from), at, tx)),)
        for lot, statement, consumed_from, at, tx in rows.ask(_BORN.format(block=int(block)))
    }


def _made_by(statement: int, consumed_from: int | None) -> str:
    return "LotsMinted" if statement else "LotComposed" if consumed_from is None else "LotAllocated"


def _sums(told: Iterable[_Told]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for one in told:
        found[one.reason.what] += one.reason.change
    return found


def _moved_above(rows: Rows, lots: list[int], moved: Collection[int]) -> dict[int, frozenset[int]]:
    """Of each lot the ones that moved among it and all it comes from."""
    read: dict[int, tuple[int, set[int]]] = {}
    missing = set(lots)
    while missing:
        for lot, depth, edges in rows.matching(_ABOVE, list(missing)):
            read[lot] = depth, {parent for parent, _ in struct.iter_unpack("<qQ", edges)}
        missing = {parent for lot in missing for parent in read[lot][1]}.difference(read)
    found: dict[int, frozenset[int]] = {}
    for lot in sorted(read, key=lambda one: read[one][0]):
        inherited = [found[parent] for parent in read[lot][1] if found[parent]]
        own = [frozenset([lot])] if lot in moved else []
        # Most lots of a cone have the same few above them: one set for all of these.
        found[lot] = (
            next(iter(each)) if len(each := {*inherited, *own}) == 1 else frozenset[int]().union(*each)
        )
    return found


def _order(told: _Told) -> tuple[int, int, int]:
    return told.block, told.log, told.reason.lot
