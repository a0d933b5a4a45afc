"""What certificates an allocation from certificated generation needs, and what is cancelled for it; amounts are Wh.

The same answers as the contract's `requiredOf`, `coveredOf` and `shortfallsOf`, from events alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cet.scopes import BasisUnit, Scope

if TYPE_CHECKING:
    from cet.ledger.mirror.state import Lot, State
    from cet.scopes import LotCode


_M64 = 2**64 - 1


def required(state: State, parent: int, units: int) -> int:
    """Of certificated generation all units; of an energy product the part that its certificated parts have, rounded up."""
    if not _is_energy(state.lots[parent].code):
        return 0
    return _part(state, _weighed(state, parent)[parent], parent, units)


def _weighed(state: State, start: int) -> dict[int, int]:
    """The certificated Wh of a lot and of all that its products are made of, each lot once, however many ways lead to it.

    Through products of goods too: energy does not lose its certificates by being counted otherwise in between.
    """
    known: dict[int, int] = {}
    stack = [start]
    while stack:
        lot = state.lots[stack[-1]]
        parts = lot.edges if lot.code.is_product else ()
        if state.certificated.get(lot.key):
            known[lot.key] = lot.basis
        elif waiting := [part for part, _ in parts if part not in known]:
            stack += waiting
            continue
        elif lot.key not in known:
            found = sum(_part(state, known[part], part, taken) for part, taken in parts)
            # Losses: energy never needs more than it is.
            known[lot.key] = min(found, lot.basis if _is_energy(lot.code) else _M64)
        stack.pop()
    return known


def _part(state: State, certificated: int, lot: int, units: int) -> int:
    return -(-certificated * units // state.lots[lot].basis) if certificated else 0


def covered(state: State, key: int) -> int:
    """What is cancelled for a lot; void cancellations count for nothing."""
    named = (state.cancellations[number] for number in state.covers.get(key, ()))
    return sum(one.amount for one in named if one.void_for is None)


def is_short(state: State, lot: Lot) -> bool:
    """Whether a lot is an allocation that lacks certificates."""
    if not is_allocated_energy(lot):
        return False
    ((parent, units),) = lot.edges
    return covered(state, lot.key) < required(state, parent, units)


def to_return(state: State, lot: Lot) -> int:
    """Units of an allocation that its holder said it doesn't count, and has not returned."""
    counted = state.counted.get(lot.key)
    return 0 if counted is None else max(0, lot.basis - counted)


def is_allocated_energy(lot: Lot) -> bool:
    """Whether units of another's energy were taken for it: neither a source, nor a product, nor a reference."""
    code = lot.code
    return lot.minted is None and _is_energy(code) and not code.is_product and not code.is_reference


def _is_energy(code: LotCode) -> bool:
    """Biogenic CO2 and other gases outside the scopes stand beside the energy, in the same Wh."""
    return code.unit is BasisUnit.WATT_HOUR and (code.scope is not Scope.OUTSIDE or code.is_product)
