"""What a correcting statement starts from: the lots of the chain it corrects, as the ledger has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.ledger.errors import LedgerError
from cet.ledger.keys import source_key
from cet.scopes import BasisUnit
from cet.statement import StandingLot, what_lot
from cet.statement.model import NO_STATEMENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cet.inventory import Inventory
    from cet.ledger.mirror import RecordedStatement, State


def standing_statement(state: State, entity: bytes, period: tuple[int, int]) -> RecordedStatement:
    """The statement that stands for exactly this entity and period. Raises LedgerError if there is none."""
    for recorded in state.statements.values():
        statement = recorded.statement
        if (statement.entity, (statement.period_start, statement.period_end)) == (entity, period):
            return state.statements[state.head_of(recorded.number)]
    raise LedgerError(
        "nothing is stated for this entity and exactly this period", "mint the package: it corrects nothing"
    )


def chain_of(state: State, head: int) -> tuple[int, ...]:
    """Numbers of the statements of a chain of corrections, the first one first."""
    return tuple(number for number in state.statements if state.head_of(number) == head)


def standing_lots(state: State, head: int, inventories: Mapping[int, Inventory]) -> tuple[StandingLot, ...]:
    """Every lot that statements of the chain minted, with what it stands for by that statement's own inventory.

    Others bear a part of a lot once something of it was passed on, or a successor holds it: then it may rise only so far.
    """
    numbers = chain_of(state, head)
    found = []
    for key, lot in state.lots.items():
        if lot.statement not in numbers:
            continue
        statement, named = state.statements[lot.statement].statement, source_key(key)
        superseding = statement.supersedes != NO_STATEMENT
        passed_on = state.allocated.get(key, 0) - state.displaced.get(key, 0)
        found.append(
            StandingLot(
                key=key,
                what=what_lot(inventories[lot.statement], named.code, named.index, superseding=superseding),
                gross=state.gross_of(lot),
                bounded=passed_on > 0 or state.holders[key] != statement.participant,
                basis=lot.basis if named.code.unit is not BasisUnit.MASS else None,
            )
        )
    return tuple(found)
