"""The state machine: every operation on the contracts and on the model, then everything compared."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from cet.ledger import Operation
from model import Code
from model.laws import check_laws
from stateful.anchor_rules import AnchorRules
from stateful.base import PRODUCT_CODES, amount_of, masses, mostly, people, places
from stateful.comparison import compare, compare_mirror, compare_store
from stateful.credit_rules import CreditRules
from stateful.generation_rules import GenerationRules
from world import FOREVER


class LedgerMachine(AnchorRules, CreditRules, GenerationRules):
    """All rules, and what must hold after each."""

    @initialize(gross=masses, basis=masses)
    def begin(self, gross: int, basis: int) -> None:
        """Every example begins with a plant, a customer's estimates, credits for both, and a standing agreement."""
        self._mint(0, 1, [(Code.of(0x4410), 0, basis, gross), (Code.of(0x4400), 0, gross, gross)])
        self._mint(1, 1, [(Code.of(0x8610), 0, 10**15, 10**12), (Code.of(0xC400), 0, gross, gross)])
        self.issue(place=0, tonnes=20_000, ex_ante=False, back=0)
        self.issue(place=2, tonnes=1000, ex_ante=False, back=0)
        self.issue_certificates(who=0, number=5_000, back=0)
        self.issue_certificates(who=1, number=7, back=0)
        self.opt_in(
            dependent=1, supplier=0, gross=10**18, categories=0xFFFF, until=FOREVER, most=1024, estimate=None
        )

    @rule(picks=st.lists(places, min_size=1, max_size=6))
    def cascade(self, picks: list[int]) -> None:
        names = [self.lot(place).name for place in picks]
        call = self.world.ledger.emissions.cascade([self.keys[name] for name in names])
        self.both(lambda: self.model.cascade(names), call, self.world.stranger)

    @rule(place=places, percent=st.sampled_from((0, 0, 13, 50, 101)), right=mostly)
    def freeze(self, place: int, percent: int, right: bool) -> None:
        lot = self.lot(place)
        account = lot.holder if right else self.world.stranger.address
        amount = amount_of(lot.basis, percent)
        self.both(
            lambda: self.model.freeze(account, lot.name, amount),
            self.world.ledger.emissions.set_frozen(account, self.keys[lot.name], amount),
            self.world.operator,
        )

    @rule(
        place=places,
        successor=people,
        accepted=mostly,
        whole=mostly,
        until=st.sampled_from((FOREVER, FOREVER, FOREVER, 1, 0)),
    )
    def succeed(self, place: int, successor: int, accepted: bool, whole: bool, until: int) -> None:
        """Legal succession, with or without the successor's consent, whole or not."""
        lot, heir = self.lot(place), self.person(successor)
        emissions, key = self.world.ledger.emissions, self.keys[lot.name]
        if accepted:
            self.both(
                lambda: self.model.accept_succession(heir.address, lot.name, until),
                emissions.accept_succession(key, until),
                heir,
            )
        holder, amount = lot.holder, lot.basis - (not whole)
        self.both(
            lambda: self.model.succeed(holder, heir.address, lot.name, amount, 2),
            emissions.succeed(holder, heir.address, key, amount),
            self.world.operator,
        )

    @rule(operation=st.sampled_from(list(Operation)), place=places)
    def close_and_open(self, operation: Operation, place: int) -> None:
        """While an operation is closed it is refused, and every other works."""
        self._set_closed(operation)
        self.supply(place=place, dependent=place % 3, percent=1, code=place, salt=place)
        self.compose(place=place, picks=[(place, 1)], code=PRODUCT_CODES[0], output=1)
        self.cascade(picks=[place])
        if self.has_credits():
            self.offset(place=place, lot_place=place, percent=1)
        self._set_closed(Operation.NONE)

    def _set_closed(self, operation: Operation) -> None:
        def act() -> None:
            self.model.closed = int(operation)

        self.both(act, self.world.ledger.emissions.set_closed(operation), self.world.operator)

    @invariant()
    def contracts_equal_the_model(self) -> None:
        """Law 5, and every other fact the chain shows."""
        compare(self.world, self.model, self.keys, self.ids)

    @invariant()
    def the_mirror_equals_the_model(self) -> None:
        """Events alone tell all that the chain shows."""
        compare_mirror(self.mirror.refresh(), self.model, self.keys, self.ids)

    @invariant()
    def the_store_equals_the_mirror(self) -> None:
        """Every few blocks, some written with a journal; each example undoes the last one's blocks, so the store goes back too."""
        self.looks += 1
        if self.looks % 6 == 0:
            state = self.mirror.refresh()
            compare_store(self.store, self.world, state, self.looked)
            self.looked = state

    @invariant()
    def laws_hold(self) -> None:
        check_laws(self.model)
