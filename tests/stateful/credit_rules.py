"""Issuing, moving, using and voiding credits, rightly and wrongly."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cet.ledger import BatchStatus, Retirement
from stateful.base import MachineBase, amount_of, mostly, odd_parts, parts, people, places
from world import DAY_2021, TONNE

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cet.ledger import LocalSigner
    from model import LotModel


class CreditRules(MachineBase):
    """Everything that happens to credits."""

    @rule(
        place=places,
        tonnes=st.sampled_from((1, 3, 1000, 20_000)),
        ex_ante=st.sampled_from((False,) * 7 + (True,)),
        back=st.sampled_from((0, 0, 0, 1)),
    )
    def issue(self, place: int, tonnes: int, ex_ante: bool, back: int) -> None:
        """A batch of new serials, or of some already issued, to the holder of a lot."""
        self._issue(self.lot(place).holder, tonnes, ex_ante=ex_ante, back=back)

    def _issue(self, holder: str, tonnes: int, *, ex_ante: bool = False, back: int = 0) -> Hashable | None:
        first = max(1, self.serial - back)
        batch = replace(
            self.world.batch(tonnes, ex_ante=ex_ante), first_serial=first, last_serial=first + tonnes - 1
        )
        offsets = self.world.ledger.offsets
        done = self.both(
            lambda: self.model.credits.issue(first, first + tonnes - 1, ex_ante, holder),
            offsets.issue(batch, offsets.previous_serial_of(batch), holder),
            self.world.issuer,
        )
        if done is None:
            return None
        self.ids[done[0]] = done[1]
        self.serial = first + tonnes
        return done[0]

    def _held(self, name: Hashable, holder: LocalSigner) -> int:
        return self.model.credits.batches[name].held.get(holder.address, 0)

    @precondition(MachineBase.has_credits)
    @rule(place=places, source=people, receiver=people, percent=odd_parts, right=mostly)
    def transfer(self, place: int, source: int, receiver: int, percent: int, right: bool) -> None:
        name, holder, to = self.batch(place), self.person(source), self.person(receiver).address
        amount = amount_of(self._held(name, holder), percent)
        caller = holder if right else self.world.stranger
        self.both(
            lambda: self.model.credits.transfer(name, holder.address, to, amount, caller.address),
            self.world.ledger.offsets.transfer(holder.address, to, self.ids[name], amount),
            caller,
        )

    @precondition(MachineBase.has_credits)
    @rule(place=places, who=people, percent=odd_parts)
    def retire(self, place: int, who: int, percent: int) -> None:
        name, holder = self.batch(place), self.person(who)
        amount = amount_of(self._held(name, holder), percent)
        details = Retirement("somebody", "footprint", DAY_2021, DAY_2021)
        self.both(
            lambda: self.model.credits.retire(name, amount, holder.address),
            self.world.ledger.offsets.retire(self.ids[name], amount, details),
            holder,
        )

    @precondition(MachineBase.has_credits)
    @rule(place=places, percent=odd_parts, who=people)
    def freeze_credits(self, place: int, percent: int, who: int) -> None:
        name, holder = self.batch(place), self.person(who)
        amount = amount_of(self._held(name, holder), percent)

        def act() -> None:
            self.model.credits.batches[name].frozen[holder.address] = amount

        call = self.world.ledger.offsets.set_frozen(holder.address, self.ids[name], amount)
        self.both(act, call, self.world.operator)

    # Applying

    @precondition(MachineBase.has_credits)
    @rule(place=places, lot_place=places, percent=parts)
    def offset(self, place: int, lot_place: int, percent: int) -> None:
        """Credits on a lot of their holder, as far as its net goes."""
        usable = [
            (name, holder)
            for name, batch in self.model.credits.batches.items()
            for holder, held in batch.held.items()
            if held and batch.status == BatchStatus.ACTIVE and not batch.ex_ante
        ]
        if not usable:
            return
        name, holder = usable[place % len(usable)]
        figures = self.model.figures()
        own = [
            lot
            for lot in self.model.lots.values()
            if lot.holder == holder and lot.code.is_live and figures[lot.name].net
        ]
        if own:
            lot = own[lot_place % len(own)]
            caller = self.signer_of(holder)
            amount = amount_of(min(self._held(name, caller), int(figures[lot.name].net)), percent)
            self._apply(name, lot.name, amount, caller)

    @rule(place=places, lot_place=places, percent=parts)
    def make_and_move_surplus(self, place: int, lot_place: int, percent: int) -> None:
        """A lot is offset, then one above it: what became superfluous on the first is moved."""
        figures = self.model.figures()
        derived = [
            lot
            for lot in self.model.lots.values()
            if lot.edges and lot.code.is_live and figures[lot.name].net
        ]
        if derived:
            lot = derived[lot_place % len(derived)]
            self._cover(lot)
            self._cover(self.model.lots[lot.edges[place % len(lot.edges)][0]])
            self.move_surplus(place=place, other_place=lot_place, percent=percent)

    def _cover(self, lot: LotModel) -> None:
        """Applies new credits to all of a lot's net, as far as a batch goes."""
        net = int(self.model.figures()[lot.name].net)
        name = self._issue(lot.holder, min(-(-net // TONNE), 10**7) or 1)
        if name is not None:
            caller = self.signer_of(lot.holder)
            self._apply(name, lot.name, min(net, self._held(name, caller)), caller)

    @precondition(MachineBase.has_credits)
    @rule(place=places, lot_place=places, percent=odd_parts, who=people)
    def offset_oddly(self, place: int, lot_place: int, percent: int, who: int) -> None:
        """Any credits, also suspended or ex ante, on any lot by anybody."""
        name, lot = self.batch(place), self.lot(lot_place)
        self._apply(
            name, lot.name, amount_of(int(self.model.figures()[lot.name].net), percent), self.person(who)
        )

    def _apply(self, name: Hashable, lot: Hashable, amount: int, caller: LocalSigner) -> None:
        self.both(
            lambda: self.model.apply_to(name, lot, amount, caller.address),
            self.world.ledger.offsets.apply_to(self.ids[name], self.keys[lot], amount),
            caller,
        )

    @precondition(MachineBase.has_credits)
    @rule(place=places, other_place=places, percent=odd_parts)
    def move_surplus(self, place: int, other_place: int, percent: int) -> None:
        """Of a lot with surplus if there is one, to a lot of the same holder or any other."""
        figures = self.model.figures()
        applied = [
            (batch, lot)
            for batch, kept in self.model.credits.batches.items()
            for lot, amount in kept.applied.items()
            if amount
        ]
        if not applied:
            return
        over = [pair for pair in applied if figures[pair[1]].surplus]
        batch, lot = (over or applied)[place % len(over or applied)]
        caller = self.signer_of(self.model.lots[lot].holder)
        own = [
            name
            for name, other in self.model.lots.items()
            if other.holder == caller.address and other.code.is_live and figures[name].net
        ]
        to = own[other_place % len(own)] if own and other_place % 5 else self.lot(other_place).name
        surplus, room = int(figures[lot].surplus), int(figures[to].net)
        amount = amount_of(min(surplus, room or surplus, self.model.credits.applied_to(batch, lot)), percent)
        self.both(
            lambda: self.model.move_surplus(batch, lot, to, amount, caller.address),
            self.world.ledger.offsets.move_surplus(self.ids[batch], self.keys[lot], self.keys[to], amount),
            caller,
        )

    # Reversal

    @precondition(MachineBase.has_credits)
    @rule(
        place=places, status=st.sampled_from((BatchStatus.ACTIVE, BatchStatus.SUSPENDED, BatchStatus.REVOKED))
    )
    def set_status(self, place: int, status: BatchStatus) -> None:
        self._set_status(self.batch(place), status)

    @precondition(MachineBase.has_credits)
    @rule(place=places)
    def reverse(self, place: int) -> None:
        """Suspend, revoke, and void every application and holding."""
        name = self.batch(place)
        self._set_status(name, BatchStatus.SUSPENDED)
        self._set_status(name, BatchStatus.REVOKED)
        batch = self.model.credits.batches[name]
        for lot in list(batch.applied):
            self._void_application(name, lot)
        for holder in list(batch.held):
            self._void_holding(name, holder)

    def _set_status(self, name: Hashable, status: BatchStatus) -> None:
        self.both(
            lambda: self.model.credits.set_status(name, status),
            self.world.ledger.offsets.set_status(self.ids[name], status, "review"),
            self.world.issuer,
        )

    @precondition(MachineBase.has_credits)
    @rule(place=places, lot_place=places)
    def void_application(self, place: int, lot_place: int) -> None:
        self._void_application(self.batch(place), self.lot(lot_place).name)

    def _void_application(self, name: Hashable, lot: Hashable) -> None:
        self.both(
            lambda: self.model.void_application(name, lot),
            self.world.ledger.offsets.void_application(self.ids[name], self.keys[lot]),
            self.world.stranger,
        )

    def _void_holding(self, name: Hashable, holder: str) -> None:
        self.both(
            lambda: self.model.credits.void_holding(name, holder),
            self.world.ledger.offsets.void_holding(self.ids[name], holder),
            self.world.stranger,
        )
