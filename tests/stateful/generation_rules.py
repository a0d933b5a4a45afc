"""Certifying generation, covering its allocations and taking of it, rightly and wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cet.ledger import Cancellation, Purpose
from model.generation import is_energy
from stateful.base import MachineBase, amount_of, mostly, odd_parts, parts, people, places
from stateful.certificate_rules import CertificateRules
from stateful.lot_rules import LotRules

if TYPE_CHECKING:
    from collections.abc import Hashable

    from model import LotModel


class GenerationRules(CertificateRules, LotRules):
    """The record of certificated generation, and what the emissions token refuses because of it."""

    def has_certificated(self) -> bool:
        return any(self.model.certificated.values())

    def has_marked(self) -> bool:
        return bool(self.model.marked)

    # What is certificated

    @precondition(MachineBase.has_certificates)
    @rule(
        place=places,
        number=st.integers(1, 9),
        by=st.sampled_from(("holder", "operator", "stranger")),
        own=mostly,
    )
    def certify(self, place: int, number: int, by: str, own: bool) -> None:
        """Of the lot's own period and issued to its holder, or any batch, for any lot."""
        energy = [
            lot for lot in self.model.lots.values() if is_energy(lot.code) and not lot.code.is_reference
        ]
        lot = energy[place % len(energy)] if own and energy else self.lot(place)
        if own and lot.period:
            who = next(n for n in range(3) if self.person(n).address == lot.holder)
            self.issue_certificates(who=who, number=number, back=0, produced=lot.period)
            batch, key = self._batch(-1)
        else:
            batch, key = self._batch(place)
        caller = {
            "holder": self.signer_of(lot.holder),
            "operator": self.world.issuer,
            "stranger": self.world.stranger,
        }[by]
        self.both(
            lambda: self.model.certify(caller.address, self.world.issuer.address, lot.name, batch),
            self.world.ledger.generation.certify(self.keys[lot.name], key),
            caller,
        )

    def _certification(self, place: int) -> tuple[Hashable, Hashable]:
        """A lot and a batch that was issued for it."""
        pairs = [
            (lot, batch) for lot, batches in self.model.certificated.items() for batch in sorted(batches)
        ]
        return pairs[place % len(pairs)]

    @precondition(has_certificated)
    @rule(place=places, withdraw=mostly)
    def uncertify(self, place: int, withdraw: bool) -> None:
        """After what is left of the batch is withdrawn, or while it is not."""
        name, batch = self._certification(place)
        if withdraw:
            for who in range(3):
                place_of = list(self.model.certificates.batches).index(batch)
                self.withdraw_certificates(place=place_of, who=who, percent=100)
        call = self.world.ledger.generation.uncertify(self.keys[name], self.ids[batch, "certificates"])
        self.both(lambda: self.model.uncertify(name, batch), call, self.world.stranger)

    @rule(place=places)
    def mark(self, place: int) -> None:
        """Anybody has any lot looked at anew; a product first."""
        products = [lot for lot in self.model.lots.values() if lot.code.is_product]
        lot = products[place % len(products)] if products and place % 2 else self.lot(place)
        call = self.world.ledger.generation.mark(self.keys[lot.name])
        self.both(lambda: self.model.mark(lot.name), call, self.world.stranger)

    # What covers

    def _cancelled(self, parent: LotModel, beneficiary: str, amount: int, salt: int) -> Hashable | None:
        """A cancellation of certificates issued for what the lot stands for, of whoever holds enough; None if nobody does."""
        batches = self.model.certificates.batches
        found = [
            (batch, holder)
            for batch in sorted(self.model.batches_behind(parent.name))
            for holder in self.world.participants
            if batches[batch].held.get(holder.address, 0) >= amount
        ]
        if not found or not amount:
            return None
        batch, holder = found[0]
        purpose, days = Purpose.SCOPE_2, batches[batch].produced
        details = Cancellation(beneficiary, *days, purpose, document=salt.to_bytes(32, "big"))
        done = self.both(
            lambda: self.model.certificates.cancel(
                batch, holder.address, amount, beneficiary, days, int(purpose), salt
            ),
            self.world.ledger.certificates.cancel(self.ids[batch, "certificates"], amount, details),
            holder,
        )
        if done is None:
            return None
        self.ids[done[0]] = done[1]
        return done[0]

    @precondition(has_marked)
    @rule(
        place=places,
        dependent=people,
        percent=parts,
        covered=st.sampled_from((100, 100, 100, 99, 0)),
        code=places,
        salt=places,
        part=st.sampled_from((100, 100, 50)),
        direct=st.booleans(),
    )
    def supply_certificated(
        self,
        place: int,
        dependent: int,
        percent: int,
        covered: int,
        code: int,
        salt: int,
        part: int,
        direct: bool,
    ) -> None:
        """Of a marked lot, with all its certificates, nearly all or none, accepted or under an opt-in."""
        marked = sorted(self.model.marked, key=lambda name: self.keys[name])
        parent = self.model.lots[marked[place % len(marked)]]
        receiver = self._another(dependent, parent.holder)
        units = amount_of(parent.available, percent)
        index = self._offer(parent, receiver, units, self._fitting(parent, code), salt)
        offered, offer = self.offers[index]
        needed = self.model.required(parent.name, units)
        made = self._cancelled(parent, receiver.address, amount_of(needed, covered), salt)
        if made is not None:
            party = self.signer_of(parent.holder)
            call = self.world.ledger.generation.cover_offer(offer, self.ids[made])
            self.both(lambda: self.model.cover_offer(party.address, offered, made), call, party)
        if not direct:
            self._accept(index, units=0 if part == 100 else amount_of(units, part))
            return
        caller = self.signer_of(parent.holder)
        call = self.world.ledger.emissions.allocate(offer)
        if done := self.both(lambda: self.model.allocate(offered, caller.address, 2), call, caller):
            self.keys[done[0]] = done[1]

    @precondition(MachineBase.has_cancellations)
    @rule(place=places, of=places, by=st.sampled_from(("dependent", "supplier", "stranger")))
    def cover(self, place: int, of: int, by: str) -> None:
        """Any lot by any cancellation, by a party to it or by somebody else."""
        lot, made = self.lot(place), self.cancellation(of)
        supplier = self.model.lots[lot.edges[0][0]].holder if lot.edges else lot.holder
        caller = {
            "dependent": self.signer_of(lot.holder),
            "supplier": self.signer_of(supplier),
            "stranger": self.world.stranger,
        }[by]
        call = self.world.ledger.generation.cover(self.keys[lot.name], self.ids[made])
        self.both(lambda: self.model.cover(caller.address, lot.name, made), call, caller)

    @precondition(lambda self: any(self.model.covers.values()))
    @rule(place=places, percent=odd_parts, right=mostly)
    def uncover(self, place: int, percent: int, right: bool) -> None:
        """A cancellation that stands for something, or any, is freed by its beneficiary or by somebody else."""
        standing = [made for covers in self.model.covers.values() for made in covers]
        made = standing[place % len(standing)] if percent else self.cancellation(place)
        beneficiary = self.signer_of(self.model.certificates.cancellations[made].beneficiary)
        caller = beneficiary if right else self.world.stranger
        call = self.world.ledger.generation.uncover(self.ids[made])
        self.both(lambda: self.model.uncover(caller.address, made), call, caller)
