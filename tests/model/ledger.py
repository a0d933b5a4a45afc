"""The ledger of the model: who may do what to lots, in the order in which the contracts ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.anchors import AnchorRules
from model.certificates import CertificateModel
from model.codes import CONSOLIDATION, Code, may_become, may_displace
from model.corrections import CorrectionRules
from model.credits import CreditModel
from model.generation import GenerationRules
from model.lots import LotModel, Offered, cap_of_reference, ledger_figures
from model.refusal import ModelRefusal, require
from model.statements import StatementBook

if TYPE_CHECKING:
    from collections.abc import Hashable

    from model.anchors import AnchorModel
    from model.corrections import Corrected
    from model.lots import Figure
    from model.statements import Stated

MINT, ALLOCATE, COMPOSE, OFFSET, CASCADE, RESTATE = (1 << bit for bit in range(6))
MAX_BASIS = 2**63 - 1
MAX_EDGES = 128
MAX_ANCESTRY = 1024


class LedgerModel(AnchorRules, CorrectionRules, GenerationRules):
    """Lots by name: (statement, code, index), an offer, or a holder with its composition."""

    def __init__(self) -> None:
        self.lots: dict[Hashable, LotModel] = {}
        self.cancelled: set[Hashable] = set()
        self.anchors: dict[tuple[Hashable, Hashable], AnchorModel] = {}
        self.corrected: set[Corrected] = set()
        self.opt_ins: dict[tuple[str, str], dict[str, Any]] = {}
        self.statements = StatementBook()
        self.closed = 0
        self.credits = CreditModel()
        self.certificates = CertificateModel()
        self.certificated: dict[Hashable, set[Hashable]] = {}
        self.covers: dict[Hashable, list[Hashable]] = {}
        self.marked: set[Hashable] = set()

    # Minting

    def mint(self, stated: Stated) -> list[Hashable]:
        """A period is stated once, and each lot minted once."""
        self._require_open(MINT)
        kept = self.statements.admit(stated)
        names: list[Hashable] = [(kept.number, code.number, index) for code, index, _, _ in stated.lots]
        for name, (code, _, basis, _) in zip(names, stated.lots, strict=True):
            require(code.is_valid and not code.is_product and not code.is_reference, "CodeInvalid")
            require(0 < basis <= MAX_BASIS, "BasisInvalid")
            require(name not in self.lots, "LotExists")
        scopes = {code.scope for code, _, _, gross in stated.lots if gross}
        require(scopes <= stated.reported, "ScopeNotReported")
        self.statements.keep(kept)
        who = stated.participant
        for name, (code, _, basis, gross) in zip(names, stated.lots, strict=True):
            self.lots[name] = LotModel(
                name, who, code, basis, gross, (), frozenset(), stated.period, consenting={who}
            )
        return names

    def consume(self, stated: Stated) -> None:
        """All the cancellations that the statement uses, once: they are its chain's alone from then on."""
        kept = self.statements.standing(stated)
        require(not kept.consumed, "ChunkOutOfOrder")
        for made in stated.uses:
            self.certificates.require_consumable(made, kept)
        self.statements.keep(kept)
        kept.consumed = True
        for made in stated.uses:
            self.certificates.consume(made, kept)

    def restate(self, stated: Stated) -> None:
        """Corrects lots of the statement's chain: each from what it is, none of which others bear a part beyond the bound."""
        self._require_open(RESTATE)
        kept = self.statements.admit(stated)
        require(not kept.carried_out, "ChunkOutOfOrder")
        last: Any = (0, 0, 0)
        scopes = set()
        for name, before, after in stated.restated:
            source = name if isinstance(name, tuple) and len(name) == 3 else (1 << 64, 0, 0)
            require(source > last, "LotsOutOfOrder")
            last = source
            own_chain = self.statements.root_of(source[0]) == kept.root and source[0] != kept.number
            require(own_chain, "LotOfOtherChain")
            require(name in self.lots, "LotUnknown")
            lot = self.lots[name]
            require(lot.minted == before, "GrossChanged")
            if after > before and (lot.allocated > lot.displaced or lot.holder != stated.participant):
                require(after <= before + before * stated.inflation // 10_000, "LotInflated")
            if after:
                scopes.add(lot.code.scope)
        require(scopes <= stated.reported, "ScopeNotReported")
        self.statements.keep(kept)
        kept.carried_out = True
        for name, before, after in stated.restated:
            self.lots[name].minted = after
            self.lots[name].history.append((kept.number, before, after))

    # Allocation

    def accept(
        self,
        offer: Offered,
        caller: str,
        signer: str,
        now: int,
        max_ancestry: int,
        displaces: Hashable | None,
        units: int = 0,
    ) -> Hashable:
        """Of the offered units as many as are taken, 0 for all."""
        self._require_open(ALLOCATE)
        require(caller == offer.dependent, "NotDependent")
        parent = self.lots.get(offer.parent)
        require(parent is not None and parent.holder == signer, "OfferSignatureInvalid")
        require(units <= offer.units, "UnitsOverOffer")
        return self._allocate(offer, units or offer.units, now, max_ancestry, displaces)

    def allocate(self, offer: Offered, caller: str, now: int) -> Hashable:
        self._require_open(ALLOCATE)
        self._held(offer.parent, caller)
        terms = self._opted_in(offer, caller, now)
        undo = self._undo_of(offer.parent, terms["displaces"])
        name = self._allocate(offer, offer.units, now, terms["max_ancestry"], terms["displaces"])
        gross = self.figures()[name].gross
        if gross > terms["gross"]:
            undo()
            del self.lots[name]
            raise ModelRefusal("OptInExceeded")
        terms["gross"] -= gross
        terms["received"] += (name,)
        return name

    def _opted_in(self, offer: Offered, supplier: str, now: int) -> dict[str, Any]:
        """The dependent's standing agreement, if it covers the offer."""
        terms = self.opt_ins.get((offer.dependent, supplier))
        require(terms is not None and now <= terms["until"], "OptInMissing")
        assert terms is not None
        self._require_category(offer, terms)
        return terms

    def _require_category(self, offer: Offered, terms: dict[str, Any]) -> None:
        bit = {2: 0, 3: offer.code.category}.get(offer.code.scope, 16)
        if offer.code.relation == CONSOLIDATION:
            bit = 16
        require(bool(terms["categories"] >> bit & 1), "OptInCategoryClosed")

    def _undo_of(self, *names: Hashable | None):
        kept = {
            name: (lot.allocated, lot.displaced, lot.reserved, dict(lot.references), lot.most_referenced)
            for name in names
            if (lot := self.lots.get(name))
        }

        def undo() -> None:
            for name, values in kept.items():
                lot = self.lots[name]
                lot.allocated, lot.displaced, lot.reserved, lot.references, lot.most_referenced = values

        return undo

    def _allocate(
        self, offer: Offered, units: int, now: int, max_ancestry: int, displaces: Hashable | None
    ) -> Hashable:
        self._require_current(offer, now)
        parent = self.lots[offer.parent]
        cap = cap_of(offer)
        if offer.code.is_reference:
            require(units != 0, "UnitsZero")
            require(units <= parent.left_to_refer(cap), "ReferencesExceedBasis")
        else:
            self._require_takeable(offer.parent, units)
        self._require_receivable(offer, max_ancestry, displaces)
        if not offer.code.is_reference:
            self.require_certificates(offer, offer.parent, units)
        if offer.code.is_reference:
            parent.refer(cap, units)
        else:
            parent.allocated += units
        return self._deliver(offer, units, displaces)

    def _require_current(self, offer: Offered, now: int) -> None:
        require(now <= offer.deadline, "OfferExpired")
        supplier = self.lots[offer.parent].holder if offer.parent in self.lots else None
        require(offer.dependent != supplier, "DependentInvalid")
        require(offer.consumed[0] <= offer.consumed[1], "ConsumptionReversed")

    def _require_receivable(self, offer: Offered, max_ancestry: int, displaces: Hashable | None) -> None:
        parent = self.lots[offer.parent]
        require(may_become(parent.code, offer.code), "RescopingForbidden")
        require(len(parent.ancestry) + 1 <= min(max_ancestry, MAX_ANCESTRY), "AncestryExceeds")
        require(offer not in self.lots and offer not in self.cancelled, "LotExists")
        if displaces is not None:
            self._require_displaceable(offer, displaces)

    def _deliver(self, offer: Offered, units: int, displaces: Hashable | None) -> Hashable:
        """The dependent's lot, of units that are the parent's no more; its name is the offer, however it was taken up."""
        replaced = None
        if displaces is not None:
            displaced = min(units, self.lots[displaces].available)
            self.lots[displaces].allocated += displaced
            self.lots[displaces].displaced += displaced
            replaced = (displaces, displaced)
        self.lots[offer] = LotModel(
            name=offer,
            holder=offer.dependent,
            code=offer.code,
            basis=units,
            minted=None,
            edges=((offer.parent, units),),
            ancestry=self.lots[offer.parent].ancestry | {(offer, offer.parent)},
            consenting={offer.dependent},
            displaces=replaced,
        )
        return offer

    def _require_displaceable(self, offer: Offered, displaces: Hashable) -> None:
        estimate = self._held(displaces, offer.dependent)
        alike = estimate.minted is not None and may_displace(offer.code, estimate.code)
        require(alike, "DisplacementUnlike")
        assert estimate.period is not None
        (first, last), (begin, end) = offer.consumed, estimate.period
        require(begin <= first and last <= end, "DisplacementOutOfPeriod")
        require(estimate.available > 0, "UnitsUnavailable")

    def cancel(self, offer: Offered, caller: str) -> None:
        self._require_open(ALLOCATE)
        self._held(offer.parent, caller)
        require(offer not in self.lots and offer not in self.cancelled, "LotExists")
        self.cancelled.add(offer)

    def opt_in(self, dependent: str, supplier: str, terms: dict[str, int | Hashable]) -> None:
        self._require_open(ALLOCATE)
        require(dependent != supplier, "SupplierInvalid")
        self.opt_ins[dependent, supplier] = {**terms, "received": ()}

    # Composition

    def compose(
        self, caller: str, code: Code, output: int, edges: tuple[tuple[Hashable, int], ...], salt: int
    ) -> Hashable:
        """Edges in the order of the chain's keys, each parent once."""
        self._require_open(COMPOSE)
        require(code.is_valid and code.is_product, "CodeInvalid")
        require(0 < output <= MAX_BASIS, "BasisInvalid")
        require(0 < len(edges) <= MAX_EDGES, "EdgesInvalid")
        for parent, units in edges:
            self._held(parent, caller)
            self._require_takeable(parent, units)
            lot = self.lots[parent]
            same_series = lot.code.scope == 2 or lot.code.method == code.method
            require(lot.code.is_passed_on and same_series, "NotComposable")
        name = (caller, code, output, edges, salt)
        require(name not in self.lots, "LotExists")
        above = frozenset((name, parent) for parent, _ in edges).union(
            *(self.lots[parent].ancestry for parent, _ in edges)
        )
        require(len(above) <= MAX_ANCESTRY, "AncestryExceeds")
        for parent, units in edges:
            self.lots[parent].allocated += units
        self.lots[name] = LotModel(name, caller, code, output, None, edges, above, consenting={caller})
        if any(parent in self.marked for parent, _ in edges):
            self.marked.add(name)
        return name

    # Offsets

    def apply_to(self, batch: Hashable, name: Hashable, amount: int, caller: str) -> None:
        self.credits.require_usable(batch, amount)
        self.credits.require_movable(batch, caller, amount)
        self._require_open(OFFSET)
        self._require_offsettable(name, amount, caller)
        self.credits.apply(batch, name, amount, caller)
        self.lots[name].offset += amount

    def move_surplus(
        self, batch: Hashable, source: Hashable, target: Hashable, amount: int, caller: str
    ) -> None:
        require(amount != 0, "AmountZero")
        self.credits.require_active(batch)
        require(amount <= self.credits.applied_to(batch, source), "ApplicationTooSmall")
        self._require_open(OFFSET)
        self._held(source, caller)
        require(amount <= self.figures()[source].surplus, "SurplusTooSmall")
        self.lots[source].offset -= amount
        try:
            self._require_offsettable(target, amount, caller)
        except ModelRefusal:
            self.lots[source].offset += amount
            raise
        self.lots[target].offset += amount
        self.credits.move(batch, source, target, amount)

    def void_application(self, batch: Hashable, name: Hashable) -> None:
        self.lots[name].offset -= self.credits.void_application(batch, name)

    def _require_offsettable(self, name: Hashable, amount: int, caller: str) -> None:
        lot = self._held(name, caller)
        require(lot.code.is_live, "NotOffsettable")
        require(amount <= self.figures()[name].net, "OffsetExceedsNet")

    # Cascade, disputes, succession

    def cascade(self, names: list[Hashable]) -> set[Hashable]:
        """Records live nets as announced; the lots that moved."""
        self._require_open(CASCADE)
        figures, moved = self.figures(), set()
        for name in names:
            require(name in self.lots, "LotUnknown")
            lot = self.lots[name]
            if lot.minted is None and lot.announced != figures[name].net:
                lot.announced = figures[name].net
                moved.add(name)
        return moved

    def freeze(self, account: str, name: Hashable, amount: int) -> None:
        self._held(name, account).frozen = amount

    def accept_succession(self, caller: str, name: Hashable, until: int) -> None:
        require(name in self.lots, "LotUnknown")
        self.lots[name].successors[caller] = until

    def succeed(self, account: str, successor: str, name: Hashable, amount: int, now: int) -> None:
        lot = self._held(name, account)
        require(now <= lot.successors.get(successor, 0), "SuccessionNotAccepted")
        require(amount == lot.basis, "SuccessionPartial")
        if lot.code.is_reference:
            ((parent, units),) = lot.edges
            self._hand_on(self.lots[parent], lot.code, account, successor, units)
        del lot.successors[successor]
        lot.consenting.add(successor)
        lot.holder = successor

    def _hand_on(self, parent: LotModel, code: Code, account: str, successor: str, units: int) -> None:
        """The successor's cap bears the reference, as far as it goes."""
        before, after = (cap_of_reference(code, who) for who in (account, successor))
        rest = {**parent.references, before: parent.references[before] - units}
        require(units <= parent.basis - rest.get(after, 0), "ReferencesExceedBasis")
        parent.forget(before, units)
        parent.refer(after, units)

    # Shared

    def figures(self) -> dict[Hashable, Figure]:
        return ledger_figures(self.lots)

    def _require_open(self, operation: int) -> None:
        require(not self.closed & operation, "Closed")

    def _held(self, name: Hashable, caller: str) -> LotModel:
        require(name in self.lots, "LotUnknown")
        require(self.lots[name].holder == caller, "NotHolder")
        return self.lots[name]

    def _require_takeable(self, name: Hashable, units: int) -> None:
        require(units != 0, "UnitsZero")
        require(units <= self.lots[name].available, "UnitsUnavailable")


def cap_of(offer: Offered) -> tuple[int, int, str]:
    """What a reference counts towards: a category for each referrer, investors together, a partner's share as one."""
    return cap_of_reference(offer.code, offer.dependent)
