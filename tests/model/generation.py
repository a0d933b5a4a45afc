"""Certificated generation in the model: what certificates were issued for, what stands for which allocation, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from model.certificates import OTHER
from model.codes import WATT_HOUR
from model.refusal import require

if TYPE_CHECKING:
    from collections.abc import Hashable

    from model.certificates import CertificateModel
    from model.codes import Code
    from model.lots import LotModel, Offered

MOST_CANCELLATIONS = 64


def is_energy(code: Code) -> bool:
    return code.unit == WATT_HOUR and (code.scope != 0 or code.is_product)


def _is_allocated(lot: LotModel) -> bool:
    return (
        lot.minted is None and is_energy(lot.code) and not lot.code.is_product and not lot.code.is_reference
    )


class GenerationRules:
    """Mixed into the ledger. An allocation is named by its offer, whether it is there yet or not."""

    lots: dict[Hashable, LotModel]
    certificates: CertificateModel
    certificated: dict[Hashable, set[Hashable]]
    """By lot: the batches that were issued for it."""
    covers: dict[Hashable, list[Hashable]]
    """By allocation: the cancellations that stand for it."""
    marked: set[Hashable]
    """Lots whose certificates are asked for."""

    # What is certificated

    def certify(self, caller: str, operator: str, name: Hashable, batch: Hashable) -> None:
        lot = self.lots[name]
        require(is_energy(lot.code) and not lot.code.is_reference, "LotNotEnergy")
        require(caller in (lot.holder, operator), "NotHolderNorOperator")
        if lot.period is not None:
            (start, end), (first, last) = lot.period, self.certificates.batches[batch].produced
            require(first <= end and start <= last, "ProductionOfAnotherPeriod")
        batches = self.certificated.setdefault(name, set())
        require(batch not in batches, "AlreadyCertificated")
        batches.add(batch)
        self.marked.add(name)

    def uncertify(self, name: Hashable, batch: Hashable) -> None:
        require(batch in self.certificated.get(name, ()), "NotCertificated")
        kept = self.certificates.batches[batch]
        require(kept.withdrawn == kept.issued, "BatchNotWithdrawn")
        self.certificated[name].remove(batch)
        if not self.certificated[name]:
            self.mark(name)

    def mark(self, name: Hashable) -> None:
        if self._certificated_of(name):
            self.marked.add(name)
        else:
            self.marked.discard(name)

    # What covers

    def cover_offer(self, caller: str, offer: Offered, made: Hashable) -> None:
        self._cover(caller, offer, offer.parent, offer.dependent, made)

    def cover(self, caller: str, name: Hashable, made: Hashable) -> None:
        lot = self.lots[name]
        require(_is_allocated(lot), "NotAllocated")
        self._cover(caller, name, lot.edges[0][0], lot.holder, made)

    def _cover(self, caller: str, name: Hashable, parent: Hashable, dependent: str, made: Hashable) -> None:
        require(caller in (dependent, self.lots[parent].holder), "NotParty")
        use = self.certificates.cancellations[made]
        require(use.beneficiary == dependent, "CancelledForAnother")
        require(use.purpose != OTHER, "CancelledForNoInventory")
        require(not use.is_void, "CancellationVoid")
        require(not use.chain, "CancellationConsumed")
        require(use.batch in self.batches_behind(parent), "CertificatesOfOtherGeneration")
        require(self.covered_by(made) is None, "CancellationTaken")
        standing = self.covers.setdefault(name, [])
        require(len(standing) < MOST_CANCELLATIONS, "TooManyCancellations")
        standing.append(made)

    def uncover(self, caller: str, made: Hashable) -> None:
        """Free while its allocation is not there, or has enough without it."""
        name, use = self.covered_by(made), self.certificates.cancellations[made]
        require(name is not None, "CancellationNotTaken")
        require(caller == use.beneficiary, "NotBeneficiary")
        require(not use.chain, "CancellationConsumed")
        lot = self.lots.get(name)
        if not use.is_void and lot is not None and not lot.code.is_reference:
            left = self.covered(name) - use.amount
            require(left >= self.required(*lot.edges[0]), "CertificatesMissing")
        self.covers[name].remove(made)

    def covered_by(self, made: Hashable) -> Hashable | None:
        return next((name for name, standing in self.covers.items() if made in standing), None)

    # What is needed

    def require_certificates(self, name: Hashable, parent: Hashable, units: int) -> None:
        """Before units of a marked lot become another's, or a lot of them grows."""
        if parent in self.marked:
            require(self.covered(name) >= self.required(parent, units), "CertificatesMissing")

    def covered(self, name: Hashable) -> int:
        uses = (self.certificates.cancellations[made] for made in self.covers.get(name, ()))
        return sum(use.amount for use in uses if not use.is_void)

    def required(self, parent: Hashable, units: int) -> int:
        lot = self.lots[parent]
        return -(-self._certificated_of(parent) * units // lot.basis) if is_energy(lot.code) else 0

    def _certificated_of(self, name: Hashable, known: dict[Hashable, int] | None = None) -> int:
        """Wh of a lot that certificates were issued for: all, or what its parts bring, each rounded up, but never more than it is."""
        known = {} if known is None else known
        if name not in known:
            lot = self.lots[name]
            if self.certificated.get(name):
                known[name] = lot.basis
            else:
                parts = lot.edges if lot.code.is_product else ()
                brought = [
                    -(-self._certificated_of(part, known) * units // self.lots[part].basis)
                    for part, units in parts
                ]
                known[name] = min(sum(brought), lot.basis if is_energy(lot.code) else 2**64 - 1)
        return known[name]

    def batches_behind(self, name: Hashable) -> set[Any]:
        """Of the lot, and of all that went into it where it is an energy product."""
        found = set(self.certificated.get(name, ()))
        lot = self.lots[name]
        stack = [part for part, _ in lot.edges] if lot.code.is_product and is_energy(lot.code) else []
        while stack:
            part = stack.pop()
            found |= self.certificated.get(part, set())
            if self.lots[part].code.is_product:
                stack += [one for one, _ in self.lots[part].edges]
        return found
