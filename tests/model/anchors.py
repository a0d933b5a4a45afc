"""Anchored allocations of the model: a root is the very offers it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from model.refusal import ModelRefusal, require

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from model.lots import LotModel, Offered

ANCHOR = 1 << 6

Root = frozenset["Offered"]


@dataclass
class AnchorModel:
    """Units reserved and used of them; open until a second."""

    reserved: int
    used: int
    deadline: int


@dataclass(frozen=True)
class Terms:
    """What a dependent says when it makes anchored offers its lots."""

    max_ancestry: int = 1024
    displaces: Hashable | None = None
    units: int = 0


class AnchorRules:
    """Reserving for a root, making its leaves lots, giving back what is left. Mixed into the ledger."""

    lots: dict[Hashable, LotModel]
    anchors: dict[tuple[Hashable, Hashable], AnchorModel]
    closed: int

    def anchor(self, caller: str, parent: Hashable, root: Root, units: int, deadline: int, now: int) -> None:
        own: Any = self
        own._require_open(ANCHOR)
        lot = own._held(parent, caller)
        outside = lot.code.scope == 0 and lot.code.category in (1, 2) and not lot.code.is_reference
        require(lot.code.is_passed_on or outside, "NotAllocable")
        require(now <= deadline, "AnchorExpired")
        require((parent, root) not in self.anchors, "AnchorExists")
        own._require_takeable(parent, units)
        lot.allocated += units
        lot.reserved += units
        self.anchors[parent, root] = AnchorModel(units, 0, deadline)

    def materialise(
        self, caller: str, root: Root, offers: Sequence[Offered], proven: Root, terms: Terms, now: int
    ) -> list[Hashable]:
        """`proven` is what the proof proves: the offers of the tree that it comes from. All become lots or none."""
        own: Any = self
        own._require_open(ANCHOR)
        require(len(offers) > 0, "LeavesEmpty")
        of, dependent = offers[0].parent, offers[0].dependent
        anchor = self.anchors.get((of, root))
        require(anchor is not None, "NotAnchored")
        assert anchor is not None
        require(now <= anchor.deadline, "AnchorExpired")
        parent = self.lots[of]
        require(parent.frozen <= parent.basis - parent.allocated, "LotDisputed")
        opted_in = None if caller == dependent else own._opted_in(offers[0], parent.holder, now)
        if opted_in:
            terms = Terms(opted_in["max_ancestry"], opted_in["displaces"])
        require(proven == root and all(offer in root for offer in offers), "NotAnchored")
        made: list[Hashable] = []
        used = anchor.used
        undo = own._undo_of(of, terms.displaces)
        try:
            for offer in offers:
                require((offer.parent, offer.dependent) == (of, dependent), "LeavesMixed")
                if opted_in:
                    own._require_category(offer, opted_in)
                units = offer.units
                if terms.units:
                    require(terms.units <= offer.units, "UnitsOverOffer")
                    units = terms.units
                made.append(self._materialise(offer, units, terms, now))
                anchor.used += units
                parent.reserved -= units
            require(anchor.used <= anchor.reserved, "AnchorExhausted")
            if opted_in:
                figures = own.figures()
                gross = sum(figures[name].gross for name in made)
                require(gross <= opted_in["gross"], "OptInExceeded")
                opted_in["gross"] -= gross
                opted_in["received"] += tuple(made)
        except ModelRefusal:
            undo()
            anchor.used = used
            for name in made:
                del self.lots[name]
            raise
        return made

    def _materialise(self, offer: Offered, units: int, terms: Terms, now: int) -> Hashable:
        own: Any = self
        own._require_current(offer, now)
        require(units != 0, "UnitsZero")
        require(not offer.code.is_reference, "RescopingForbidden")
        # One offer, one lot, whichever way it was taken up.
        own._require_receivable(offer, terms.max_ancestry, terms.displaces)
        own.require_certificates(offer, offer.parent, units)
        return own._deliver(offer, units, terms.displaces)

    def release(self, parent: Hashable, root: Root, now: int) -> None:
        """Open to anybody, and never closed: it gives back."""
        require((parent, root) in self.anchors, "NotAnchored")
        anchor = self.anchors[parent, root]
        require(now > anchor.deadline, "AnchorOpen")
        left = anchor.reserved - anchor.used
        require(left != 0, "NothingReserved")
        self.lots[parent].allocated -= left
        self.lots[parent].reserved -= left
        anchor.reserved = anchor.used
