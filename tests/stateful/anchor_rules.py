"""Anchoring, materialising, releasing and correcting units, rightly and wrongly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eth_utils.crypto import keccak
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from cet.ledger import Acceptance, Anchor, Correction
from cet.ledger.anchors import Batch
from model import Corrected
from model.anchors import Terms
from stateful.base import amount_of, mostly, odd_parts, parts, people, places
from stateful.lot_rules import LotRules
from world import FOREVER

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cet.ledger import LocalSigner, Offer
    from model import LotModel, Offered

SOON = 5_000
"""Seconds that no example takes, so that what ends then is open until time is made to pass."""


@dataclass(frozen=True)
class Anchored:
    """A tree on both sides."""

    tree: Anchor
    offered: dict[Offer, Offered]

    @property
    def root(self) -> frozenset[Offered]:
        return frozenset(self.offered.values())


class AnchorRules(LotRules):
    """What stands under one root, and what two parties sign about what came of it."""

    def __init__(self) -> None:
        super().__init__()
        self.anchored: list[Anchored] = []
        self.signed: list[tuple[Corrected, Correction]] = []

    def has_anchors(self) -> bool:
        return bool(self.anchored)

    def has_corrections(self) -> bool:
        return bool(self.signed)

    def _now(self) -> int:
        return self.world.ledger.chain.now

    def _anchor_at(self, place: int) -> Anchored:
        return self.anchored[place % len(self.anchored)]

    @rule(
        place=places,
        leaves=st.lists(
            st.tuples(people, st.sampled_from((0, 7, 33, 50, 100)), places), min_size=1, max_size=5
        ),
        reserve=st.sampled_from((100, 100, 100, 50, 101)),
        ends=st.sampled_from(("soon", "soon", "never", "late")),
        to_one=st.booleans(),
        right=mostly,
        then=st.sampled_from(("", "one", "one", "all", "all", "release")),
    )
    def anchor(
        self,
        place: int,
        leaves: list[tuple[int, int, int]],
        reserve: int,
        ends: str,
        to_one: bool,
        right: bool,
        then: str,
    ) -> None:
        """A holder reserves what its offers come to, or a part, or more; to one dependent or to several."""
        parent = self.shareable(place)
        holder = self.signer_of(parent.holder)
        first = self._another(leaves[0][0], parent.holder)
        offered: dict[Offer, Offered] = {}
        for salt, (who, percent, code) in enumerate(leaves):
            # To the holder itself too, at times: such a leaf never becomes a lot.
            dependent = first if to_one else self.person(who)
            units = amount_of(parent.available // len(leaves), percent)
            at = self._offer(parent, dependent, units, self._fitting(parent, code), place * 1000 + salt)
            ours, theirs = self.offers[at]
            offered[theirs] = ours
        tree = Anchor.of(self.world.ledger.emissions.domain, self.keys[parent.name], offered)
        made = Anchored(tree, offered)
        units = amount_of(tree.units, reserve)
        deadline = {"soon": self._now() + SOON, "never": FOREVER, "late": 1}[ends]
        self._put(made, parent, units, deadline, holder if right else self.world.stranger)
        if made not in self.anchored:
            return
        at = self.anchored.index(made)
        if then == "one":
            self.materialise(at, place, "dependent", 100, None, "own", 1024)
        elif then == "all":
            self.materialise_batch(at, list(range(5)), "dependent", 100, None, not to_one, "own")
        elif then == "release":
            self.release(at, place, right=True, later=True)

    @precondition(has_anchors)
    @rule(which=places, place=places, percent=parts)
    def anchor_again(self, which: int, place: int, percent: int) -> None:
        """The same root is anchored once to each lot, and serves nothing where its leaves are of another."""
        made, parent = self._anchor_at(which), self.shareable(place)
        units = amount_of(parent.available, percent)
        self._put(made, parent, units, FOREVER, self.signer_of(parent.holder))

    def _put(self, made: Anchored, parent: LotModel, units: int, deadline: int, caller: LocalSigner) -> None:
        emissions, now = self.world.ledger.emissions, self._now()
        call = emissions.call("anchor", self.keys[parent.name], made.tree.root, units, deadline, read=tuple)
        done = self.both(
            lambda: self.model.anchor(caller.address, parent.name, made.root, units, deadline, now),
            call,
            caller,
        )
        if done is not None and made not in self.anchored:
            self.anchored.append(made)
            self.keys[made.root] = int.from_bytes(made.tree.root, "big")

    @precondition(has_anchors)
    @rule(
        which=places,
        leaf=places,
        caller=st.sampled_from(("dependent", "dependent", "stranger")),
        part=odd_parts,
        estimate=st.one_of(st.none(), places),
        proof=st.sampled_from(("own", "own", "own", "none", "other")),
        most=st.sampled_from((1024, 1024, 1)),
    )
    def materialise(
        self,
        which: int,
        leaf: int,
        caller: str,
        part: int,
        estimate: int | None,
        proof: str,
        most: int,
    ) -> None:
        """A leaf becomes a lot of its dependent, by itself or by anybody under its opt-in; or its proof proves another root."""
        made = self._anchor_at(which)
        other = self._anchor_at(which + 1) if proof == "other" else made
        offer = list(other.offered)[leaf % len(other.offered)]
        offered = other.offered[offer]
        siblings = () if proof == "none" else other.tree.proof(offer)
        proven = frozenset({offered}) if proof == "none" else other.root
        sender = self.signer_of(offer.dependent) if caller == "dependent" else self.world.stranger
        terms = self._terms(offered, part, estimate, most)
        now, emissions = self._now(), self.world.ledger.emissions
        done = self.both(
            lambda: self.model.materialise(sender.address, made.root, [offered], proven, terms, now),
            emissions.materialise(made.tree.root, offer, siblings, self._acceptance(terms)),
            sender,
        )
        if done:
            (name,), key = done
            assert key == offer.key
            self.keys[name] = key

    @precondition(has_anchors)
    @rule(
        which=places,
        picks=st.lists(places, max_size=4),
        caller=st.sampled_from(("dependent", "dependent", "stranger")),
        part=odd_parts,
        estimate=st.one_of(st.none(), places),
        mixed=st.sampled_from((False, False, True)),
        proof=st.sampled_from(("own", "own", "own", "other")),
    )
    def materialise_batch(
        self,
        which: int,
        picks: list[int],
        caller: str,
        part: int,
        estimate: int | None,
        mixed: bool,
        proof: str,
    ) -> None:
        """Many leaves become lots at once, or none; of one dependent, or wrongly of several."""
        made = self._anchor_at(which)
        other = self._anchor_at(which + 1) if proof == "other" else made
        all_of = list(other.offered)
        chosen = {all_of[pick % len(all_of)] for pick in picks}
        if chosen and not mixed:
            to = min(offer.dependent for offer in chosen)
            chosen = {offer for offer in chosen if offer.dependent == to}
        batch = other.tree.batch(chosen) if chosen else Batch((), (), ())
        offered = [other.offered[offer] for offer in batch.offers]
        dependent = batch.offers[0].dependent if batch.offers else None
        sender = self.signer_of(dependent) if dependent and caller == "dependent" else self.world.stranger
        terms = self._terms(offered[0], part, estimate, 1024) if offered else Terms()
        now, emissions = self._now(), self.world.ledger.emissions
        done = self.both(
            lambda: self.model.materialise(sender.address, made.root, offered, other.root, terms, now),
            emissions.materialise_batch(made.tree.root, batch, self._acceptance(terms)),
            sender,
        )
        if done:
            for name, key, offer in zip(done[0], done[1], batch.offers, strict=True):
                assert key == offer.key
                self.keys[name] = key

    def _terms(self, offered: Offered, part: int, estimate: int | None, most: int) -> Terms:
        """All of the offer, or a part, or more than it; with an estimate of the same where there is one, or of anything."""
        displaces: Hashable | None = None
        if estimate is not None:
            alike = [
                lot.name
                for lot in self.model.lots.values()
                if lot.minted is not None and lot.holder == offered.dependent and lot.code == offered.code
            ]
            displaces = alike[estimate % len(alike)] if alike else self.lot(estimate).name
        units = 0 if part in (0, 100) else amount_of(offered.units, part)
        return Terms(most, displaces, units)

    def _acceptance(self, terms: Terms) -> Acceptance:
        displaces = 0 if terms.displaces is None else self.keys[terms.displaces]
        return Acceptance(terms.max_ancestry, displaces, terms.units)

    @precondition(has_anchors)
    @rule(which=places, place=places, right=mostly, later=mostly)
    def release(self, which: int, place: int, right: bool, later: bool) -> None:
        """What is unused comes back once the deadline is over, for whoever asks; not before, not twice, to no other lot."""
        if later:
            self._let_time_pass()
        made = self._anchor_at(which)
        own = next(iter(made.offered.values())).parent
        parent = self.model.lots[own] if right else self.lot(place)
        now = self._now()
        self.both(
            lambda: self.model.release(parent.name, made.root, now),
            self.world.ledger.emissions.release(self.keys[parent.name], made.tree.root),
            self.world.stranger,
        )

    def _let_time_pass(self) -> None:
        request = self.world.ledger.chain.w3.provider.make_request
        request("evm_increaseTime", [2 * SOON])
        request("evm_mine", [])

    # Corrections of units

    @rule(
        place=places,
        percent=st.sampled_from((0, 1, 50, 90, 99, 100, 101, 110, 300)),
        floor=st.booleans(),
        mistake=st.sampled_from(("", "", "", "", "supplier", "dependent", "expected", "late", "any lot")),
        salt=places,
    )
    def correct_units(self, place: int, percent: int, floor: bool, mistake: str, salt: int) -> None:
        """Both parties sign what the units should have been: more, less, too little, or for another state."""
        if mistake == "any lot":
            received = list(self.model.lots.values())
        else:
            received = self._received()
            if not received:
                self.supply_for_a_part_of_an_estimate(place, place, 50, salt)
                received = self._received()
        if not received:
            return
        lot = received[place % len(received)]
        # From what the lot passed on, so that the bound itself is often met.
        units = lot.allocated + lot.frozen - (percent == 101) if floor else lot.basis * percent // 100
        units = max(0, min(units, 2**64 - 1))
        expected = lot.basis + (mistake == "expected")
        deadline = 1 if mistake == "late" else FOREVER
        signed = Corrected(lot.name, units, expected, deadline, salt)
        theirs = Correction(self.keys[lot.name], units, expected, deadline, keccak(text=str(salt)))
        self.signed.append((signed, theirs))
        self._correct(len(self.signed) - 1, mistake)

    def _received(self) -> list[LotModel]:
        return [lot for lot in self.model.lots.values() if lot.minted is None and not lot.code.is_product]

    @precondition(has_corrections)
    @rule(place=places)
    def correct_again(self, place: int) -> None:
        """What was signed once is never carried out twice, even where the units are again what they were."""
        self._correct(place % len(self.signed), "")

    def _correct(self, at: int, mistake: str) -> None:
        signed, theirs = self.signed[at]
        lot = self.model.lots[signed.lot]
        holder = self.signer_of(lot.holder)
        supplier = self.signer_of(self.model.lots[lot.edges[0][0]].holder) if lot.edges else holder
        supplier = self.world.stranger if mistake == "supplier" else supplier
        dependent = self.world.stranger if mistake == "dependent" else holder
        emissions, now = self.world.ledger.emissions, self._now()
        typed = emissions.correction(theirs)
        call = emissions.correct(theirs, supplier.sign_typed_data(typed), dependent.sign_typed_data(typed))
        self.both(
            lambda: self.model.correct(signed, supplier.address, dependent.address, now),
            call,
            self.world.stranger,
        )
