"""The relay from Python: participants sign requests, a stranger submits and pays, the ledger sees the participant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from cet.ledger import Acceptance, BatchStatus, Composition, Correction, OptIn, Refused, Retirement
from cet.ledger.anchors import Anchor
from world import DAY_2021, FOREVER, MARKET, POWER, SERVICE, STATIONARY, TONNE

if TYPE_CHECKING:
    from eth_typing import ChecksumAddress

    from cet.ledger import Call, LocalSigner
    from world import World

GAS = 1_500_000


def relayed(world: World, call: Call[Any], signer: LocalSigner, *, deadline: int = FOREVER) -> None:
    """Signed by `signer`, submitted by a stranger."""
    relay = world.ledger.relay
    request = relay.request(call, signer.address, deadline, GAS)
    signature = signer.sign_typed_data(relay.to_sign(request))
    world.ledger.send(relay.execute(request, signature), world.stranger)


def test_every_action_of_participants_can_be_relayed(world: World) -> None:
    """Nobody but the stranger sends a transaction, from opting in to voiding."""
    ledger, supplier, dependent = world.ledger, world.supplier, world.dependent
    emissions, offsets = ledger.emissions, ledger.offsets
    plant, boiler = world.mint(supplier, (POWER, 1_000, 600 * TONNE), (STATIONARY, 500 * TONNE, 500 * TONNE))
    sent_before = {
        one.address: ledger.chain.w3.eth.get_transaction_count(one.address)
        for one in (supplier, dependent, world.issuer, world.verifier)
    }

    offer = world.offer(plant, dependent, 400, MARKET)
    signature = supplier.sign_typed_data(emissions.offer(offer))
    relayed(world, emissions.accept(offer, signature, Acceptance()), dependent)
    assert emissions.lot_of(offer.key).holder == dependent.address

    relayed(world, emissions.opt_in(supplier.address, OptIn(FOREVER, 1024, 0xFFFF, 2**64 - 1, 0)), dependent)
    direct = world.offer(plant, dependent, 100, MARKET)
    relayed(world, emissions.allocate(direct), supplier)
    cancelled = world.offer(plant, dependent, 1, MARKET)
    relayed(world, emissions.cancel(cancelled), supplier)
    promised = [world.offer(plant, dependent, units, MARKET) for units in (10, 20, 30)]
    tree = Anchor.of(emissions.domain, plant, promised)
    relayed(world, emissions.anchor(tree, FOREVER), supplier)
    relayed(
        world, emissions.materialise(tree.root, promised[0], tree.proof(promised[0]), Acceptance()), dependent
    )
    relayed(world, emissions.materialise_batch(tree.root, tree.batch(promised[1:]), Acceptance()), dependent)
    assert emissions.lot_of(plant).allocated == 560

    correction = Correction(offer.key, 300, 400, FOREVER, keccak(text="meter"))
    typed = emissions.correction(correction)
    signatures = supplier.sign_typed_data(typed), dependent.sign_typed_data(typed)
    relayed(world, emissions.correct(correction, *signatures), dependent)
    relayed(world, emissions.compose(Composition(SERVICE, 7, ((boiler, TONNE),), bytes(32))), supplier)
    relayed(world, emissions.accept_succession(boiler, FOREVER), dependent)

    issued = world.batch(10)
    relayed(world, offsets.issue(issued, offsets.previous_serial_of(issued), supplier.address), world.issuer)
    batch = issued.id
    relayed(world, offsets.apply_to(batch, boiler, 2 * TONNE), supplier)
    relayed(world, offsets.transfer(supplier.address, dependent.address, batch, TONNE), supplier)
    details = Retirement("Dependent", "neutrality 2021", DAY_2021, DAY_2021 + 364)
    relayed(world, offsets.retire(batch, TONNE, details), dependent)
    for status in (BatchStatus.SUSPENDED, BatchStatus.REVOKED):
        relayed(world, offsets.set_status(batch, status, "inquiry"), world.issuer)
    view = offsets.batch_of(batch)
    assert view is not None
    assert (view.applied, view.retired, view.held) == (2 * TONNE, TONNE, 7 * TONNE)

    statement = ledger.registry.id_at(plant >> 32)
    assert statement is not None
    relayed(world, ledger.registry.withdraw(statement, "site visit"), world.verifier)
    for address, number in sent_before.items():
        assert ledger.chain.w3.eth.get_transaction_count(address) == number


def _refusal(world: World, call: Call[None]) -> str:
    """Name of the error that a submission is refused with."""
    with pytest.raises(Refused) as refused:
        world.ledger.send(call, world.stranger)
    return refused.value.name


def _anything(world: World) -> Call[None]:
    """Something anybody may do."""
    return world.ledger.emissions.opt_in(world.supplier.address, OptIn(FOREVER, 1, 1, 1, 0))


def test_requests_are_carried_out_in_their_order_and_once(world: World) -> None:
    relay, dependent = world.ledger.relay, world.dependent
    first = relay.request(_anything(world), dependent.address, FOREVER, GAS)
    early = replace(first, nonce=first.nonce + 1)
    signatures = [dependent.sign_typed_data(relay.to_sign(request)) for request in (first, early)]
    assert not relay.verify(early, signatures[1])
    assert _refusal(world, relay.execute(early, signatures[1])) == "ERC2771ForwarderInvalidSigner"
    world.ledger.send(relay.execute(first, signatures[0]), world.stranger)
    assert _refusal(world, relay.execute(first, signatures[0])) == "ERC2771ForwarderInvalidSigner"
    assert relay.nonce_of(dependent.address) == first.nonce + 1
    assert relay.verify(early, signatures[1])


def test_a_request_that_is_over_is_refused(world: World) -> None:
    relay, dependent = world.ledger.relay, world.dependent
    request = relay.request(_anything(world), dependent.address, world.ledger.chain.now - 10, GAS)
    signature = dependent.sign_typed_data(relay.to_sign(request))
    assert _refusal(world, relay.execute(request, signature)) == "ERC2771ForwarderExpiredRequest"
    assert relay.nonce_of(dependent.address) == request.nonce


def test_nobody_signs_for_another(world: World) -> None:
    relay = world.ledger.relay
    request = relay.request(_anything(world), world.dependent.address, FOREVER, GAS)
    signature = world.customer.sign_typed_data(relay.to_sign(request))
    assert _refusal(world, relay.execute(request, signature)) == "ERC2771ForwarderInvalidSigner"


@pytest.mark.parametrize("answer", [0x1626BA7E, 0])
def test_a_wallet_is_asked_whether_it_signed(world: World, answer: int) -> None:
    """ERC-1271: a contract that gives one answer to every question, yes or no, holds a lot by what is relayed for it."""
    wallet = _wallet(world, answer)
    relay, emissions = world.ledger.relay, world.ledger.emissions
    (plant,) = world.mint(world.supplier, (POWER, 1_000, 600 * TONNE))
    offer = replace(world.offer(plant, world.dependent, 400, MARKET), dependent=wallet)
    signature = world.supplier.sign_typed_data(emissions.offer(offer))
    request = relay.request(emissions.accept(offer, signature, Acceptance()), wallet, FOREVER, GAS)
    assert relay.verify(request, b"whatever it wants") == bool(answer)
    if not answer:
        assert (
            _refusal(world, relay.execute(request, b"whatever it wants")) == "ERC2771ForwarderInvalidSigner"
        )
        return
    world.ledger.send(relay.execute(request, b"whatever it wants"), world.stranger)
    assert emissions.lot_of(offer.key).holder == wallet


def _wallet(world: World, answer: int) -> ChecksumAddress:
    """Deploys PUSH32 answer, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN."""
    code = b"\x7f" + answer.to_bytes(4, "big") + bytes(28) + bytes.fromhex("5f5260205ff3")
    creation = bytes([0x60, len(code), 0x80, 0x60, 9, 0x5F, 0x39, 0x5F, 0xF3]) + code
    eth = world.ledger.chain.w3.eth
    raw = world.stranger.account.sign_transaction(
        {
            "data": creation,
            "gas": 200_000,
            "gasPrice": eth.gas_price,
            "nonce": eth.get_transaction_count(world.stranger.address),
            "chainId": eth.chain_id,
            "value": 0,
        }
    )
    receipt = eth.wait_for_transaction_receipt(eth.send_raw_transaction(raw.raw_transaction))
    return to_checksum_address(receipt["contractAddress"])
