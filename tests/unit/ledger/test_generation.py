"""Certificated generation through the client and the mirror: the token allocates nothing without its certificates, and what was
allocated before they were issued is flagged."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cet.ledger import Cancellation, Composition, Correction, OptIn, Purpose, Refused, key_text
from cet.ledger.mirror import Doubt, flags_of
from cet.ledger.mirror.certification import covered, required
from world import DAY_2021, ELECTRICITY, FOREVER, MARKET, MWH, POWER, STATIONARY, TONNE

if TYPE_CHECKING:
    from cet.ledger import Call, LocalSigner
    from cet.ledger.mirror.state import State
    from world import World

DOUBTS = {Doubt.UNCERTIFIED, Doubt.UNRETURNED}


def certificated(world: World, mwh: int = 100) -> tuple[int, int]:
    """A plant's lot and the batch of certificates issued for it, the supplier's both."""
    (plant,) = world.mint(world.supplier, (POWER, mwh * MWH, 60 * TONNE))
    return plant, certify(world, plant, mwh)


def certify(world: World, plant: int, mwh: int = 100) -> int:
    """Issues certificates for a plant's lot; their batch."""
    batch = world.issue_certificates(mwh, world.supplier)
    world.ledger.send(world.ledger.generation.certify(plant, batch), world.supplier)
    return batch


def taken_before(world: World, *amounts: int) -> tuple[int, ...]:
    """Lots that the dependent took of a plant whose certificates were issued only then; behind them the plant and their batch."""
    (plant,) = world.mint(world.supplier, (POWER, 100 * MWH, 60 * TONNE))
    lots = [world.allocate(plant, world.supplier, world.dependent, wh, MARKET) for wh in amounts]
    return (*lots, plant, certify(world, plant))


def cancelled(world: World, batch: int, amount: int, to: LocalSigner | None = None) -> int:
    """Certificates of the supplier cancelled for the dependent's scope 2 of 2021; the number."""
    beneficiary = (to or world.dependent).address
    salt = next(world.next_salt).to_bytes(32, "big")
    details = Cancellation(beneficiary, DAY_2021, DAY_2021 + 364, Purpose.SCOPE_2, document=salt)
    return world.ledger.send(world.ledger.certificates.cancel(batch, amount, details), world.supplier).result


def refused(world: World, call: Call[int], signer: LocalSigner) -> Refused:
    with pytest.raises(Refused) as caught:
        world.ledger.send(call, signer)
    return caught.value


def doubts(world: World, key: int) -> list[tuple[int, Doubt]]:
    return [(one.lot, one.doubt) for one in flags_of(world.mirrored(), key) if one.doubt in DOUBTS]


def test_nothing_is_sent_that_allocates_without_enough_certificates(world: World) -> None:
    ledger, (plant, batch) = world.ledger, certificated(world)
    offer = world.offer(plant, world.dependent, 10 * MWH, MARKET)
    signature = world.supplier.sign_typed_data(ledger.emissions.offer(offer))
    accept = ledger.emissions.accept(offer, signature)
    said = refused(world, accept, world.dependent)
    assert said.name == "CertificatesMissing"
    assert "10000000 Wh of its certificates are needed, 0 Wh are cancelled" in str(said)
    ledger.send(ledger.generation.cover_offer(offer, cancelled(world, batch, 10 * MWH - 1)), world.supplier)
    with pytest.raises(Refused, match="9999999 Wh are cancelled"):
        ledger.simulate(accept, world.dependent)
    ledger.send(ledger.generation.cover_offer(offer, cancelled(world, batch, 1)), world.dependent)
    assert ledger.send(accept, world.dependent).result == offer.key
    assert doubts(world, offer.key) == []
    # Directly, under an opt-in, it is the same.
    terms = OptIn(FOREVER, 1024, 2**16 - 1, 2**63, 0)
    ledger.send(ledger.emissions.opt_in(world.supplier.address, terms), world.dependent)
    again = world.offer(plant, world.dependent, MWH, MARKET)
    assert refused(world, ledger.emissions.allocate(again), world.supplier).name == "CertificatesMissing"
    # What is no certificated generation asks for nothing.
    (plain,) = world.mint(world.supplier, (POWER, MWH, TONNE), first_day=DAY_2021 + 365)
    assert doubts(world, world.allocate(plain, world.supplier, world.dependent, MWH, MARKET)) == []


def test_what_was_allocated_before_the_certification_is_flagged_and_all_below_it(world: World) -> None:
    ledger = world.ledger
    lot, other, _, batch = taken_before(world, 10 * MWH, 10 * MWH)
    below = world.allocate(lot, world.dependent, world.customer, MWH, MARKET)
    assert doubts(world, below) == doubts(world, lot) == [(lot, Doubt.UNCERTIFIED)]
    assert [one.lot for one in ledger.generation.shortfalls_of(below)] == [lot]
    number = cancelled(world, batch, 10 * MWH)
    ledger.send(ledger.generation.cover(lot, number), world.dependent)
    assert doubts(world, below) == []
    # One cancellation, one allocation.
    with pytest.raises(Refused, match=f"stands for lot {key_text(lot)} already"):
        ledger.send(ledger.generation.cover(other, number), world.dependent)
    assert doubts(world, other) == [(other, Doubt.UNCERTIFIED)]
    # Found void later, it covers nothing.
    ledger.send(ledger.certificates.void_cancellation(number, "fraud"), world.issuer)
    assert doubts(world, below) == [(lot, Doubt.UNCERTIFIED)]


def test_certificates_of_another_beneficiary_cover_nothing(world: World) -> None:
    ledger, (plant, batch) = world.ledger, certificated(world)
    offer = world.offer(plant, world.dependent, MWH, MARKET)
    number = cancelled(world, batch, MWH, world.customer)
    with pytest.raises(Refused, match=f"is for {world.customer.address}"):
        ledger.send(ledger.generation.cover_offer(offer, number), world.supplier)


def test_certificates_that_a_lot_needs_are_not_freed(world: World) -> None:
    ledger = world.ledger
    lot, _, batch = taken_before(world, MWH)
    number, spare = cancelled(world, batch, MWH), cancelled(world, batch, 1)
    for each in (number, spare):
        ledger.send(ledger.generation.cover(lot, each), world.supplier)
    assert ledger.generation.lot_of(number) == lot
    assert ledger.generation.cancellations_of(lot) == (number, spare)
    with pytest.raises(Refused, match="what a lot needs is not freed"):
        ledger.send(ledger.generation.uncover(number), world.dependent)
    ledger.send(ledger.generation.uncover(spare), world.dependent)
    assert doubts(world, lot) == []


def test_a_product_made_before_is_marked_by_anybody(world: World) -> None:
    """From then on the token asks, and the mirror knows from events what it asks for."""
    ledger = world.ledger
    (plant,) = world.mint(world.supplier, (POWER, 100 * MWH, 60 * TONNE))
    said = Composition(ELECTRICITY, 10 * MWH, ((plant, 5 * MWH),), b"\1" * 32)
    mix = ledger.send(ledger.emissions.compose(said), world.supplier).result
    certify(world, plant)
    assert world.mirrored().marked == {plant}
    ledger.send(ledger.generation.mark(mix), world.stranger)
    assert world.mirrored().marked == {plant, mix}
    assert ledger.emissions.lot_of(mix).certificated
    offer = world.offer(mix, world.dependent, 2 * MWH, MARKET)
    accept = ledger.emissions.accept(offer, world.supplier.sign_typed_data(ledger.emissions.offer(offer)))
    assert refused(world, accept, world.dependent).arguments["required"] == MWH


def test_a_batch_withdrawn_whole_certificates_nothing(world: World) -> None:
    ledger = world.ledger
    lot, plant, batch = taken_before(world, MWH)
    ledger.send(ledger.certificates.withdraw(batch, world.supplier.address, 100 * MWH, "error"), world.issuer)
    assert doubts(world, lot) == [(lot, Doubt.UNCERTIFIED)]
    ledger.send(ledger.generation.uncertify(plant, batch), world.stranger)
    assert doubts(world, lot) == []


def test_displaced_units_are_flagged_until_a_correction_returns_them(world: World) -> None:
    """The supplier's lot has them again, and the dependent's no longer."""
    ledger = world.ledger
    (plant,) = world.mint(world.supplier, (POWER, 100 * MWH, 60 * TONNE))
    lot = world.allocate(plant, world.supplier, world.dependent, 10 * MWH, MARKET)
    ledger.send(ledger.generation.count(lot, 4 * MWH), world.dependent)
    assert doubts(world, lot) == [(lot, Doubt.UNRETURNED)]
    assert ledger.generation.to_return(lot) == 6 * MWH
    said = Correction(lot, 4 * MWH, 10 * MWH, FOREVER, b"\7" * 32)
    signatures = [
        one.sign_typed_data(ledger.emissions.correction(said)) for one in (world.supplier, world.dependent)
    ]
    ledger.send(ledger.emissions.correct(said, *signatures), world.stranger)
    assert doubts(world, lot) == []
    assert ledger.generation.to_return(lot) == 0
    assert world.mirrored().allocated[plant] == 4 * MWH


@settings(max_examples=12, deadline=None)
@given(
    parts=st.lists(st.tuples(st.booleans(), st.integers(1, 1000)), min_size=2, max_size=4),
    output=st.integers(1, 3000),
    inner=st.integers(1, 1000),
    units=st.integers(1, 1000),
)
def test_the_mirror_needs_and_counts_what_the_contract_does(
    deployed: World, parts: list[tuple[bool, int]], output: int, inner: int, units: int
) -> None:
    """Products of certificated and other lots, one inside another: of each share the certificated part, rounded up."""
    world, ledger = deployed, deployed.ledger
    snapshot = world.snapshot()
    try:
        keys = world.mint(world.supplier, *((POWER, 1000, TONNE) for _ in parts), (STATIONARY, 10, TONNE))[
            :-1
        ]
        batch = world.issue_certificates(1, world.supplier)

        def product(basis: int, *edges: tuple[int, int]) -> int:
            salt = next(world.next_salt).to_bytes(32, "big")
            said = Composition(ELECTRICITY, basis, tuple(sorted(edges)), salt)
            return ledger.send(ledger.emissions.compose(said), world.supplier).result

        first = product(output, *((key, taken) for key, (_, taken) in zip(keys, parts, strict=True)))
        (extra,) = world.mint(world.supplier, (POWER, 1000, TONNE), first_day=DAY_2021 + 365)
        outer = product(1000, (first, min(inner, output)), (extra, 1))
        lot = world.allocate(outer, world.supplier, world.dependent, units, MARKET)
        for key, (has, _) in zip(keys, parts, strict=True):
            if has:
                ledger.send(ledger.generation.certify(key, batch), world.supplier)
        state = world.mirrored()
        for key in (*keys, first, outer):
            assert required(state, key, units) == ledger.generation.required_of(key, units)
        assert covered(state, lot) == ledger.generation.covered_of(lot) == 0
        short = ledger.generation.shortfalls_of(lot)
        assert ([one.lot for one in short] == [lot]) == ((lot, Doubt.UNCERTIFIED) in doubts(world, lot))
    finally:
        world.revert(snapshot)


def test_the_mirror_looks_through_products_once_however_many_ways_lead_there() -> None:
    """Two wide and 2,000 levels deep there are 2^2000 ways up."""
    half = 500
    lots = {key: SimpleNamespace(key=key, code=POWER, basis=1000, edges=()) for key in (1, 2)}
    for key in range(3, 4003):
        first = key - 3 + key % 2
        edges = ((first, half), (first + 1, half))
        lots[key] = SimpleNamespace(key=key, code=ELECTRICITY, basis=1000, edges=edges)
    state = cast("State", SimpleNamespace(lots=lots, certificated={1: (7,)}))
    assert required(state, 4002, 1000) == half
    assert required(state, 4002, 3) == 2
