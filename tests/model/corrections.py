"""Corrections of an allocation's units in the model, as both its parties sign them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from model.lots import cap_of_reference
from model.refusal import require

if TYPE_CHECKING:
    from collections.abc import Hashable

    from model.lots import LotModel

CORRECT = 1 << 7


@dataclass(frozen=True)
class Corrected:
    """What both parties sign."""

    lot: Hashable
    units: int
    expected: int
    deadline: int
    salt: int


class CorrectionRules:
    """Mixed into the ledger."""

    lots: dict[Hashable, LotModel]
    corrected: set[Corrected]

    def correct(self, signed: Corrected, supplier: str, dependent: str, now: int) -> None:
        """The lot, what was taken of its parent or counted as referred to, and what it displaces move together."""
        own: Any = self
        own._require_open(CORRECT)
        require(now <= signed.deadline, "CorrectionExpired")
        require(signed.lot in self.lots, "LotUnknown")
        lot = self.lots[signed.lot]
        allocated = lot.minted is None and not lot.code.is_product
        require(allocated, "NotCorrectable")
        ((parent_name, before),) = lot.edges
        parent = self.lots[parent_name]
        require(parent.holder == supplier and lot.holder == dependent, "CorrectionSignatureInvalid")
        require(signed not in self.corrected, "CorrectionUsed")
        require(before == signed.expected, "UnitsChanged")
        more = signed.units - before
        require(signed.units != 0 and more != 0, "UnitsZero")
        cap = cap_of_reference(lot.code, lot.holder) if lot.code.is_reference else None
        if more < 0:
            require(signed.units >= max(lot.allocated + lot.frozen, lot.most_referenced), "CorrectionBelow")
        elif cap:
            require(more <= parent.left_to_refer(cap), "ReferencesExceedBasis")
        else:
            own._require_takeable(parent_name, more)
            own.require_certificates(signed.lot, parent_name, signed.units)
        if not cap:
            parent.allocated += more
        elif more > 0:
            parent.refer(cap, more)
        else:
            parent.forget(cap, -more)
        self.corrected.add(signed)
        lot.basis = signed.units
        lot.edges = ((parent_name, signed.units),)
        lot.corrections.append((before, signed.units))
        self._follow(lot)

    def _follow(self, lot: LotModel) -> None:
        """Its estimate gets back what is too much, and gives what is missing as far as the same holder has it."""
        if lot.displaces is None:
            return
        name, displaced = lot.displaces
        estimate = self.lots[name]
        more = lot.basis - displaced
        if more > 0:
            more = min(more, estimate.available if estimate.holder == lot.holder else 0)
        estimate.allocated += more
        estimate.displaced += more
        lot.displaces = (name, displaced + more)
