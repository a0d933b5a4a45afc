"""A solution from its provider to a shipper's statement, on the chain, in the mirror and in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from eth_utils.crypto import keccak

from cet.ledger import Refused
from cet.ledger.bookings import (
    NO_HASH,
    Kind,
    LetsBooking,
    Masses,
    Provision,
    ServiceUse,
    Solution,
    SolutionClaim,
    claim_leaf,
    derived_id,
    record_id,
)
from cet.ledger.mirror import Position, positions
from cet.ledger.store import Follower, Store
from cet.logistics.rules import table
from cet.logistics.terms import Bundling, Mode, Role
from cet.statement import MerkleTree

if TYPE_CHECKING:
    from pathlib import Path

    from cet.ledger import LocalSigner
    from world import World

YEAR = 2021


def enrol(world: World, who: LocalSigner, *roles: Role) -> None:
    book = world.ledger.bookings
    world.ledger.send(book.set_organisation(who.address, roles, "an organisation"), world.operator)


def show(world: World, who: LocalSigner, activity: int = 1000) -> None:
    book = world.ledger.bookings
    terms = (who.address, Mode.ROAD, "g-km", YEAR, activity, keccak(text=f"activity of {who.address}"))
    signature = world.verifier.sign_typed_data(book.activity(*terms))
    world.ledger.send(book.show_activity(*terms, world.verifier.address, signature), world.stranger)


def test_from_solution_to_shipper(world: World, tmp_path: Path) -> None:
    ledger, book = world.ledger, world.ledger.bookings
    provider, carrier, shipper = world.issuer, world.supplier, world.dependent
    assert book.table() == tuple(row.encode() for row in table())
    enrol(world, provider, Role.SOLUTION_PROVIDER)
    enrol(world, carrier, Role.CARRIER)
    enrol(world, shipper, Role.SHIPPER)
    assert book.roles_of(shipper.address) == 1 << Role.SHIPPER
    ledger.send(book.set_partner(shipper.address, carrier.address, contracted=True), world.operator)
    for who in (carrier, shipper):
        show(world, who)
    today = ledger.chain.now // 86_400

    modes = frozenset({Mode.ROAD, Mode.SEA})
    fuel = Solution(
        today,
        True,
        modes,
        "g",
        100,
        1000,
        Masses(400, 100, 50),
        "ISCC",
        "PoS",
        "UCO",
        keccak(text="d"),
        "none",
        90,
    )
    signed = world.verifier.sign_typed_data(book.booking(provider.address, fuel))
    solution = ledger.send(book.book_solution(fuel, world.verifier.address, signed), provider).result
    assert solution == record_id(fuel.content(provider.address))
    claim = SolutionClaim(solution, Role.CARRIER, Bundling.BUNDLED, Mode.ROAD, "g-km", YEAR, 80, 400, (1, 5))
    profile = ledger.send(book.claim_solution(claim), carrier).result
    assert profile == claim.id(carrier.address)
    lets = ledger.send(book.derive_lets(profile, 300, NO_HASH), carrier).result
    assert lets == derived_id(carrier.address, profile, 300, NO_HASH)

    given = Provision(carrier.address, Mode.ROAD, "g", 10, keccak(text="delivery"))
    provision = ledger.send(book.provide(given), provider).result
    assert provision == given.id(provider.address)
    service = LetsBooking(
        today, Mode.ROAD, "g-km", YEAR, 200, Masses(20, 5), keccak(text="e"), provision=provision
    )
    signed = world.verifier.sign_typed_data(book.booking(carrier.address, service))
    direct = ledger.send(book.book_lets(service, world.verifier.address, signed), carrier).result
    assert direct == record_id(service.content(carrier.address))

    use = ServiceUse(lets, Mode.ROAD, YEAR, 120)
    made = ledger.send(book.claim(use), shipper).result
    assert made == use.claim_id(shipper.address)
    assert book.lineage(made) == (made, lets, profile, solution)
    with pytest.raises(Refused, match="exists"):
        ledger.simulate(book.claim(use), shipper)

    bulk = ServiceUse(direct, Mode.ROAD, YEAR, 50, document=keccak(text="salt"))
    others = [ServiceUse(direct, Mode.ROAD, YEAR, 1, document=keccak(text=f"salt {i}")) for i in range(6)]
    leaf, *leaves = (claim_leaf(book.domain, shipper.address, one) for one in (bulk, *others))
    tree = MerkleTree([leaf, *leaves])
    root = tree.root
    ledger.send(book.anchor_claims(direct, root, 70, 2**40 - 1), carrier)
    assert ledger.send(book.materialise_claim(root, bulk, tree.proof(leaf)), shipper).result == bulk.claim_id(
        shipper.address
    )
    anchor = book.anchor_of(direct, root)
    assert anchor is not None
    assert (anchor.reserved, anchor.used) == (70, 50)
    ledger.send(book.find_void(lets, "not delivered"), world.operator)
    with pytest.raises(Refused, match="void"):
        ledger.simulate(book.claim(ServiceUse(lets, Mode.ROAD, YEAR, 1)), shipper)

    state = world.mirrored()
    assert state.solutions[solution].solution == fuel
    assert state.provisions[provision].provision == given
    assert state.lets[direct].booking == service
    assert (state.lets[direct].claimed, state.lets[lets].claimed) == (70, 120)
    assert state.lets[lets].void_for == "not delivered"
    assert state.service_claims[made].use == use
    assert state.claim_anchors[direct, root] == anchor
    held = positions(state)
    assert held[carrier.address, Mode.ROAD, "g-km"] == Position(200, 70, 100)
    assert held[shipper.address, Mode.ROAD, "g-km"] == Position(0, 0, 170)
    head = book.head_of(made)
    assert head is not None
    assert (head.kind, head.by) == (Kind.CLAIM, shipper.address)
    assert book.head_of(7) is None

    store = Store.open(f"sqlite:///{tmp_path / 'ledger.db'}", ledger.deployment)
    Follower(store, ledger.chain).catch_up()
    assert store.state() == state
    store.close()
