"""Issuing, moving, cancelling, withdrawing and voiding energy certificates, rightly and wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cet.ledger import BatchStatus, Cancellation, Purpose
from stateful.base import MachineBase, amount_of, mostly, odd_parts, people, places
from world import DAY_2021

if TYPE_CHECKING:
    from collections.abc import Hashable


class CertificateRules(MachineBase):
    """Everything that happens to certificates but their consumption, which statements do."""

    @rule(who=people, number=st.sampled_from((1, 7, 5_000)), back=st.sampled_from((0, 0, 0, 1)))
    def issue_certificates(
        self,
        who: int,
        number: int,
        back: int,
        produced: tuple[int, int] = (DAY_2021, DAY_2021 + 364),
    ) -> None:
        """A batch of new serials, or of some already issued."""
        first = max(1, self.certificate_serial - back)
        holder = self.person(who).address
        start, end = produced
        batch = self.world.certificates(number, first, production_start=start, production_end=end)
        contract = self.world.ledger.certificates
        done = self.both(
            lambda: self.model.certificates.issue(first, first + number - 1, holder, produced),
            contract.issue(batch, contract.previous_serial_of(batch), holder),
            self.world.issuer,
        )
        if done:
            self.ids[done[0], "certificates"] = done[1]
            self.certificate_serial = first + number

    def _batch(self, place: int) -> tuple[Hashable, int]:
        """A batch by its names on both sides."""
        batches = list(self.model.certificates.batches)
        name = batches[place % len(batches)]
        return name, self.ids[name, "certificates"]

    @precondition(MachineBase.has_certificates)
    @rule(place=places, source=people, receiver=people, percent=odd_parts)
    def transfer_certificates(self, place: int, source: int, receiver: int, percent: int) -> None:
        (name, key), holder, to = self._batch(place), self.person(source), self.person(receiver).address
        amount = amount_of(self.model.certificates.batches[name].held.get(holder.address, 0), percent)
        self.both(
            lambda: self.model.certificates.transfer(name, holder.address, to, amount),
            self.world.ledger.certificates.transfer(holder.address, to, key, amount),
            holder,
        )

    @precondition(MachineBase.has_certificates)
    @rule(
        place=places,
        percent=odd_parts,
        own=mostly,
        year=st.integers(0, 6),
        days=st.sampled_from((0, 364, 365, -1)),
        purpose=st.sampled_from((*Purpose, Purpose.SCOPE_2)),
        document=st.integers(0, 1),
    )
    def cancel_certificates(
        self, place: int, percent: int, own: bool, year: int, days: int, purpose: Purpose, document: int
    ) -> None:
        """For the holder or the next participant, for days of some year, sometimes a day too many."""
        name, key = self._batch(place)
        held = self.model.certificates.batches[name].held
        holder = next(
            (one for one in self.world.participants if held.get(one.address)), self.person(place % 3)
        )
        amount = amount_of(held.get(holder.address, 0), percent)
        beneficiary = holder.address if own else self.person(place % 3).address
        first = DAY_2021 - 365 * year
        period = (first, first + days)
        details = Cancellation(beneficiary, *period, purpose, document=document.to_bytes(32, "big"))
        done = self.both(
            lambda: self.model.certificates.cancel(
                name, holder.address, amount, beneficiary, period, int(purpose), document
            ),
            self.world.ledger.certificates.cancel(key, amount, details),
            holder,
        )
        if done:
            assert done[1] == details.number(key, holder.address, amount)
            self.ids[done[0]] = done[1]

    @precondition(MachineBase.has_certificates)
    @rule(place=places, who=people, percent=odd_parts)
    def withdraw_certificates(self, place: int, who: int, percent: int) -> None:
        (name, key), holder = self._batch(place), self.person(who).address
        amount = amount_of(self.model.certificates.batches[name].held.get(holder, 0), percent)
        self.both(
            lambda: self.model.certificates.withdraw(name, holder, amount),
            self.world.ledger.certificates.withdraw(key, holder, amount, "an error of issue"),
            self.world.issuer,
        )

    @precondition(MachineBase.has_certificates)
    @rule(
        place=places, status=st.sampled_from((BatchStatus.SUSPENDED, BatchStatus.ACTIVE, BatchStatus.ACTIVE))
    )
    def suspend_certificates(self, place: int, status: BatchStatus) -> None:
        name, key = self._batch(place)
        self.both(
            lambda: self.model.certificates.set_status(name, int(status)),
            self.world.ledger.certificates.set_status(key, status, "an inquiry"),
            self.world.issuer,
        )

    @precondition(MachineBase.has_cancellations)
    @rule(place=places)
    def void_a_cancellation(self, place: int) -> None:
        """The statement that used it last, if one did, stands on something void."""
        made = self.cancellation(place)

        def act() -> None:
            self.model.statements.find_void(self.model.certificates.void(made))

        call = self.world.ledger.certificates.void_cancellation(self.ids[made], "sold twice elsewhere")
        self.both(act, call, self.world.issuer)
