"""A reorganisation frees no certificate for a second use: what stands is used once, and a mirror that followed both branches says so."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from cet.ledger import Acceptance, Cancellation, LotWord, Purpose, Refused
from cet.ledger.mirror import evaluate, flags_of
from cet.ledger.store import Follower, Store
from cet.statement.model import chunk_hash
from world import DAY_2021, MARKET, MWH, POWER, TONNE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cet.ledger import LocalSigner, Offer
    from cet.statement import Statement
    from world import World

WORDS = [LotWord(MARKET, 0, 1_000 * MWH, TONNE).encode()]


@pytest.fixture
def store(world: World, store_url: str) -> Iterator[Store]:
    made = Store.open(store_url, world.ledger.deployment)
    yield made
    made.close()


def followed(store: Store, world: World) -> Any:
    """The store's state after it followed the chain, held to a mirror that knows only the present branch."""
    Follower(store, world.ledger.chain).catch_up()
    store.evaluate()
    state, expected = store.state(), world.mirrored()
    assert state == expected
    assert store.figures() == evaluate(expected)
    return state


def terms(holder: LocalSigner, document: int = 1) -> Cancellation:
    return Cancellation(
        holder.address, DAY_2021, DAY_2021 + 364, Purpose.SCOPE_2, document=document.to_bytes(32, "big")
    )


def cancel(world: World, batch: int, amount: int, holder: LocalSigner, document: int = 1) -> int:
    ledger = world.ledger
    return ledger.send(ledger.certificates.cancel(batch, amount, terms(holder, document)), holder).result


class Used:
    """A statement of the supplier's, of one of its entities, that names a cancellation."""

    def __init__(self, world: World, number: int, **changes: Any) -> None:
        self.world = world
        self.words = [world.ledger.certificates.use(number).word]
        chunks = (chunk_hash(self.words),)
        self.statement: Statement = world.state(world.supplier, WORDS, instrument_chunks=chunks, **changes)
        self.evidence = world.evidence(self.statement, world.supplier)

    def consume(self) -> None:
        call = self.world.ledger.registry.consume(self.statement, self.evidence, 0, self.words)
        self.world.ledger.send(call, self.world.stranger)

    def refused(self) -> str:
        call = self.world.ledger.registry.consume(self.statement, self.evidence, 0, self.words)
        with pytest.raises(Refused) as told:
            self.world.ledger.simulate(call, self.world.stranger)
        return told.value.name


@pytest.fixture
def other_entity(world: World) -> bytes:
    """A second entity of the supplier's, so that nothing but the certificate keeps two statements apart."""
    from eth_utils.crypto import keccak

    world.ledger.send(world.ledger.registry.assign_entity("works-2", world.supplier.address), world.operator)
    return keccak(text="works-2")


def test_a_consumption_that_vanished_leaves_one_use_and_no_more(
    world: World, store: Store, other_entity: bytes
) -> None:
    """The first statement consumed on the branch that went, the second on the branch that stayed: the first is refused now."""
    batch = world.issue_certificates(10, world.supplier)
    number = cancel(world, batch, MWH, world.supplier)
    first, second = Used(world, number), Used(world, number, entity=other_entity)
    before = world.snapshot()
    first.consume()
    assert second.refused() == "UseConsumed"
    assert [use.use for use in followed(store, world).consumed[1]] == [number]
    world.revert(before)
    assert not followed(store, world).consumed.get(1)
    second.consume()
    assert first.refused() == "UseConsumed"
    state = followed(store, world)
    assert {state.statements[one].statement.entity for one in state.consumed} == {other_entity}
    assert world.ledger.certificates.consumed_by(number) == (1, 1)


def test_a_cancellation_that_vanished_is_the_same_one_again_and_used_once(
    world: World, store: Store, other_entity: bytes
) -> None:
    """Its number is the hash of its content: the statement that names it stands, and what is cancelled is not cancelled again."""
    batch = world.issue_certificates(10, world.supplier)
    before = world.snapshot()
    number = cancel(world, batch, 10 * MWH, world.supplier)
    first, second = Used(world, number), Used(world, number, entity=other_entity)
    first.consume()
    followed(store, world)
    world.revert(before)
    state = followed(store, world)
    assert number not in state.cancellations
    assert first.refused() == "UseUnknown"
    assert state.certificates[batch, world.supplier.address] == 10 * MWH
    assert cancel(world, batch, 10 * MWH, world.supplier) == number
    first.consume()
    assert second.refused() == "UseConsumed"
    with pytest.raises(Refused, match="0"):
        cancel(world, batch, 1, world.supplier, document=2)
    told = followed(store, world).certificate_batches[batch]
    assert (told.held, told.cancelled, told.withdrawn) == (0, 10 * MWH, 0)


def test_certificates_sold_on_the_branch_that_stayed_back_nothing_of_the_one_that_went(
    world: World, store: Store
) -> None:
    """The buyer cancels for itself: the seller's statement has no certificates any more, whoever submits it."""
    ledger, batch = world.ledger, world.issue_certificates(10, world.supplier)
    before = world.snapshot()
    number = cancel(world, batch, 10 * MWH, world.supplier)
    seller = Used(world, number)
    seller.consume()
    followed(store, world)
    world.revert(before)
    call = ledger.certificates.transfer(world.supplier.address, world.dependent.address, batch, 10 * MWH)
    ledger.send(call, world.supplier)
    bought = cancel(world, batch, 10 * MWH, world.dependent)
    assert bought != number
    assert seller.refused() == "UseUnknown"
    state = followed(store, world)
    assert set(state.cancellations) == {bought}
    assert not state.consumed


def test_a_cancellation_stands_for_the_allocation_of_the_branch_that_stayed(
    world: World, store: Store
) -> None:
    """Two allocations of certificated generation, one cancellation: on each branch it covers the one that was named there."""
    ledger = world.ledger
    (plant,) = world.mint(world.supplier, (POWER, 100 * MWH, 60 * TONNE))
    batch = world.issue_certificates(100, world.supplier)
    ledger.send(ledger.generation.certify(plant, batch), world.supplier)
    call = ledger.certificates.cancel(batch, 10 * MWH, terms(world.dependent))
    number = ledger.send(call, world.supplier).result
    offers = [world.offer(plant, world.dependent, 10 * MWH, MARKET) for _ in range(2)]
    before = world.snapshot()
    _cover(world, offers[0], number)
    lot = _accept(world, offers[0])
    assert flags_of(followed(store, world), lot) == ()
    world.revert(before)
    _cover(world, offers[1], number)
    assert _accept(world, offers[1]) == offers[1].key
    with pytest.raises(Refused, match="stands for"):
        _cover(world, offers[0], number)
    state = followed(store, world)
    assert lot not in state.lots
    assert dict(state.covers) == {offers[1].key: (number,)}
    assert ledger.generation.lot_of(number) == offers[1].key
    assert ledger.generation.covered_of(offers[0].key) == 0


def _cover(world: World, offer: Offer, number: int) -> None:
    world.ledger.send(world.ledger.generation.cover_offer(offer, number), world.supplier)


def _accept(world: World, offer: Offer) -> int:
    signature = world.supplier.sign_typed_data(world.ledger.emissions.offer(offer))
    return world.ledger.send(
        world.ledger.emissions.accept(offer, signature, Acceptance()), world.dependent
    ).result


@pytest.mark.parametrize("seed", range(3))
def test_random_reorganisations_of_certificates(
    world: World, store: Store, other_entity: bytes, seed: int
) -> None:
    """Cancelled, consumed, voided, withdrawn, forth and back: at every look certified = held + cancelled + withdrawn, and each
    cancellation is in the inventory of one chain."""
    rng = random.Random(seed)
    batch = world.issue_certificates(10, world.supplier)
    years = iter(range(1, 45))
    for _ in range(6):
        before = world.snapshot()
        for _ in range(rng.randint(1, 5)):
            _deed(world, batch, rng, years, other_entity)
            if rng.random() < 0.5:
                _lawful(followed(store, world), world, batch)
        if rng.random() < 0.6:
            world.revert(before)
        _lawful(followed(store, world), world, batch)


def _deed(world: World, batch: int, rng: random.Random, years: Iterator[int], entity: bytes) -> None:
    """Something lawful with the batch, or a second use, which is refused. Each cancellation is for a year of its own, so that
    nothing but the certificates keeps two statements apart."""
    ledger, state, supplier = world.ledger, world.mirrored(), world.supplier
    free = [one for one in state.cancellations.values() if one.void_for is None]
    used = {use.use for uses in state.consumed.values() for use in uses}
    held, chance = state.certificates.get((batch, supplier.address), 0), rng.random()
    if chance < 0.4 or not free:
        day = DAY_2021 - 400 * next(years)
        details = Cancellation(supplier.address, day, day + 364, Purpose.SCOPE_2)
        ledger.send(ledger.certificates.cancel(batch, rng.randint(1, held // 3), details), supplier)
    elif chance < 0.8:
        one = rng.choice(free)
        day = one.details.period_start
        two = [Used(world, one.number, first_day=day, **of) for of in ({}, {"entity": entity})]
        if one.number not in used:
            rng.choice(two).consume()
        # The other entity's, for its certificates; the one's that used it, for its period.
        assert {each.refused() for each in two} - {"RangeOverlaps", "ChunkOutOfOrder"} == {"UseConsumed"}
    elif chance < 0.9:
        call = ledger.certificates.withdraw(batch, supplier.address, rng.randint(1, held // 3), "error")
        ledger.send(call, world.issuer)
    else:
        one = rng.choice(free)
        ledger.send(ledger.certificates.void_cancellation(one.number, "sold twice"), world.issuer)


def _lawful(state: Any, world: World, batch: int) -> None:
    told = state.certificate_batches[batch]
    view = world.ledger.certificates.batch_of(batch)
    assert view is not None
    assert view.issued == view.held + view.cancelled + view.withdrawn
    assert (told.held, told.cancelled, told.withdrawn) == (view.held, view.cancelled, view.withdrawn)
    cancellations = [one for one in state.cancellations.values() if one.batch == batch]
    assert sum(one.amount for one in cancellations) == told.cancelled
    uses = [use.use for each in state.consumed.values() for use in each]
    assert len(uses) == len(set(uses)), "a cancellation in two statements"
    for one in cancellations:
        root, last = world.ledger.certificates.consumed_by(one.number)
        assert (root != 0) == (one.number in uses)
        assert root == last
