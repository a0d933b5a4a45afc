"""What changed since a block, lot by lot, and which events did it.

Figures then are calculated, not remembered: what events moved since is moved back, exactly, and the graph evaluated below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select

from cet.ledger.errors import LedgerError
from cet.ledger.lots import Figures
from cet.ledger.store.moving import GROSS, OFFSET, UNITS
from cet.ledger.store.shelves import LOTS, TABLES
from cet.ledger.store.tables import ABOUT, EVENTS, MOVES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from cet.ledger.chain import Chain
    from cet.ledger.evaluation import Evaluation, Graph


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


def changes_since(
    connection: Connection, evaluation: Evaluation, block: int, holder: str | None = None
) -> list[Change]:
    """Lots with other figures than at the end of `block`, oldest first, of one holder or of all.

    `evaluation` is of the same transaction's state, and is used up: it is at the block afterwards. Raises LedgerError for a
    block that the store has not reached.
    """
    reached = connection.execute(select(ABOUT.c.block)).scalar_one()
    if block > reached:
        raise LedgerError(f"block {block} is not mirrored yet, only {reached}", "follow the chain further")
    graph = evaluation.graph
    now = Evaluated(evaluation)
    reasons = _reasons(connection, block)
    _move_back(evaluation, reasons)
    born = _births(connection, block)
    places = set(evaluation.changed.tolist()) | set(graph.places(np.array(list(born), np.uint64)).tolist())
    holders = _holders(connection, holder)
    found = []
    for place in sorted(places, key=graph.births.__getitem__):
        key = int(graph.keys[place])
        if key not in holders:
            continue
        why = [born[key]] if key in born else []
        why += [reason for each in _above(graph, place) for reason in reasons.get(each, ())]
        before = None if key in born else evaluation.of(key)
        ordered = tuple(sorted(why, key=lambda reason: (reason.block, reason.what != "birth")))
        found.append(Change(key, holders[key], before, now.at(place), ordered))
    return found


def block_before(chain: Chain, seconds: int) -> int:
    """The newest block before a time, seconds since 1970; the first of all, in which nothing happened, if the chain began later."""
    low, high = 0, chain.head
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if chain.time_of(middle) < seconds else (low, middle - 1)
    return low


class Evaluated:
    """Figures as they were when this was made."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._columns = [column.at(np.arange(len(column))) for column in evaluation.columns]

    def at(self, place: int) -> Figures:
        return Figures(*(column[place] for column in self._columns))


def _reasons(connection: Connection, block: int) -> dict[int, list[Reason]]:
    """By lot, what moved it since."""
    joined = MOVES.join(EVENTS, (EVENTS.c.block == MOVES.c.block) & (EVENTS.c.log == MOVES.c.log))
    columns = (MOVES.c.lot, MOVES.c.what, MOVES.c.change, EVENTS.c.name, EVENTS.c.block, EVENTS.c.tx)
    asked = (
        select(*columns).select_from(joined).where(MOVES.c.block > block).order_by(MOVES.c.block, MOVES.c.log)
    )
    found: dict[int, list[Reason]] = {}
    for row in connection.execute(asked):
        found.setdefault(row[0], []).append(Reason(*row))
    return found


def _births(connection: Connection, block: int) -> dict[int, Reason]:
    asked = select(LOTS.c.lot, LOTS.c.statement, LOTS.c.consumed_from, LOTS.c.block, LOTS.c.tx)
    return {
        row.lot: Reason(row.lot, "birth", 0, _made_by(row.statement, row.consumed_from), row.block, row.tx)
        for row in connection.execute(asked.where(LOTS.c.block > block))
    }


def _made_by(statement: int, consumed_from: int | None) -> str:
    return "LotsMinted" if statement else "LotComposed" if consumed_from is None else "LotAllocated"


def _move_back(evaluation: Evaluation, reasons: Mapping[int, list[Reason]]) -> None:
    graph = evaluation.graph
    keys = np.array(list(reasons), np.uint64)
    columns = {OFFSET: graph.offsets, GROSS: graph.stated, UNITS: graph.basis}
    before: dict[str, dict[int, int]] = {what: {} for what in columns}
    for key, place in zip(reasons, graph.places(keys).tolist(), strict=True):
        for what, column in columns.items():
            change = sum(reason.change for reason in reasons[key] if reason.what == what)
            if change:
                before[what][key] = int(column[place]) - change
    evaluation.move(offsets=before[OFFSET], stated=before[GROSS], units=before[UNITS])


def _holders(connection: Connection, holder: str | None) -> dict[int, str]:
    table = TABLES["holders"]
    asked = select(table.c.lot, table.c.holder)
    rows = connection.execute(asked if holder is None else asked.where(table.c.holder == holder))
    return {row.lot: row.holder for row in rows}


def _above(graph: Graph, place: int) -> list[int]:
    """Keys of a lot and of all it comes from."""
    found, stack = {place}, [place]
    while stack:
        lot = stack.pop()
        for parent in graph.parents[graph.first[lot] : graph.first[lot + 1]].tolist():
            if parent not in found:
                found.add(parent)
                stack.append(parent)
    return [int(key) for key in graph.keys[sorted(found)]]
