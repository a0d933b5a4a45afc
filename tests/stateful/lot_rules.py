"""Minting, allocating and composing, rightly and wrongly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from eth_utils.crypto import keccak
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cet.errors import ScopeError
from cet.ledger import Acceptance, Composition, Offer, OptIn
from cet.scopes import LotCode
from model import Code, Offered
from model.codes import may_become
from model.ledger import cap_of
from stateful.base import (
    CHILD_CODES,
    ODD_CODES,
    PRODUCT_CODES,
    MachineBase,
    amount_of,
    masses,
    mostly,
    odd_parts,
    parts,
    people,
    places,
)
from stateful.statement_rules import StatementRules
from world import DAY_2021, FOREVER

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cet.ledger import LocalSigner
    from model import LotModel


@dataclass(frozen=True)
class RawCode:
    """A code that our own client would not even build."""

    number: int

    def encode(self) -> int:
        return self.number


def code_of(code: Code) -> LotCode | RawCode:
    try:
        return LotCode.decode(code.number)
    except ScopeError:
        return RawCode(code.number)


class LotRules(StatementRules):
    """Everything that makes a lot of other lots."""

    # Offers

    def _offer(
        self,
        parent: LotModel,
        dependent: LocalSigner,
        units: int,
        code: Code,
        salt: int,
        *,
        consumed: tuple[int, int] = (DAY_2021, DAY_2021 + 364),
        deadline: int = FOREVER,
    ) -> int:
        """Makes an offer and returns its place among all that were made."""
        offered = Offered(parent.name, dependent.address, units, code, consumed, deadline, salt)
        offer = Offer(
            parent=self.keys[parent.name],
            dependent=dependent.address,
            units=units,
            code=cast("LotCode", code_of(code)),
            consumed_from=consumed[0],
            consumed_to=consumed[1],
            deadline=deadline,
            activity=keccak(text=str(salt)),
        )
        self.offers.append((offered, offer))
        return len(self.offers) - 1

    def _fitting(self, parent: LotModel, place: int) -> Code:
        codes = [code for code in CHILD_CODES if may_become(parent.code, code)] or CHILD_CODES
        return codes[place % len(codes)]

    @rule(place=places, dependent=people, percent=parts, code=places, salt=places, part=parts)
    def supply(self, place: int, dependent: int, percent: int, code: int, salt: int, part: int = 100) -> None:
        """A signed offer of what is left is accepted, whole or in part."""
        parent = self.shareable(place)
        units = amount_of(parent.available, percent)
        receiver = self._another(dependent, parent.holder)
        index = self._offer(parent, receiver, units, self._fitting(parent, code), salt)
        self._accept(index, units=0 if part == 100 else amount_of(units, part))

    @rule(
        place=places,
        referrer=people,
        percent=odd_parts,
        category=st.sampled_from((9, 11, 15, 15)),
        partner=st.booleans(),
        estimated=st.booleans(),
        direct=st.booleans(),
        salt=places,
    )
    def refer(
        self,
        place: int,
        referrer: int,
        percent: int,
        category: int,
        partner: bool,
        estimated: bool,
        direct: bool,
        salt: int,
    ) -> None:
        """A value chain's or a partner's reference to any lot, accepted or under an opt-in, instead of an estimate or not."""
        parent = self.lot(place)
        receiver = self._another(referrer, parent.holder)
        method = parent.code.method if parent.code.scope != 2 else 0
        code = replace(parent.code, relation=2) if partner else Code(3, category, method, parent.code.unit, 1)
        offered = Offered(parent.name, receiver.address, 0, code, (0, 0), 0, 0)
        units = amount_of(parent.left_to_refer(cap_of(offered)), percent)
        index = self._offer(parent, receiver, units, code, salt)
        if direct:
            offered, offer = self.offers[index]
            caller = self.signer_of(parent.holder)
            call = self.world.ledger.emissions.allocate(offer)
            if done := self.both(lambda: self.model.allocate(offered, caller.address, 2), call, caller):
                self.keys[done[0]] = done[1]
            return
        own = [
            lot.name
            for lot in self.model.lots.values()
            if lot.holder == receiver.address and lot.code == code.plain and lot.minted is not None
        ]
        self._accept(index, displaces=own[0] if own and estimated else None)

    def _another(self, who: int, holder: str) -> LocalSigner:
        """Somebody but the holder: nobody allocates to itself."""
        person = self.person(who)
        return person if person.address != holder else self.person((who + 1) % 3)

    @rule(place=places, estimate=places, percent=parts, salt=places)
    def supply_for_an_estimate(self, place: int, estimate: int, percent: int, salt: int) -> None:
        """What is supplied displaces the dependent's estimate of the same."""
        estimates = [lot for lot in self.model.lots.values() if lot.minted is not None and lot.available]
        if not estimates:
            return
        displaced = estimates[estimate % len(estimates)]
        parents = [
            lot
            for lot in self.model.lots.values()
            if lot.holder != displaced.holder and lot.available and may_become(lot.code, displaced.code)
        ]
        if parents:
            parent = parents[place % len(parents)]
            units = amount_of(parent.available, percent)
            dependent = self.signer_of(displaced.holder)
            self._accept(
                self._offer(parent, dependent, units, displaced.code, salt), displaces=displaced.name
            )

    @rule(place=places, estimate=places, percent=st.sampled_from((1, 13, 50, 99)), salt=places)
    def supply_for_a_part_of_an_estimate(self, place: int, estimate: int, percent: int, salt: int) -> None:
        """What is supplied is less than the estimate has left: the rest of it stands."""
        pairs = [
            (parent, displaced)
            for displaced in self.model.lots.values()
            if displaced.minted is not None and displaced.available > 1
            for parent in self.model.lots.values()
            if parent.holder != displaced.holder
            and parent.available
            and may_become(parent.code, displaced.code)
        ]
        if not pairs:
            return
        parent, displaced = pairs[place * estimate % len(pairs)]
        assert displaced.period is not None
        most = min(parent.available, displaced.available - 1)
        dependent = self.signer_of(displaced.holder)
        index = self._offer(
            parent, dependent, amount_of(most, percent), displaced.code, salt, consumed=displaced.period
        )
        self._accept(index, displaces=displaced.name)

    @rule(
        place=places,
        dependent=people,
        percent=odd_parts,
        code=st.sampled_from(ODD_CODES),
        mistake=st.sampled_from(("", "caller", "signer", "late", "reversed", "short", "more")),
        estimate=st.one_of(st.none(), places),
    )
    def supply_oddly(
        self, place: int, dependent: int, percent: int, code: Code, mistake: str, estimate: int | None
    ) -> None:
        """Any share of any lot as anything: too much, too late, by or from the wrong one, for the wrong estimate."""
        parent = self.lot(place)
        index = self._offer(
            parent,
            self.person(dependent),
            amount_of(parent.available, percent),
            code,
            place,
            consumed=(DAY_2021 + 1, DAY_2021) if mistake == "reversed" else (DAY_2021, DAY_2021),
            deadline=1 if mistake == "late" else FOREVER,
        )
        displaces = None if estimate is None else self.lot(estimate).name
        units = parent.basis + 1 if mistake == "more" else 0
        self._accept(index, mistake, displaces, most=1 if mistake == "short" else 1024, units=units)

    @precondition(MachineBase.has_offers)
    @rule(place=places)
    def accept_again(self, place: int) -> None:
        """Any earlier offer, taken up, cancelled or neither, is tried again."""
        self._accept(place % len(self.offers))

    def _accept(
        self,
        index: int,
        mistake: str = "",
        displaces: Hashable | None = None,
        most: int = 1024,
        units: int = 0,
    ) -> None:
        offered, offer = self.offers[index]
        holder = self.signer_of(self.model.lots[offered.parent].holder)
        signer = self.world.stranger if mistake == "signer" else holder
        caller = self.world.stranger if mistake == "caller" else self.signer_of(offered.dependent)
        emissions = self.world.ledger.emissions
        terms = Acceptance(most, 0 if displaces is None else self.keys[displaces], units)
        call = emissions.accept(offer, signer.sign_typed_data(emissions.offer(offer)), terms)
        done = self.both(
            lambda: self.model.accept(offered, caller.address, signer.address, 2, most, displaces, units),
            call,
            caller,
        )
        if done:
            assert done[1] == offer.key
            self.keys[done[0]] = done[1]

    @precondition(MachineBase.has_offers)
    @rule(place=places, right=mostly)
    def cancel(self, place: int, right: bool) -> None:
        """The supplier, or somebody else, withdraws an offer."""
        offered, offer = self.offers[place % len(self.offers)]
        holder = self.signer_of(self.model.lots[offered.parent].holder)
        caller = holder if right else self.world.stranger
        call = self.world.ledger.emissions.cancel(offer)
        self.both(lambda: self.model.cancel(offered, caller.address), call, caller)

    # Standing agreements

    @rule(
        dependent=people,
        supplier=people,
        gross=st.sampled_from((0, 10**6, 10**18, 10**18)),
        categories=st.sampled_from((0xFFFF, 0xFFFF, 0, 1, 0b1010)),
        until=st.sampled_from((FOREVER, FOREVER, 0)),
        most=st.sampled_from((1024, 1024, 2)),
        estimate=st.one_of(st.none(), st.none(), places),
    )
    def opt_in(
        self,
        dependent: int,
        supplier: int,
        gross: int,
        categories: int,
        until: int,
        most: int,
        estimate: int | None,
    ) -> None:
        """A dependent agrees in advance, with or without an estimate to be displaced."""
        displaced = None if estimate is None else self.lot(estimate).name
        terms = OptIn(until, most, categories, gross, 0 if displaced is None else self.keys[displaced])
        model_terms: dict[str, Any] = {
            "until": until,
            "max_ancestry": most,
            "categories": categories,
            "gross": gross,
            "displaces": displaced,
        }
        me, other = self.person(dependent), self.person(supplier).address
        call = self.world.ledger.emissions.opt_in(other, terms)
        self.both(lambda: self.model.opt_in(me.address, other, model_terms), call, me)

    @rule(place=places, receiver=places, percent=parts, code=places, salt=places, right=mostly)
    def allocate(self, place: int, receiver: int, percent: int, code: int, salt: int, right: bool) -> None:
        """The supplier allocates to one who opted in, or to one who did not."""
        parent = self.shareable(place)
        opted = [one for one, supplier in self.model.opt_ins if supplier == parent.holder]
        dependent = (
            self.signer_of(opted[receiver % len(opted)]) if opted and right else self.person(receiver % 3)
        )
        units = amount_of(parent.available, percent)
        offered, offer = self.offers[self._offer(parent, dependent, units, self._fitting(parent, code), salt)]
        caller = self.signer_of(parent.holder)
        call = self.world.ledger.emissions.allocate(offer)
        done = self.both(lambda: self.model.allocate(offered, caller.address, 2), call, caller)
        if done:
            self.keys[done[0]] = done[1]

    # Composition

    @rule(
        place=places,
        picks=st.lists(st.tuples(places, parts), min_size=1, max_size=5),
        code=st.sampled_from(PRODUCT_CODES),
        output=masses,
    )
    def compose(self, place: int, picks: list[tuple[int, int]], code: Code, output: int) -> None:
        """Shares of one's own lots of one series become a product."""
        caller = self.signer_of(self.shareable(place).holder)
        fitting = [
            lot
            for lot in self.model.lots.values()
            if lot.holder == caller.address
            and lot.available
            and lot.code.is_passed_on
            and (lot.code.scope == 2 or lot.code.method == code.method)
        ]
        if fitting:
            self._compose(caller, fitting, picks, code, output)

    @rule(
        who=people,
        picks=st.lists(st.tuples(places, odd_parts), min_size=1, max_size=3),
        code=st.sampled_from([*PRODUCT_CODES, Code.of(0x4410)]),
        output=st.sampled_from((0, 1, 2**63, 7)),
    )
    def compose_oddly(self, who: int, picks: list[tuple[int, int]], code: Code, output: int) -> None:
        """Shares of anybody's lots, too much or nothing of them, as anything."""
        self._compose(self.person(who), list(self.model.lots.values()), picks, code, output)

    def _compose(
        self, caller: LocalSigner, lots: list[LotModel], picks: list[tuple[int, int]], code: Code, output: int
    ) -> None:
        edges: dict[Hashable, int] = {}
        for place, percent in picks:
            lot = lots[place % len(lots)]
            edges[lot.name] = amount_of(lot.available, percent)
        ordered = tuple(sorted(edges.items(), key=lambda edge: self.keys[edge[0]]))
        composition = Composition(
            LotCode.decode(code.number), output, tuple((self.keys[name], units) for name, units in ordered)
        )
        call = self.world.ledger.emissions.compose(composition)
        done = self.both(lambda: self.model.compose(caller.address, code, output, ordered, 0), call, caller)
        if done:
            assert done[1] == composition.key(caller.address)
            self.keys[done[0]] = done[1]
